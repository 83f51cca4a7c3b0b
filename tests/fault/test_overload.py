"""More than the machine can do: what is taken on is answered soon, the rest is refused at once and gets back what was
typed; memory stays under a ceiling; nothing acknowledged is lost; who reads or writes slowly holds nobody up.

How long requests waited the server itself says when it stops; no time of ours is asserted, as this process waits for the
machine, too."""

import asyncio
import html
import os
import re
import resource
import signal
import socket
import threading
import time
from urllib.parse import urlsplit

import requests

import load_client
import palabre
import store

QUEUE_MS = 100
WRITER_LATE = 4  # times QUEUE_MS: what has been worked on may wait so long for the disk (src/app/app.c)
READERS, ASKED, SENDERS = 700, 200, 40  # connections, and what each asks for; connections
MEMORY_MB = 300
TEXT = "Un **long** message, avec [un lien](https://example.org/) et de la *typographie* : « oui » ; non !\n\n" * 30


def memory_mb(server):
    """The most memory it ever had."""
    with open(f"/proc/{server.process.process.pid}/status", encoding="ascii") as status:
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read()).group(1)) / 1024


def open_files(server):
    return len(os.listdir(f"/proc/{server.process.process.pid}/fd"))


def wait_until_cut(server, before):
    """Until the server holds no more connections than before, or nearly."""
    until = time.monotonic() + 120
    while open_files(server) > before + 8 and time.monotonic() < until:
        time.sleep(0.1)
    assert open_files(server) <= before + 8


def figures(server):
    """What the server says of itself when it stops: the line 'event=load' of its log. Starts it again."""
    server.process.process.terminate()
    server.process.process.wait(60)
    line = re.findall(r"event=load (.*)", server.process.log())[-1]
    server.restart()
    return {name: int(value) for name, value in (pair.split("=") for pair in line.split())}


def is_sent(server, article, form, text):
    """Whether a message is acknowledged: by the way to its own page."""
    fields = {**form, "name": "Léa", "text": text, "action": "send"}
    answer = server.reader().post(f"/articles/{article}/comments", fields, allow_redirects=False)
    return answer.status_code == 303


def let_all_in(server):
    """What is sent here is costly to prepare, and so much of it is pressure: the rules against both are test_abuse.py's."""
    with store.connect(server.data, writes=True) as database:
        for option in (("challenge", "off"), ("links_most", "0")):
            database.execute("INSERT INTO site_option (name, value) VALUES (?, ?)", option)


def again_if_refused(ask):
    for _ in range(1000):
        answer = ask()
        if answer.status_code != 503:
            break
    return answer


class Tight(palabre.Server):
    """One worker, or more, that nobody waits for longer than queue_ms; with an article, and forms fetched before it became so."""

    def __init__(self, settings=None, workers=1):
        settings = {"queue_ms": QUEUE_MS, **(settings or {})}
        super().__init__({"workers": workers, "loops": 1, "messages_per_address": 1000000})
        self.article = self.publish_article("Foule", "Texte.")
        reader = self.reader()
        self.form = reader.message_form(self.article)
        self.sign_in = palabre.form_fields(palabre.find_form(reader.page("/sign-in"), "/sign-in"))
        path = os.path.join(self.data, "palabre.conf")
        with open(path, encoding="utf-8") as file:
            others = [line for line in file if line.split(" ")[0] not in settings]
        with open(path, "w", encoding="utf-8") as file:
            file.writelines([*others, *(f"{name} = {value}\n" for name, value in settings.items())])
        let_all_in(self)
        self.restart()
        self.address_and_tag()  # in memory from here on

    def address_and_tag(self):
        """The article's. Who asks while the machine stands still is refused, as everybody is, and asks again."""
        answer = again_if_refused(lambda: self.get(f"/articles/{self.article}"))
        assert answer.status_code == 200
        return answer.url.removeprefix(self.url), answer.headers["ETag"]


