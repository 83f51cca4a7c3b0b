"""Fossil from Debian: `fossil server`, one forum thread with every message, which it shows on one page."""
import hashlib
import os
import signal

import harness


def card(text):
    """A word of a control artifact: spaces and line ends are written as escapes."""
    return text.replace("\\", "\\\\").replace(" ", "\\s").replace("\n", "\\n")


def artifact(when, text, user, title=None, root=None):
    """A forum post (Fossil's file format, "Forum Posts"); cards in order of their letters."""
    cards = ["D " + when.strftime("%Y-%m-%dT%H:%M:%S.000")]
    cards += ["G " + root] if root else []
    cards += ["H " + card(title)] if title else []
    cards += ["I " + root] if root else []
    cards += ["N text/x-markdown", "U " + card(user)]
    body = text.encode()
    content = ("\n".join(cards) + "\nW %d\n" % len(body)).encode() + body + b"\n"
    return content + b"Z " + hashlib.md5(content).hexdigest().encode() + b"\n"


class Fossil:
    name, connections = "Fossil, whole thread", 4
    length = "any"  # the page says how long it took to make
    least_seconds = 4  # its pages take tenths of a second

    def __init__(self, bench, article):
        folder = bench.subfolder("fossil")
        self.repository = os.path.join(folder, "forum.fossil")
        self.folder = folder
        self.env = {**os.environ, "HOME": folder, "USER": "bench", "FOSSIL_HOME": folder}
        self.fossil("init", self.repository)
        self.fossil("open", self.repository)
        self.fossil("user", "capabilities", "nobody", "23", "-R", self.repository)
        root = self.add(folder, artifact(article.when, "\n\n".join(article.paragraphs), "redaction", article.title))
        for message in article.messages:
            self.add(folder, artifact(message.when, message.text, message.name, root=root))
        self.fossil("rebuild", self.repository)
        self.port = harness.free_port()
        self.path = "/forumpost/%s?t=h" % root[:10]
        self.process = bench.start(["fossil", "server", "--localhost", "--port", str(self.port), self.repository],
                                   self.ready, env=self.env, stop_signal=signal.SIGKILL)
        body = harness.fetch(self.port, self.path)[1]
        shown = sum(body.count(m.email.encode()) for m in article.messages) or body.count(b"forumPostHdr'")
        if shown < len(article.messages):
            harness.stop("Fossil shows %d messages" % shown)

    def fossil(self, *arguments):
        return harness.run("fossil", *arguments, env=self.env, cwd=self.folder)

    def add(self, folder, content):
        path = os.path.join(folder, "post")
        with open(path, "wb") as f:
            f.write(content)
        self.fossil("test-content-put", path)
        return hashlib.sha3_256(content).hexdigest()

    def ready(self):
        return harness.fetch(self.port, self.path)[0].status == 200

    def pids(self):
        return harness.family(self.process.pid)
