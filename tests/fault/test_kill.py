"""Nothing acknowledged is ever lost: the server is killed while messages are being sent, again and again."""

import os
import random
import threading
import time

import requests

import palabre

ROUNDS = int(os.environ.get("PALABRE_KILLS", "50"))
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


def test_every_acknowledged_message_is_there_after_a_kill():
    random.seed(20261123)
    acknowledged = set()
    with palabre.Server() as server:
        article = server.publish_article("Coupures de courant", "Texte.")
        for round_number in range(ROUNDS):
            form = server.reader().message_form(article)
            senders = [Sender(server.url, article, form, f"{round_number}-{i}") for i in range(SENDERS)]
            for sender in senders:
                sender.start()
            time.sleep(random.uniform(0.02, 0.25))
            server.process.kill()
            for sender in senders:
                sender.join()
                acknowledged.update(sender.acknowledged)
            server.check()
            server.start()
        with server.database() as database:
            there = {row[0] for row in database.execute("SELECT text_source FROM comment")}
        assert len(acknowledged) >= ROUNDS
        assert acknowledged <= there, sorted(acknowledged - there)[:10]
        server.check()
