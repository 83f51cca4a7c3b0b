"""Clients who take, or give, one byte a second, and how long a server puts up with them."""
import socket
import threading
import time

PIPELINED = 64  # pages asked for at once by who takes them slowly: more than the system's buffers hold


class Slow:
    """rest: what is sent byte by byte after what is sent at once."""

    def __init__(self, port, at_once, rest=b"", reads=False):
        self.socket = socket.socket()
        if reads:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.connect(("127.0.0.1", port))
        self.socket.sendall(at_once)
        self.socket.setblocking(False)
        self.port = self.socket.getsockname()[1]
        self.rest, self.reads = list(rest), reads

    def step(self):
        try:
            if self.rest:
                self.socket.send(bytes([self.rest.pop(0)]))
            self.socket.recv(1 if self.reads else 4096)
        except OSError:  # nothing there yet, or it was cut
            pass


def readers(port, path, count):
    request = b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" % path.encode()
    return [Slow(port, request * PIPELINED, reads=True) for _ in range(count)]


def heads(port, count):
    return [Slow(port, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ", b"a" * 1000) for _ in range(count)]


def bodies(port, path, count):
    head = (b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: 2000\r\n\r\n" % path.encode())
    return [Slow(port, head, b"t" * 2000) for _ in range(count)]


def held(port, crowd):
    """How many of them the server on this port still has open."""
    theirs, found = {one.port for one in crowd}, set()
    with open("/proc/net/tcp", encoding="ascii") as f:
        next(f)
        for line in f:
            fields = line.split()
            here, there = (int(address.split(":")[1], 16) for address in fields[1:3])
            if here == port and there in theirs and fields[9] != "0":  # the inode: 0 once nobody has it open
                found.add(there)
    return len(found)  # a table that changes while it is read may have a line twice


class Crowd(threading.Thread):
    """Makes slow ones after a second, and steps them until the server has cut all of them, or patience ends."""

    def __init__(self, port, make, patience_s):
        super().__init__()
        self.port, self.make, self.patience_s = port, make, patience_s
        self.count, self.most, self.left, self.cut_after_s = 0, 0, 0, None

    def run(self):
        time.sleep(1)
        crowd = self.make()
        began = stepped = time.monotonic()
        self.count = self.left = len(crowd)
        while self.left and time.monotonic() - began < self.patience_s:
            self.left = held(self.port, crowd)
            self.most = max(self.most, self.left)
            if time.monotonic() - stepped >= 1:
                stepped = time.monotonic()
                for one in crowd:
                    one.step()
            time.sleep(0.1)
        self.cut_after_s = None if self.left else time.monotonic() - began
        for one in crowd:
            one.socket.close()
