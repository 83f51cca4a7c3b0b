"""Many connections at once, from one thread: a small HTTP/1.1 client over asyncio, and a load offered at a rate,
whether or not the server keeps up."""

import asyncio
import time
from urllib.parse import urlencode, urlsplit


class Answer:
    def __init__(self, status, headers, body, seconds):
        self.status, self.headers, self.body, self.seconds = status, headers, body, seconds


class Connection:
    """One connection, made anew when the server has ended it."""

    def __init__(self, url):
        parts = urlsplit(url)
        self.address = (parts.hostname, parts.port)
        self.streams = None

    async def ask(self, request):
        """The answer; None: the server ended the connection without one."""
        started = time.monotonic()
        for _ in range(2):
            is_new = self.streams is None
            try:
                if is_new:
                    self.streams = await asyncio.open_connection(*self.address)
                return await self.exchange(request, started)
            except (ConnectionError, asyncio.IncompleteReadError):
                self.close()
                if is_new:
                    return None
        return None

    async def exchange(self, request, started):
        reader, writer = self.streams
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("connection") == "close":
            self.close()
        return Answer(int(head[0].split()[1]), headers, body, time.monotonic() - started)

    def close(self):
        if self.streams:
            self.streams[1].close()
            self.streams = None


def get(path, **headers):
    return request("GET", path, headers, b"")


def post(path, fields, **headers):
    headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    return request("POST", path, headers, urlencode(fields).encode())


def request(method, path, headers, body):
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}"] if method == "POST" else []
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


async def keep_busy(url, connections, seconds, make):
    """Each connection asks again as soon as it has its answer. make(number) → (key, request bytes). Gives [(key, Answer)]."""
    numbers, answers = iter(range(10**9)), []
    until = time.monotonic() + seconds

    async def one():
        connection = Connection(url)
        while time.monotonic() < until:
            key, wanted = make(next(numbers))
            answers.append((key, await connection.ask(wanted)))
        connection.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    return answers


async def offer(url, connections, rate, seconds, make):
    """So many requests a second, each on a connection that is free; a request for which none is free is left out.
    Gives ([(key, Answer)], how many were left out)."""
    free, answers, tasks, left_out = [Connection(url) for _ in range(connections)], [], set(), 0
    started, number = time.monotonic(), 0

    async def one(connection, key, wanted):
        answers.append((key, await connection.ask(wanted)))
        free.append(connection)

    while time.monotonic() - started < seconds:
        due = int((time.monotonic() - started) * rate)
        while number < due:
            number += 1
            if not free:
                left_out += 1
                continue
            task = asyncio.ensure_future(one(free.pop(), *make(number)))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.sleep(0.001)
    if tasks:
        await asyncio.gather(*tasks)
    for connection in free:
        connection.close()
    return answers, left_out


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
