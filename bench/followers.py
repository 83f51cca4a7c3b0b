"""Followers of a discussion (bench/follow), as the benchmarks start and hear them."""
import os
import select
import statistics
import subprocess
import time

import harness

PATIENCE_S = 60


class Followers:
    """bench/follow, on the load's core."""

    def __init__(self, bench, port, path, count):
        command = ["taskset", "-c", bench.load_core, bench.tool("follow"), "-n", str(count), "http://127.0.0.1:%d%s" % (port, path)]
        self.count = count
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self.rest = b""
        words = self.line()
        if words[0] != "ready":
            harness.stop("followers say: " + " ".join(words))
        self.seconds = float(words[2])

    def line(self):
        deadline = time.monotonic() + PATIENCE_S
        while b"\n" not in self.rest:
            if not select.select([self.process.stdout], [], [], max(0, deadline - time.monotonic()))[0]:
                harness.stop("an event has not reached all of %d followers within %d s" % (self.count, PATIENCE_S))
            more = os.read(self.process.stdout.fileno(), 65536)
            if not more:
                harness.stop("the followers have ended (exit %s)" % self.process.wait())
            self.rest += more
        line, self.rest = self.rest.split(b"\n", 1)
        return line.decode().split()

    def event(self):
        """When it came to the first, to half, to 99 of 100, to the last: nanoseconds."""
        words = self.line()
        if words[0] != "event":
            harness.stop("followers say: " + " ".join(words))
        return [int(word) for word in words[2:]]

    def yield_to_readers(self):
        """They share a core with the load whose latency is measured next."""
        os.setpriority(os.PRIO_PROCESS, self.process.pid, 10)

    def close(self):
        self.process.stdin.close()
        self.process.wait(PATIENCE_S)


def percentiles(values):
    values = sorted(values)
    return statistics.median(values), values[min(len(values) - 1, len(values) * 99 // 100)]
