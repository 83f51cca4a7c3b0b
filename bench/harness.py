"""What the benchmarks share: servers of their own on loopback, the load generator, rounds that take turns, a table.

Servers run on the first core this process may use, the load on the last one. Everything a server writes lies in a folder
of the benchmark's own, and each is ended by its process id.
"""
import argparse
import contextlib
import http.client
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
BENCH = os.path.join(ROOT, "bench")
START_TIMEOUT_S = 60


def stop(message):
    sys.exit("%s: %s" % (os.path.basename(sys.argv[0]), message))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def fetch(port, path, headers=None, method="GET", body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body=body, headers=headers or {})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer, content


QUIET_S = 1.3  # a page that has stood for a second (src/app/app.c) is compressed better when it is next asked for


def wait_until_idle(pids):
    """Until nothing is left to do there: all threads asleep, and no CPU time spent, several times in a row. One that waits for
    a processor, or for the disk, does not sleep: so other work on the machine is not taken for rest."""
    last, still = None, 0
    for _ in range(600):
        states, used = set(), []
        for pid in pids:
            for thread in os.listdir("/proc/%d/task" % pid):
                with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it ended meanwhile
                    with open("/proc/%d/task/%s/stat" % (pid, thread), encoding="ascii", errors="replace") as f:
                        states.add(f.read().rsplit(")", 1)[1].split()[0])
                    with open("/proc/%d/task/%s/schedstat" % (pid, thread), encoding="ascii") as f:
                        used.append((thread, f.read().split()[2]))  # how often it has run
        still, last = (still + 1 if states == {"S"} and used == last else 0), used
        if still == 3:
            return
        time.sleep(0.05)
    stop("the server does not come to rest")


def settled(server, path, encodings=("identity",)):
    """{encoding: bytes} of a page of Palabre's once it is at rest: an encoding that is asked for is made at once with
    little effort, and better, in the background, when somebody asks once it has stood for a second. So: the wish, a second,
    the question that starts the work, and the bytes when the work is done; they are given when all of that once more has
    changed nothing: a machine that halts may let the second pass before the page is there."""
    def fetched():
        bodies = {}
        for encoding in encodings:
            answer, bodies[encoding] = fetch(server.port, path, {"Accept-Encoding": encoding})
            if answer.status != 200:
                stop("%s answers %d" % (path, answer.status))
            if answer.getheader("Content-Encoding", "identity") != encoding:
                bodies[encoding] = None
        wait_until_idle(server.pids())
        return bodies

    fetched()
    before = None
    for _ in range(12):
        time.sleep(QUIET_S)
        fetched()
        time.sleep(0.2)  # what a loop remembers of a page is a tenth of a second old at most (src/app/hot.h)
        bodies = fetched()
        if all(bodies.values()) and bodies == before:
            return bodies
        before = bodies
    return stop("%s does not come to rest" % path)


def run(*command, **options):
    """A command that must succeed; gives what it printed."""
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode != 0:
        stop("%s failed:\n%s%s" % (os.path.basename(command[0]), done.stdout, done.stderr))
    return done.stdout


def family(pid):
    """The process and its children: nginx, php-fpm and PostgreSQL work in children."""
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
            return [pid] + [child for word in f.read().split() for child in family(int(word))]
    except FileNotFoundError:
        return []


def resident_kb(pid):
    """Resident memory, and its peak."""
    with open("/proc/%d/status" % pid) as f:
        lines = dict(line.split(":", 1) for line in f)
    return int(lines["VmRSS"].split()[0]), int(lines["VmHWM"].split()[0])


def cpu_ms(pid):
    """CPU time of a process so far, the kernel's included, to the nanosecond: of the threads it has now."""
    total = 0
    for thread in os.listdir("/proc/%d/task" % pid):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError), open("/proc/%d/task/%s/schedstat" % (pid, thread),
                                                                              encoding="ascii") as f:
            total += int(f.read().split()[0]) / 1e6
    return total


class Bench:
    """The machine, the programs and the folder of one run."""

    def __init__(self, arguments, folder, stack):
        self.arguments, self.folder, self.stack = arguments, folder, stack
        build = os.path.abspath(arguments.build)
        self.palabre = os.path.join(build, "palabre")
        self.tool = lambda name: os.path.join(build, "bench", name)
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) < 2:
            stop("two cores are needed: one for the server, one for the load")
        self.server_core, self.load_core = str(cores[0]), str(cores[-1])

    def subfolder(self, name):
        path = os.path.join(self.folder, name)
        os.mkdir(path)
        os.chmod(path, 0o755)
        return path

    @contextlib.contextmanager
    def running(self, command, is_ready, user=None, env=None, cwd=None, stop_signal=signal.SIGTERM, cores=None):
        """A server on the server's core (or on `cores`), once is_ready() is true; ended, with its children, on leaving."""
        command = ["taskset", "-c", cores or self.server_core, *command]
        if user and os.getuid() == 0:
            command = ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", *command]
        with tempfile.TemporaryFile() as log:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                       start_new_session=True, env=env, cwd=cwd)
            try:
                deadline = time.monotonic() + START_TIMEOUT_S
                while True:
                    with contextlib.suppress(OSError, http.client.HTTPException):
                        if is_ready():
                            break
                    if process.poll() is not None or time.monotonic() > deadline:
                        log.seek(0)
                        stop("%s did not start:\n%s" % (command, log.read().decode(errors="replace")[-4000:]))
                    time.sleep(0.005)
                yield process
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, stop_signal)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()

    def start(self, command, is_ready, **options):
        """As running, until the benchmark ends."""
        return self.stack.enter_context(self.running(command, is_ready, **options))

    def load_command(self, port, path="/", pids=(), headers=(), files=(), connections=1, seconds=1.0, warm_up=0.5,
                     status=200, length=None, rate=None, serial=None, requests=None, reading=None, refused=None):
        """length: "any", or of every answer. reading: what GETs are answered instead, status and length. refused: a status that
        is counted apart."""
        command = ["taskset", "-c", self.load_core, self.tool("load"), "-m", "-c", str(connections), "-d",
                   str(seconds), "-w", str(warm_up), "-s", str(status)]
        command += ["-a"] if length == "any" else [] if length is None else ["-l", str(length)]
        command += ["-g", str(reading[0]), "-l", str(reading[1])] if reading else []
        for option, value in (("-R", rate), ("-N", serial), ("-n", requests), ("-r", refused)):
            command += [] if value is None else [option, str(value)]
        for option, values in (("-p", pids), ("-H", headers), ("-f", files)):
            command += [word for value in values for word in (option, str(value))]
        return command + ["http://127.0.0.1:%d%s" % (port, path)]

    def load(self, who, port, path="/", **options):
        return figures(who, subprocess.run(self.load_command(port, path, **options), capture_output=True, text=True))


