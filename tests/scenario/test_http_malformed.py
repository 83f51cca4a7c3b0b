"""Malformed HTTP against the real binary: refused, answered, closed; and nothing that follows is read as a request."""

import os
import re
import socket
import time
from urllib.parse import urlsplit

import pytest

import palabre

TABLE = os.path.join(os.path.dirname(__file__), "malformed.txt")
BEHIND = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
PATIENCE_S = 60
ESCAPE = re.compile(r"\\(?:\*(?P<times>\d+)\((?P<text>[^)]*)\)|x(?P<hex>[0-9a-f]{2})|(?P<letter>[rnt]))")


def expand(text):
    """The bytes of a request of the table: see its first lines."""
    parts, at = [], 0
    for found in ESCAPE.finditer(text):
        parts.append(text[at : found.start()].encode())
        at = found.end()
        if found["times"]:
            parts.append(int(found["times"]) * expand(found["text"]))
        elif found["hex"]:
            parts.append(bytes.fromhex(found["hex"]))
        else:
            parts.append({"r": b"\r", "n": b"\n", "t": b"\t"}[found["letter"]])
    parts.append(text[at:].encode())
    return b"".join(parts)


def table():
    with open(TABLE, encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#"):
                status, name, request = line.rstrip("\n").split("\t")
                yield pytest.param(int(status), expand(request), id=name)


@pytest.fixture(scope="module")
def server():
    """One with deadlines that a test can wait for."""
    with palabre.Server(settings={"head_timeout": 4, "body_timeout": 4}) as server:
        yield server


@pytest.fixture
def connect(server):
    """Gives connections to the server, and closes them in the end."""
    where = urlsplit(server.url)
    opened = []

    def new():
        opened.append(socket.create_connection((where.hostname, where.port), timeout=PATIENCE_S))
        opened[-1].setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return opened[-1]

    yield new
    for each in opened:
        each.close()


def send(connection, data):
    try:
        connection.sendall(data)
    except (BrokenPipeError, ConnectionResetError):
        pass  # refused, and closed, before it was all sent


def receive_all(connection):
    received = bytearray()
    while True:
        some = connection.recv(1 << 20)
        if not some:
            return bytes(received)
        received += some


def assert_refused(answer, status):
    assert answer.startswith(b"HTTP/1.1 %d " % status), answer[:500]
    assert answer.count(b"\r\nDate: ") == 1, answer[:2000]
    assert b"\r\nConnection: close\r\n" in answer
    assert b"smuggled" not in answer


@pytest.mark.parametrize("status, request_bytes", table())
def test_refuses(connect, status, request_bytes):
    connection = connect()
    send(connection, request_bytes + BEHIND)
    assert_refused(receive_all(connection), status)


def test_refuses_the_second_of_two(connect):
    """What was well-formed before is answered; what is behind the malformed one is not."""
    connection = connect()
    send(connection, b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n" + BEHIND)
    answer = receive_all(connection)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.count(b"\r\nDate: ") == 2
    assert b"HTTP/1.1 400 " in answer
    assert b"smuggled" not in answer


@pytest.mark.parametrize(
    "start",
    [b"GET / HTTP/1.1\r\nHost: a\r\nX: ", b"POST /articles/1/comments HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n"],
    ids=["head", "body"],
)
def test_ends_what_trickles(connect, start):
    """A byte a second never lets an inactivity timer fire; the deadline is for the whole."""
    connection = connect()
    send(connection, start)
    connection.settimeout(1)
    began = time.monotonic()
    answer = b""
    while b"\r\n\r\n" not in answer:
        assert time.monotonic() - began < PATIENCE_S
        try:
            some = connection.recv(65536)
            assert some, "closed without an answer"
            answer += some
        except TimeoutError:
            send(connection, b"x")
    assert_refused(answer, 408)
    assert time.monotonic() - began >= 4


def memory_kb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1])


def test_bounds_what_is_pipelined_and_unread(server, connect):
    count = 3000
    pid = server.process.process.pid
    warm = connect()
    send(warm, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    page = len(receive_all(warm))
    before = memory_kb(pid)
    connection = connect()
    connection.settimeout(2)
    requests = b"".join(b"GET /?%d HTTP/1.1\r\nHost: a\r\n\r\n" % i for i in range(count))
    sent = 0
    try:
        while sent < len(requests):  # until neither side's buffers take more
            sent += connection.send(requests[sent:])
    except TimeoutError:
        pass
    assert memory_kb(pid) - before < 16 * 1024, f"{count} answers of {page} bytes are waiting in memory"
    # Once they are read, all are answered.
    connection.settimeout(PATIENCE_S)
    answers, tail = 0, b""
    while answers < count:
        if sent < len(requests):
            connection.setblocking(False)
            try:
                sent += connection.send(requests[sent:])
            except BlockingIOError:
                pass
            connection.settimeout(PATIENCE_S)
        some = connection.recv(1 << 20)
        assert some, f"closed after {answers} answers"
        data = tail + some
        answers += data.count(b"\r\nDate: ")
        tail = data[-7:] if b"\r\nDate: " not in data[-7:] else b""
    assert answers == count


def test_still_serves(server):
    assert server.get("/healthz").status_code == 200
