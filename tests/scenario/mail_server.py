"""A real SMTP server on loopback (aiosmtpd), with moods: it may refuse an address, put off (greylisting), be slow, want TLS.

    with MailServer() as mail:
        server = palabre.Server(settings=mail.settings())
        letter = mail.wait_for("lea@example.net")
        letter.text, letter.html, letter["Subject"]
"""

import email
import email.policy
import os
import re
import ssl
import subprocess
import tempfile
import threading
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

PATIENCE_S = 150


class Letter:
    """A mail as it came, parsed by strict rules."""

    def __init__(self, sender, recipient, raw):
        self.sender, self.recipient, self.raw = sender, recipient, raw
        # raises on any defect
        self.message = email.message_from_bytes(raw, policy=email.policy.SMTP.clone(raise_on_defect=True))
        self.text = self.part("plain")
        self.html = self.part("html")

    def part(self, kind):
        body = self.message.get_body((kind,))
        return body.get_content().replace("\r\n", "\n") if body else None

    def __getitem__(self, name):
        return self.message[name]

    def links(self, part):
        """Paths in the text that contain `part`."""
        return [re.sub(r"^https?://[^/]+", "", url) for url in re.findall(r"https?://\S+", self.text) if part in url]


class Handler:
    def __init__(self, owner):
        self.owner = owner

    async def handle_RCPT(self, server, session, envelope, address, options):  # pylint: disable=invalid-name
        answer = self.owner.on_recipient(address)
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # pylint: disable=invalid-name
        return self.owner.on_data(envelope)


class Tls(Controller):
    """With STARTTLS, and required where the owner says so."""

    def __init__(self, handler, owner, **options):
        self.owner = owner
        super().__init__(handler, **options)

    def factory(self):
        owner = self.owner
        return SMTP(
            self.handler,
            hostname="mail.test",
            enable_SMTPUTF8=False,
            tls_context=owner.tls,
            require_starttls=owner.tls is not None,
            auth_require_tls=owner.tls is not None,
            authenticator=owner.authenticate if owner.password else None,
            auth_required=bool(owner.password),
        )


def make_certificates(folder, names="DNS:localhost,IP:127.0.0.1"):
    """An authority of one's own and a server's certificate; gives (authority, certificate, key)."""
    path = lambda name: os.path.join(folder, name)  # noqa: E731
    run = lambda *a: subprocess.run(["openssl", *a], check=True, capture_output=True)  # noqa: E731
    run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Authority of the tests",
        "-keyout", path("ca.key"), "-out", path("ca.pem"))
    run("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=mail.test", "-keyout", path("key.pem"),
        "-out", path("request.pem"))
    with open(path("extensions"), "w", encoding="utf-8") as file:
        file.write(f"subjectAltName={names}\n")
    run("x509", "-req", "-in", path("request.pem"), "-CA", path("ca.pem"), "-CAkey", path("ca.key"),
        "-CAcreateserial", "-days", "2", "-extfile", path("extensions"), "-out", path("cert.pem"))
    return path("ca.pem"), path("cert.pem"), path("key.pem")


class MailServer:
    def __init__(self, tls=None, password=None):
        """tls: (certificate, key). password: wanted of `palabre`."""
        self.letters, self.tried = [], []
        self.condition = threading.Condition()
        self.refuse = {}  # address: what is said to RCPT
        self.put_off = {}  # address: how many times more it is told 451
        self.data_answers = []  # said instead of 250 to the next contents
        self.slow_s = 0  # before the content is acknowledged
        self.password = password
        self.tls = None
        if tls:
            self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self.tls.load_cert_chain(*tls)
        self.port = 0
        self.controller = None
        self.start()

    def start(self):
        self.controller = Tls(Handler(self), self, hostname="127.0.0.1", port=self.port)
        if self.port == 0:
            import socket

            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.port = free.getsockname()[1]
            self.controller.port = self.port
        self.controller.start()

    def stop(self):
        if self.controller:
            self.controller.stop()
        self.controller = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def settings(self, **more):
        return {
            "smtp_url": f"smtp://127.0.0.1:{self.port}",
            "smtp_tls": "require" if self.tls else "no",
            "smtp_timeout": 20,
            "mail_from": "journal@example.org",
            "mail_delay_s": 0,
            "mail_retry_s": 1,
            "mail_asked": 100000,
            **more,
        }

    # On the server's thread

    def authenticate(self, server, session, envelope, mechanism, data):
        from aiosmtpd.smtp import AuthResult

        return AuthResult(success=data.login == b"palabre" and data.password == self.password.encode())

    def on_recipient(self, address):
        with self.condition:
            self.tried.append(address)
            self.condition.notify_all()
            if address in self.refuse:
                return self.refuse[address]
            if self.put_off.get(address, 0) > 0:
                self.put_off[address] -= 1
                return "451 4.7.1 Greylisted, come back later"
        return None

    def on_data(self, envelope):
        if self.slow_s:
            time.sleep(self.slow_s)
        with self.condition:
            if self.data_answers:
                return self.data_answers.pop(0)
            for recipient in envelope.rcpt_tos:
                self.letters.append(Letter(envelope.mail_from, recipient, envelope.original_content))
            self.condition.notify_all()
        return "250 2.0.0 Taken"

    # On the test's

    def wait_until(self, what, told):
        with self.condition:
            assert self.condition.wait_for(what, PATIENCE_S), f"{told}; there are {[l.recipient for l in self.letters]}"

    def to(self, address):
        return [letter for letter in self.letters if letter.recipient == address]

    def wait_for(self, address, count=1):
        """The count-th letter to the address."""
        self.wait_until(lambda: len(self.to(address)) >= count, f"no letter {count} to {address}")
        return self.to(address)[count - 1]

    def wait_for_tries(self, address, count):
        self.wait_until(lambda: self.tried.count(address) >= count, f"not tried {count} times: {address}")