class Reading(threading.Thread):
    """Somebody who reads a page that is in memory, again and again, while other things happen."""

    def __init__(self, server, path, pause=0.02):
        super().__init__()
        self.url, self.pause = server.url + path, pause
        self.statuses, self.seconds = [], []
        self.over = threading.Event()

    def run(self):
        session = requests.Session()
        while not self.over.is_set():
            started = time.monotonic()
            self.statuses.append(session.get(self.url, timeout=60).status_code)
            self.seconds.append(time.monotonic() - started)
            time.sleep(self.pause)

    def whole_statuses(self, most_s):
        """Less those of a time when this process itself was kept from sending for so long."""
        return {status for status, seconds in zip(self.statuses, self.seconds) if status != 408 or seconds < most_s}

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join()


def maker(article, form):
    """Requests that send and preview by turns; a request's key: its text when it is sent, else None."""

    def make(number):
        sends = number % 2
        text = f"Numéro {number} : {TEXT}"
        fields = {**form, "name": f"Léa {number % 97}", "text": text, "action": "send" if sends else "preview"}
        return (text if sends else None, load_client.post(f"/articles/{article}/comments", fields))

    return make


async def overload(server, make):
    """Twice what it can do, and if the client has not been fast enough for that to be seen, more."""
    answers = await load_client.keep_busy(server.url, 16, 1.5, make)
    rate = 2 * len(answers) / 1.5
    for attempt in range(4):
        more, _ = await load_client.offer(server.url, 1500, rate, 3, lambda n, a=attempt: make(n + (a + 1) * 1_000_000))
        answers += more
        if any(answer and answer.status == 503 for _, answer in more):
            return answers, rate
        rate *= 2
    raise AssertionError(f"not even {rate:.0f} requests a second were too many")


def check_refusals(refused):
    assert refused
    for key, answer in refused:
        assert int(answer.headers["retry-after"]) >= 1
        assert "no-store" in answer.headers["cache-control"]
        if key:
            assert html.escape(key.split("\n")[0], quote=False) in html.unescape(answer.body.decode()).replace("&", "&amp;")


def nice_values(server):
    """Of the threads, by their names less numbers."""
    pid, values = server.process.process.pid, {}
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/stat", encoding="ascii") as stat:
            name, rest = re.match(r"\d+ \((.*)\) (.*)", stat.read()).groups()
        values.setdefault(name.rstrip("-0123456789"), []).append(int(rest.split()[16]))
    return values


def test_loops_come_first_then_what_ends_something():
    with palabre.Server({"workers": 2, "loops": 2}) as server:
        nice = nice_values(server)
        assert max(nice["loop"]) < min(nice["writer"]) and max(nice["writer"]) < min(nice["worker"]), nice


def test_twice_the_load_is_half_refused():
    with Tight() as server:
        article, form = server.article, server.form
        with Reading(server, f"/articles/{article}") as reading:
            answers, rate = asyncio.run(overload(server, maker(article, form)))
        assert all(answer for _, answer in answers)
        assert {answer.status for _, answer in answers} <= {200, 303, 422, 429, 503}
        accepted = [answer for _, answer in answers if answer.status in (200, 303)]
        refused = [(key, answer) for key, answer in answers if answer.status == 503]
        check_refusals(refused)
        slowest = load_client.percentile([answer.seconds for answer in accepted], 0.99)
        print(
            f"offered {rate:.0f}/s: accepted {len(accepted)}, p99 {slowest * 1000:.0f} ms; refused {len(refused)}; "
            f"page in memory {len(reading.statuses)} times, p99 {load_client.percentile(reading.seconds, 0.99) * 1000:.0f} ms; "
            f"{memory_mb(server):.0f} MB"
        )
        assert set(reading.statuses) == {200} and len(reading.statuses) > 20
        assert memory_mb(server) < MEMORY_MB
        acknowledged = {key for key, answer in answers if answer.status == 303}
        assert acknowledged
        with server.database() as database:
            there = {row[0] for row in database.execute("SELECT text_source FROM comment")}
        assert {key.strip() for key in acknowledged} <= {text.strip() for text in there}
        said = figures(server)
        print(said)
        assert said["longest_wait_ms"] <= QUEUE_MS
        assert said["writer_longest_wait_ms"] <= WRITER_LATE * QUEUE_MS
        assert said["refused"] + said["late"] + said["writer_refused"] + said["writer_late"] >= len(refused)
        server.check()


