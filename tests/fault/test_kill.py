"""Nothing acknowledged is ever lost: the server is killed while messages are being sent, again and again. On PostgreSQL
(PALABRE_TEST_STORE=postgresql) its cluster waits for the disk; what becomes of messages when that dies: test_database.py. A
disk that is full is tested as each engine tells it, in tests/unit/db/test_writer.c: no test fills one under PostgreSQL."""

import os
import random
import threading
import time

import requests

import palabre
import store

# Each round starts a server, which on PostgreSQL takes longer.
ROUNDS = int(os.environ.get("PALABRE_KILLS", "15" if store.IS_POSTGRESQL else "50"))
SENDERS = 4


class Sender(threading.Thread):
    """Sends until the connection breaks; remembers what was acknowledged."""

    def __init__(self, url, article, form, tag):
        super().__init__()
        self.url, self.article, self.form, self.tag = url, article, form, tag
        self.acknowledged = []

    def run(self):
        session = requests.Session()
        for i in range(10_000):
            text = f"Message {self.tag}-{i}, à ne pas perdre"
            fields = {**self.form, "name": f"S{self.tag}", "text": text, "action": "send"}
            try:
                response = session.post(f"{self.url}/articles/{self.article}/comments", data=fields, timeout=20, allow_redirects=False)
            except requests.RequestException:
                return
            if response.status_code == 303:
                self.acknowledged.append(text)


def wait_for_one(senders):
    deadline = time.monotonic() + 120
    while not any(sender.acknowledged for sender in senders):
        assert time.monotonic() < deadline
        time.sleep(0.005)


def let_all_in(server):
    """So much from one address is pressure: the rules against it are test_abuse.py's."""
    with store.connect(server.data, writes=True) as database:
        for option in (("challenge", "off"), ("links_most", "0")):
            database.execute("INSERT INTO site_option (name, value) VALUES (?, ?)", option)


def assert_all_there(server, acknowledged, at_least):
    with server.database() as database:
        there = [row[0] for row in database.execute("SELECT text_source FROM comment")]
    assert len(acknowledged) >= at_least
    assert acknowledged <= set(there), sorted(acknowledged - set(there))[:10]
    assert len(there) == len(set(there)), "a message is there twice"
    server.check()


def test_every_acknowledged_message_is_there_after_a_kill():
    random.seed(20261123)
    acknowledged = set()
    with palabre.Server() as server:
        let_all_in(server)
        article = server.publish_article("Coupures de courant", "Texte.")
        for round_number in range(ROUNDS):
            form = server.reader().message_form(article)
            senders = [Sender(server.url, article, form, f"{round_number}-{i}") for i in range(SENDERS)]
            for sender in senders:
                sender.start()
            wait_for_one(senders)
            time.sleep(random.uniform(0, 0.25))
            server.process.kill()
            for sender in senders:
                sender.join()
                acknowledged.update(sender.acknowledged)
            if round_number % 5 == 0 or round_number == ROUNDS - 1:  # what one has damaged stays damaged
                server.check()
            server.start()
        assert_all_there(server, acknowledged, ROUNDS)
