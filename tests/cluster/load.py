"""People at work while things break: some send messages, and send again what was not acknowledged; others read."""

import threading
import time

import requests

TOKEN = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJ"


class Writer(threading.Thread):
    """Sends one message after the other, each until it is acknowledged, as a person with the form before them would."""

    def __init__(self, url, article, form, tag):
        super().__init__()
        self.url, self.article, self.form, self.tag = url, article, form, tag
        self.acknowledged, self.refused, self.trouble = [], [], []
        self.ending, self.lost_patience = threading.Event(), threading.Event()

    def run(self):
        number = 0
        while not self.ending.is_set():
            number += 1
            self.send(f"Message {self.tag}-{number}, à ne pas perdre et à ne pas doubler", f"{self.tag}n{number}n")

    def send(self, text, key):
        fields = {**self.form, "name": f"Autrice {self.tag}", "text": text, "action": "send"}
        fields["send_key"] = (key + TOKEN)[:43]
        while not self.lost_patience.is_set():
            try:
                response = requests.post(f"{self.url}/articles/{self.article}/comments", data=fields, timeout=120,
                                         allow_redirects=False)
            except requests.RequestException as error:  # cut off in the middle: nobody knows, and so once more
                self.trouble.append(repr(error))
                time.sleep(0.05)
                continue
            if response.status_code == 303:
                self.acknowledged.append(text)
                return
            self.refused.append((response.status_code, text, response.text, response.headers.get("Retry-After")))
            time.sleep(0.1)


class Reader(threading.Thread):
    """Asks for one page again and again."""

    def __init__(self, url, path):
        super().__init__()
        self.url, self.path = url, path
        self.answers, self.failures = 0, []
        self.ending = threading.Event()

    def run(self):
        session = requests.Session()
        while not self.ending.is_set():
            try:
                response = session.get(self.url + self.path, timeout=120)
                if response.status_code != 200:
                    self.failures.append((response.status_code, response.text[:200]))
                self.answers += 1
            except requests.RequestException as error:
                self.failures.append(repr(error))
                session = requests.Session()
            time.sleep(0.005)


class Load:
    """`with Load(...)`: people are there from the first line to the last; afterwards they are asked."""

    def __init__(self, article, form, write_to, read_from, writers=4):
        self.writers = [Writer(url, article, form, f"{i}{j}") for i, url in enumerate(write_to) for j in range(writers)]
        self.readers = {url: Reader(url, f"/articles/{article}") for url in read_from}

    def __enter__(self):
        for thread in self.all():
            thread.start()
        return self

    def __exit__(self, kind, *_):
        for thread in self.all():
            thread.ending.set()
        if kind:  # the test has failed: nobody waits for the last message
            for writer in self.writers:
                writer.lost_patience.set()
        for thread in self.all():
            thread.join()

    def all(self):
        return [*self.writers, *self.readers.values()]

    @property
    def acknowledged(self):
        return [text for writer in self.writers for text in list(writer.acknowledged)]

    @property
    def refused(self):
        return [refusal for writer in self.writers for refusal in list(writer.refused)]

    def wait_for_more(self, cluster, count=20):
        """So many more messages are acknowledged from now on."""
        wanted = len(self.acknowledged) + count
        cluster.wait_for(f"{count} more messages to be accepted", lambda: len(self.acknowledged) >= wanted)
