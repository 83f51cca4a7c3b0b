"""The database's own processes are killed while messages are being sent: PostgreSQL's, whose cluster waits for its disk here
(conftest.py). What was acknowledged is there, once; what could not be is given back. SQLite has no processes of its own."""

import os
import random
import signal
import threading
import time

import pytest
import requests

import palabre
import postgresql
import store
from test_kill import SENDERS, assert_all_there, let_all_in


class Persistent(threading.Thread):
    """Sends one message after the other, each until it is acknowledged: with the same one-time key, as a form would."""

    KEY = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJ"

    def __init__(self, url, article, form, tag):
        super().__init__()
        self.url, self.article, self.form, self.tag = url, article, form, tag
        self.acknowledged, self.refused, self.ending = [], [], threading.Event()

    def run(self):
        number = 0
        while not self.ending.is_set():
            number += 1
            self.send(f"Message {self.tag}-{number}, à ne pas perdre ni doubler", f"{self.tag}n{number}n")

    def send(self, text, key):
        fields = {**self.form, "name": f"P{self.tag}", "text": text, "action": "send", "send_key": (key + self.KEY)[:43]}
        while not self.ending.is_set():
            answer = requests.post(f"{self.url}/articles/{self.article}/comments", data=fields, timeout=120, allow_redirects=False)
            if answer.status_code == 303:
                self.acknowledged.append(text)
                return
            self.refused.append((answer.status_code, text in answer.text))
            time.sleep(0.05)


def wait_for_more(senders, count=5):
    """So many more are acknowledged, from now on, of each."""
    wanted = [len(sender.acknowledged) + count for sender in senders]
    deadline = time.monotonic() + 120
    while any(len(sender.acknowledged) < most for sender, most in zip(senders, wanted)):
        assert time.monotonic() < deadline, [sender.refused[-3:] for sender in senders]
        time.sleep(0.02)


def kill_a_backend(cluster, name):
    """The server answers the death of any of its processes by ending all others, and recovers from its log."""
    pids = cluster.psql("postgres", f"SELECT pid FROM pg_stat_activity WHERE datname = '{name}' AND backend_type = 'client backend'")
    os.kill(int(random.choice(pids.split())), signal.SIGKILL)


def kill_all(cluster, _):
    """As a machine dies, and is started again."""
    cluster.kill()
    cluster.start()


@pytest.mark.parametrize("kill", [kill_a_backend, kill_all])
def test_the_death_of_the_database_loses_and_doubles_nothing(kill):
    random.seed(20261128)
    cluster = postgresql.shared()
    with palabre.Server() as server:
        let_all_in(server)
        article = server.publish_article("Coupures de la base", "Texte.")
        form = server.reader().message_form(article)
        senders = [Persistent(server.url, article, form, f"{i}") for i in range(SENDERS)]
        for sender in senders:
            sender.start()
        try:
            for _ in range(2):
                wait_for_more(senders)
                kill(cluster, postgresql.database_of(store.url(server.data)))
            wait_for_more(senders)
        finally:
            for sender in senders:
                sender.ending.set()
            for sender in senders:
                sender.join()
        acknowledged = [text for sender in senders for text in sender.acknowledged]
        refused = [refusal for sender in senders for refusal in sender.refused]
        assert all(status == 503 and kept for status, kept in refused), refused[:5]
        assert len(acknowledged) == len(set(acknowledged))
        assert_all_there(server, set(acknowledged), 3 * SENDERS)