def test_what_was_typed_comes_back_and_can_be_sent_again():
    """The form of a refusal does what the first would have done."""
    with Tight() as server:
        article, form = server.article, server.form
        make = maker(article, form)
        answers = asyncio.run(load_client.keep_busy(server.url, 400, 1.5, make))
        text, refused = next((key, answer) for key, answer in answers if key and answer and answer.status == 503)
        page = palabre.lxml.html.fromstring(refused.body)
        again = palabre.find_form(page, f"/articles/{article}/comments")
        fields = palabre.form_fields(again)
        assert fields["text"].strip() == text.strip() and fields["action"] == "send" and fields["token"] == form["token"]
        sent = again_if_refused(lambda: server.reader().post(again.get("action"), fields))
        assert sent.status_code == 200 and "/messages/" in sent.url
        # What another site made a browser send is not given back under our name.
        elsewhere = [load_client.post(f"/articles/{article}/comments", {"text": "pas moi"}, Sec_Fetch_Site="cross-site")]
        refused = asyncio.run(load_client.keep_busy(server.url, 400, 1, lambda _: (None, elsewhere[0])))
        bodies = {answer.body for _, answer in refused if answer and answer.status == 503}
        assert not any("pas moi".encode() in body for body in bodies)


def connections(server, count):
    """Taken by the server, too, all of them."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 4096) if most != resource.RLIM_INFINITY else 4096, most))
    made = [socket.create_connection(("127.0.0.1", urlsplit(server.url).port)) for _ in range(count)]
    server.get("/healthz")
    return made


def ends(requests_):
    """One behind the other, as bytes; after the last one the server closes."""
    last = requests_[-1].replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1)
    return b"".join([*requests_[:-1], last])


def read_status(answers):
    """The status of one answer; its body is passed over. A refusal says when to come again."""
    head = b"".join(iter(answers.readline, b"\r\n"))
    answers.read(int(re.search(rb"Content-Length: (\d+)", head).group(1)))
    status = int(head.split()[1])
    assert status != 503 or b"Retry-After: " in head
    return status


def burst(server, article, form, number):
    """Readers who have much to ask, and between them people who send: all of it is there when the server next looks, because
    it is held meanwhile. Gives {text: status}."""
    pid = server.process.process.pid
    path, tag = server.address_and_tag()
    senders, readers = connections(server, SENDERS), connections(server, READERS)
    sent = [[f"Salve {number}, {one}, {i}." for i in range(16)] for one in range(SENDERS)]
    asked = ends([load_client.get(path, If_None_Match=tag)] * ASKED)
    os.kill(pid, signal.SIGSTOP)
    for connection in readers[::2]:
        connection.sendall(asked)
    for connection, texts in zip(senders, sent):
        make = [load_client.post(f"/articles/{article}/comments", {**form, "name": "Léa", "text": t, "action": "send"}) for t in texts]
        connection.sendall(ends(make))
    for connection in readers[1::2]:
        connection.sendall(asked)
    os.kill(pid, signal.SIGCONT)
    answered = {}
    for connection, texts in zip(senders, sent):
        with connection, connection.makefile("rb") as answers:
            answered.update((text, read_status(answers)) for text in texts)
    for connection in readers:
        with connection, connection.makefile("rb") as answers:
            assert answers.read().count(b"HTTP/1.1 304 ") == ASKED
    return answered


def test_what_waited_in_its_connection_is_late_too():
    """With more to do than the loop comes round to in queue_ms, messages are refused before a worker is asked; pages are not."""
    with Tight({"queue_ms": 10, "write_timeout": 300, "idle_timeout": 300}) as server:
        for number in range(8):  # a machine to which that is nothing is given it again
            answered = burst(server, server.article, server.form, number)
            assert set(answered.values()) <= {303, 503}
            with server.database() as database:
                there = {row[0].strip() for row in database.execute("SELECT text_source FROM comment")}
            assert {text for text, status in answered.items() if status == 303} <= there
            said = figures(server)
            print(said)
            if said["stale"]:
                break
        assert said["stale"] > 0 and said["longest_lag_ms"] > 10
        server.check()


# --- Slow ones ------------------------------------------------------------------------------------------------------------


SLOW = 200


class Slow:
    """A client that takes, or gives, one byte a second."""

    def __init__(self, url, start, rest, reads):
        parts = urlsplit(url)
        self.socket = socket.socket()
        if reads:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.connect((parts.hostname, parts.port))
        self.socket.sendall(start)
        self.socket.setblocking(False)
        self.rest, self.reads, self.got, self.ended = list(rest), reads, b"", False

    def step(self):
        """One byte; notes the end of the connection."""
        try:
            if self.rest:
                self.socket.send(bytes([self.rest.pop(0)]))
            got = self.socket.recv(1 if self.reads else 4096)
            self.got += got
            self.ended = self.ended or not got
        except BlockingIOError:
            pass
        except OSError:
            self.ended = True

    def drain(self):
        """What is still there, to the end or as long as more comes; gives whether the connection has ended."""
        self.socket.settimeout(5)
        try:
            while not self.ended:
                got = self.socket.recv(1 << 20)
                self.got += got
                self.ended = not got
        except socket.timeout:
            pass
        except OSError:
            self.ended = True
        self.socket.close()
        return self.ended


def slow_ones(url, path, article):
    head = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
    body = f"POST /articles/{article}/comments HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000\r\n"
    body += "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    readers = [Slow(url, load_client.get(path) * 8, b"", True) for _ in range(SLOW)]
    heads = [Slow(url, head, b"a" * 1000, False) for _ in range(SLOW // 2)]
    bodies = [Slow(url, body.encode(), b"t" * 2000, False) for _ in range(SLOW // 2)]
    return readers, heads, bodies


def test_slow_ones_are_cut_and_hold_nobody_up():
    deadlines = {"head_timeout": 1, "body_timeout": 2, "write_timeout": 1, "idle_timeout": 3}
    with palabre.Server({"workers": 1, "loops": 1, **deadlines}) as server:
        long = "".join(f"Paragraphe {i}, assez long pour faire une page qui ne tient pas dans un tampon.\n\n" for i in range(9000))
        let_all_in(server)
        server.restart()
        article = server.publish_article("Très long", long)
        path = server.get(f"/articles/{article}").url.removeprefix(server.url)
        whole = len(server.get(path, headers={"Accept-Encoding": "identity"}).content)
        assert whole > 700_000
        form = server.reader().message_form(article)
        before = open_files(server)
        readers, heads, bodies = slow_ones(server.url, path, article)
        served = 0
        with Reading(server, path="/", pause=0.1) as reading:
            until = time.monotonic() + 6
            while time.monotonic() < until or served < 3:
                assert is_sent(server, article, form, f"Pas lente {served}")
                served += 1
                for slow in readers + heads + bodies:
                    slow.step()
                time.sleep(1)
        assert reading.whole_statuses(deadlines["head_timeout"]) == {200}
        wait_until_cut(server, before)
        # What the system had taken already it goes on sending, slowly: for a few it is waited for.
        assert all(slow.drain() for slow in readers[:5] + heads + bodies)
        assert all(len(slow.got) < 8 * whole for slow in readers[:5])
        for slow in readers[5:]:
            slow.socket.close()
        assert all(not slow.got or b" 408 " in slow.got.split(b"\r\n")[0] for slow in heads + bodies)
        assert sum(b" 408 " in slow.got for slow in heads + bodies) > SLOW // 2
        print(f"{len(readers + heads + bodies)} slow ones, {memory_mb(server):.0f} MB")
        assert memory_mb(server) < MEMORY_MB


def test_what_is_sent_at_once_has_a_ceiling():
    """Most of a large form, from many: memory does not grow with them, and others are served."""
    with palabre.Server({"workers": 1, "loops": 1, "bodies_mb": 8}) as server:
        article = server.publish_article("Foule", "Texte.")
        form = server.reader().message_form(article)
        before = memory_mb(server)
        head = b"POST /articles/1/comments HTTP/1.1\r\nHost: localhost\r\nContent-Length: 250000\r\n\r\n"
        crowd = [Slow(server.url, head, b"", False) for _ in range(100)]
        for one in crowd:
            one.socket.setblocking(True)
            one.socket.settimeout(20)
            try:
                one.socket.sendall(b"x" * 240_000)
            except OSError:
                pass
        refused = 0
        for one in crowd:
            one.socket.settimeout(0.01)
            one.step()
            refused += one.got.startswith(b"HTTP/1.1 503 ") and b"\r\nRetry-After: " in one.got
        print(f"{refused} of {len(crowd)} refused; {memory_mb(server) - before:.0f} MB more")
        assert refused >= 60
        assert memory_mb(server) < before + 4 * 8
        for one in crowd:
            one.socket.close()
        assert is_sent(server, article, form, "Ensuite")


# --- A flood of passwords ---------------------------------------------------------------------------------------------------


def sign_ins(form):
    """Each from an address of its own, as a proxy would say, so that no limit by address helps."""

    def make(number):
        address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        return None, load_client.post(
            "/sign-in", {**form, "account": "admin", "password": f"faux mot {number}"}, X_Forwarded_For=address
        )

    return make


def flood_with_passwords(server, sign_in, answers):
    """Some seconds of it, and more on a slow machine: until some were looked at, and some refused."""
    deadline = time.monotonic() + 120
    while True:
        answers.extend(asyncio.run(load_client.keep_busy(server.url, 100, 4, sign_ins(sign_in))))
        if {403, 503} <= {answer.status for _, answer in answers if answer} or time.monotonic() > deadline:
            return


def test_a_flood_of_passwords_stops_neither_readers_nor_senders():
    with Tight({"queue_ms": 500}, workers=2) as server:
        article, form, sign_in = server.article, server.form, server.sign_in
        answers = []
        flood = threading.Thread(target=lambda: flood_with_passwords(server, sign_in, answers))
        flood.start()
        times, sent = [], []
        with Reading(server, f"/articles/{article}") as reading:
            while flood.is_alive() or len(times) < 5:
                started = time.monotonic()
                sent.append(is_sent(server, article, form, f"Malgré tout {len(times)}"))
                times.append(time.monotonic() - started)
        flood.join()
        assert sent.count(True) > 2 * sent.count(False)  # one that a halt of the whole machine kept waiting is no matter
        statuses = [answer.status for _, answer in answers if answer]
        assert set(statuses) <= {403, 429, 503} and 403 in statuses and 503 in statuses
        assert all("mot" not in answer.body.decode() for _, answer in answers if answer and answer.status == 503)
        assert set(reading.statuses) == {200}
        said = figures(server)
        print(
            f"hashed {statuses.count(403)}, refused {statuses.count(503)}; sent {len(times)}, "
            f"slowest {max(times) * 1000:.0f} ms; {said}"
        )
        assert said["hashing_run"] >= statuses.count(403)