def figures(who, done):
    """NAME=VALUE lines of a program that must have succeeded."""
    if done.returncode != 0:
        stop("%s: %s" % (who, (done.stderr or "").strip() or "exit %d" % done.returncode))
    return {key: float(value) for key, value in (line.split("=") for line in done.stdout.splitlines() if "=" in line)}


def filled(bench, messages, pending=0, articles=1, extra=(), copy=True):
    """A copy of a data folder of that size, from bench/.cache, which is filled when it has none; or that folder itself, for
    whoever only reads."""
    schema = len(os.listdir(os.path.join(ROOT, "db", "sqlite")))
    name = "-".join(["fill", "schema%d" % schema, str(articles), str(messages), str(pending), *extra])
    kept = os.path.join(BENCH, ".cache", name)
    if not os.path.isdir(kept):
        print("filling %s: %d messages" % (os.path.relpath(kept, ROOT), articles * (messages + pending)), file=sys.stderr)
        shutil.rmtree(kept + ".part", ignore_errors=True)
        os.makedirs(kept + ".part")
        run(bench.tool("fill"), "--data", kept + ".part", "--articles", str(articles), "--messages", str(messages),
            "--pending", str(pending), *extra)
        os.rename(kept + ".part", kept)
    if not copy:
        return kept
    data = os.path.join(bench.folder, name)
    run("cp", "-r", "--reflink=auto", kept, data)
    return data


def take_turns(rounds, line_up, measure):
    """measure(item) for each, `rounds` times; each round begins with another. Gives {item: [result, …]}."""
    results = {item: [] for item in line_up}
    for number in range(rounds):
        first = number % len(line_up) if line_up else 0
        for item in line_up[first:] + line_up[:first]:
            results[item].append(measure(item))
            print(".", end="", flush=True, file=sys.stderr)
    print(file=sys.stderr)
    return results


def median(results, key):
    return statistics.median(result[key] for result in results)


def ratios(mine, theirs, key):
    """Of the medians, and the range of the rounds: '1.23 (1.20-1.25)'."""
    if not all(result[key] for result in theirs):
        stop("a round of what is compared to was too short for one answer: the machine stood still, or give it more --seconds")
    of_rounds = [a[key] / b[key] for a, b in zip(mine, theirs)]
    return median(mine, key) / median(theirs, key), "%.3g (%.3g-%.3g)" % (
        median(mine, key) / median(theirs, key), min(of_rounds), max(of_rounds))


def print_table(head, rows):
    """The first column to the left, the others to the right."""
    rows = [head, *rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    for row in rows:
        print(row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:])), sep="  ")


def machine():
    with open("/proc/cpuinfo") as f:
        model = next((line.split(":", 1)[1].strip() for line in f if line.startswith("model name")), "unknown")
    commit = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty", "--abbrev=10"], capture_output=True,
                            text=True).stdout.strip()
    return "%s; %d cores; Linux %s; %s; Palabre %s" % (model, os.cpu_count(), os.uname().release,
                                                       time.strftime("%Y-%m-%d %H:%M"), commit or "?")


def parser(description, rounds=5, seconds=3.0):
    p = argparse.ArgumentParser(description=description)
    p.add_argument("--rounds", type=int, default=rounds)
    p.add_argument("--seconds", type=float, default=seconds, help="measured, of each server in each round (%(default)s)")
    p.add_argument("--quick", action="store_true", help="a rehearsal: two short rounds, smaller data; no figures to keep")
    p.add_argument("--build", default=os.path.join(ROOT, "build"), help="a build folder (build)")
    return p


def main(p, compare):
    """Parses, builds, calls compare(bench) with a folder that goes away afterwards."""
    arguments = p.parse_args()
    if arguments.quick:
        arguments.rounds, arguments.seconds = min(arguments.rounds, 2), min(arguments.seconds, 0.7)
    signal.signal(signal.SIGTERM, lambda *_: stop("told to end"))  # servers end with the benchmark
    os.environ["PATH"] += ":/usr/sbin"
    for tool in ("taskset", "nginx", "setpriv"):
        if not shutil.which(tool):
            stop("%s is missing; bench/bootstrap installs it" % tool)
    if arguments.build == os.path.join(ROOT, "build"):
        run(os.path.join(ROOT, "script", "build"), "build")
    with tempfile.TemporaryDirectory(prefix="palabre-bench-") as folder, contextlib.ExitStack() as stack:
        os.chmod(folder, 0o755)  # some servers' workers are other users
        bench = Bench(arguments, folder, stack)
        print(machine() + (" — REHEARSAL, not to be kept" if arguments.quick else ""))
        compare(bench)
