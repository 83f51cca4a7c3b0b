"""bench/load refuses to give a figure for anything but the expected answers. The peer is a canned server."""
import os
import socket
import subprocess
import threading

import pytest

LOAD = os.path.join(os.path.dirname(os.environ["PALABRE_BIN"]), "bench", "load")
OK = b"HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 5\r\nX: y\r\n\r\nhello"


class Canned:
    """Answers each request on each connection with the next of 'answers' (the last one again and again); an answer
    that is a list is written in pieces; after one that is a tuple the connection is closed."""

    def __init__(self, answers):
        self.answers = answers
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d/x" % self.listener.getsockname()[1]
        self.requests = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(peer,), daemon=True).start()

    def talk(self, peer):
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        waiting, answered = b"", 0
        try:
            while True:
                waiting += peer.recv(65536)
                while b"\r\n\r\n" in waiting:
                    request, waiting = waiting.split(b"\r\n\r\n", 1)
                    self.requests.append(request)
                    answer = self.answers[min(answered, len(self.answers) - 1)]
                    answered += 1
                    if answer is None:
                        peer.close()
                        return
                    for piece in [answer] if isinstance(answer, bytes) else answer:
                        peer.sendall(piece)
                    if isinstance(answer, tuple):
                        peer.close()
                        return
        except OSError:
            pass


def load(answers, *options):
    server = Canned(answers)
    command = [LOAD, "-m", "-c", "2", "-w", "0", "-d", "60", "-n", "60", *options, server.url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180)
    server.listener.close()
    return done, server


def figures(done):
    assert done.returncode == 0, done.stderr
    return dict(line.split("=") for line in done.stdout.splitlines())


@pytest.mark.parametrize("answers", [
    [OK],
    [[OK[:3], OK[3:30], OK[30:]], OK],
    [[OK[i:i + 1] for i in range(len(OK))]],
    [[OK[:-5], b"hello"]],
    [OK.replace(b"Content-Length", b"content-LENGTH")],
])
def test_counts_good_answers_however_they_are_cut(answers):
    done, _ = load(answers, "-l", "5")
    values = figures(done)
    assert values["requests"] == "60" and values["body_bytes"] == "5"
    assert 0 < float(values["p50_us"]) <= float(values["p99_us"]) <= float(values["slowest_us"]) * 1.02


@pytest.mark.parametrize("answers", [
    [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"],
    [[b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe", b"\r\n3;x\r\nllo\r\n0\r", b"\n\r\n"]],
    [(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello",)],
])
def test_reads_what_peers_without_a_length_send(answers):
    done, _ = load(answers, "-l", "5")
    values = figures(done)
    assert values["requests"] == "60" and values["body_bytes"] == "5"


def test_pipelines():
    done, server = load([OK], "-P", "8")
    assert figures(done)["requests"] == "60"
    assert len(server.requests) >= 60


def test_answers_without_body():
    done, _ = load([b"HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n"], "-s", "304")
    assert figures(done)["body_bytes"] == "0"


def test_sends_the_headers_it_is_given():
    done, server = load([OK], "-H", "Accept-Encoding: br", "-H", "X-Test: 1")
    figures(done)
    for request in server.requests:
        assert request.startswith(b"GET /x HTTP/1.1\r\nHost: 127.0.0.1:") and request.endswith(
            b"\r\nAccept-Encoding: br\r\nX-Test: 1")


def test_cpu_time_of_a_process():
    done, _ = load([OK], "-p", str(os.getpid()))
    assert float(figures(done)["cpu_us_per_request"]) >= 0


BUSY = OK.replace(b"200 OK", b"503 No").replace(b"X: y", b"Retry-After: 2")


def test_counts_refusals_and_reading_apart():
    done, _ = load([OK, BUSY], "-r", "503", "-g", "200", "-s", "303")
    result = figures(done)
    assert int(result["reading_total"]) >= 1 and int(result["refused_total"]) >= 50
    assert int(result["answered_total"]) == 0
    assert int(result["answers_total"]) == int(result["reading_total"]) + int(result["refused_total"])


def test_a_refusal_says_when_to_come_back():
    done, _ = load([OK, BUSY.replace(b"Retry-After: 2", b"X: y")], "-r", "503")
    assert done.returncode != 0 and "a refusal without Retry-After" in done.stderr


@pytest.mark.parametrize("answers, says", [
    ([OK, OK, OK.replace(b"200", b"503")], "wrong status: 503, expected 200"),
    ([OK, OK, b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhell"], "wrong length: 4 bytes, expected 5"),
    ([b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello"], "without one plain Content-Length"),
    ([b"HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\nhello"], "without one plain Content-Length"),
    ([OK, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhell\r\n0\r\n\r\n"], "wrong length"),
    ([OK + b"HTTP/1.1 200 OK\r\n"], "bytes nobody asked for"),
    ([OK, None], "closed a connection"),
    ([b"HTTP/1.1 200 OK\r\nX: " + b"x" * 20000], "head is too long"),
])
def test_refuses_any_other_answer(answers, says):
    done, _ = load(answers)
    assert done.returncode == 1 and done.stdout == "" and says in done.stderr


@pytest.mark.parametrize("address", ["http://192.0.2.1/", "http://example.org/", "https://127.0.0.1/", "127.0.0.1", ""])
def test_talks_to_this_machine_only(address):
    done = subprocess.run([LOAD, address], capture_output=True, text=True, timeout=10)
    assert done.returncode == 2 and done.stdout == ""


@pytest.mark.parametrize("options", [["-c", "0"], ["-c", "x"], ["-d", "-1"], ["-P", "65"], ["-q"], []])
def test_wrong_usage(options):
    done = subprocess.run([LOAD, *options], capture_output=True, text=True, timeout=10)
    assert done.returncode == 2 and done.stdout == "" and done.stderr
