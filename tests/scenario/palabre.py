"""What scenarios share: a server of one's own, a reader, a moderator.

    with palabre.Server(settings={"comments_per_page": 3}) as server:
        article = server.publish_article("Le pont", "Du texte.")
        reader = server.reader()
        sent = reader.send(article, name="Léa", text="Bonjour")
        server.moderator().decide(sent.number, "publish")
"""

import atexit
import html
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from urllib.parse import urljoin

import lxml.html
import requests

import store

BINARY = os.environ.get("PALABRE_BIN") or os.path.join(os.path.dirname(__file__), "../../build/palabre")
PASSWORD = "un mot de passe assez long"
START_TIMEOUT_S = 120
STOP_TIMEOUT_S = 120


def run(*arguments, **options):
    """A command to its end; stdin, data given by name. On the engine of the run: see store.py."""
    options["env"] = {**options.get("env", os.environ), **store.variables(arguments)}
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=240, **options)


def environment():
    """Without settings of whoever runs the tests."""
    return {k: v for k, v in os.environ.items() if not k.startswith("PALABRE_") or k == "PALABRE_SHARED"}


# Of servers that have no file of settings: see Server.
PATIENCE = {"PALABRE_QUEUE_MS": "20000"}


class Process:
    """A server process, told apart by its pid, and stopped by it."""

    def __init__(self, arguments, data=None, inside=()):
        """inside: a command that runs another one somewhere else (a network namespace)."""
        self.data = data
        self.log_path = tempfile.mktemp(prefix="palabre-log-")
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [*inside, BINARY, *arguments], stdout=subprocess.PIPE, stderr=log, text=True,
                env={**environment(), **({} if data else PATIENCE), **store.variables(arguments)}
            )
        self.said = ""
        self.url = self.wait_until_it_listens()

    def wait_until_it_listens(self):
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            line = self.process.stdout.readline()
            if not line:
                raise AssertionError(f"the server ended at start: {self.log()}")
            self.said += line
            found = re.search(r"https?://\S+?:\d+(?=/)", line)
            if found:
                return found.group(0)
        raise AssertionError("the server does not listen")

    def read_line(self):
        line = self.process.stdout.readline()
        self.said += line
        return line

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError("the server did not stop when told to")
        self.process.stdout.close()
        log = self.log()
        os.unlink(self.log_path)
        assert self.process.returncode in (0, -signal.SIGKILL), f"exit {self.process.returncode}: {log[-4000:]}"
        assert "Sanitizer" not in log, log[-8000:]


class Furnished:
    """A data folder with the usual accounts, made once in each process of the tests, and copied: to hash four passwords and
    to migrate a database takes longer than most tests do."""

    # What a new publication takes from the settings, and where it is.
    TOLD = ("language", "time_zone", "site_name", "site_tagline", "store")
    folder = None

    @classmethod
    def is_for(cls, server):
        usual = server.accounts == Server.ACCOUNTS and not any(name in server.settings for name in cls.TOLD)
        return usual and not os.path.exists(os.path.join(server.data, "secret.key")) and not store.is_made(server.data)

    @classmethod
    def copy(cls, data):
        if cls.folder is None:
            folder = tempfile.mkdtemp(prefix="palabre-furnished-")
            for name, role in Server.ACCOUNTS:
                add_account(folder, name, role)
            cls.folder = folder
            atexit.register(cls.remove)  # a worker of xdist does not come to it: see conftest.py
        for name in os.listdir(cls.folder):
            shutil.copy(os.path.join(cls.folder, name), data)
        store.copy(cls.folder, data)

    @classmethod
    def remove(cls):
        if cls.folder is not None:
            shutil.rmtree(cls.folder)
            cls.folder = None


def add_account(data, name, role):
    done = run("user", "add", name, "--role", role, "--data", data, input=PASSWORD + "\n", env=environment())
    assert done.returncode == 0, done.stderr


class Server:
    """`palabre serve` on a free port, with an administrator, an editor and two moderators (password PASSWORD)."""

    ACCOUNTS = (("admin", "administrator"), ("edith", "editor"), ("maud", "moderator"), ("marc", "moderator"))

    def __init__(self, settings=None, data=None, accounts=ACCOUNTS):
        self.own_folder = data is None
        self.data = data or tempfile.mkdtemp(prefix="palabre-")
        patience = {"queue_ms": 20000}  # nobody is refused because the machine has other things to do, or is sanitized
        self.settings = {"access_log": "no", "messages_per_address": 100000, **patience, **(settings or {})}
        self.accounts = accounts
        with open(os.path.join(self.data, "palabre.conf"), "w", encoding="utf-8") as file:
            file.writelines(f"{name} = {value}\n" for name, value in self.settings.items())
        if Furnished.is_for(self):
            Furnished.copy(self.data)
        else:
            for name, role in accounts:
                self.add_account(name, role)
        self.process = None
        self.start()

    def add_account(self, name, role):
        add_account(self.data, name, role)

    def start(self):
        self.process = Process(["serve", "--data", self.data, "--listen", "127.0.0.1:0"], self.data)
        self.url = self.process.url

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.process.stop()
        if self.own_folder:
            store.drop(self.data)
            shutil.rmtree(self.data)

    def restart(self):
        self.process.stop()
        self.start()

    def check(self):
        """`palabre check`: clean, or an AssertionError with its words."""
        done = run("check", "--data", self.data, env=environment())
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def database(self):
        """The database itself, to look at (read-only); SQL with ? for parameters."""
        return store.connect(self.data)

    def wait_until_read(self):
        """Until what is found out about messages after they were taken has been: unknown words, what they are like."""
        self.wait_until_none("SELECT count(*) FROM likeness_due", "the messages are not looked at")

    def wait_until_none(self, sql, told):
        """Until what this asks for is 0; told: what it means when that never comes."""
        deadline = time.monotonic() + 120
        while True:
            with self.database() as database:
                if database.execute(sql).fetchone()[0] == 0:
                    return
            assert time.monotonic() < deadline, told
            time.sleep(0.02)

    def get(self, path, **options):
        return requests.get(urljoin(self.url, path), timeout=120, **options)

    def page(self, path, status=200):
        response = self.get(path)
        assert response.status_code == status, (path, response.status_code, response.text[:500])
        return lxml.html.fromstring(response.content)

    def reader(self):
        return Reader(self)

    def moderator(self, name="maud"):
        return Moderator(self, name)

    def publish_article(self, headline="Le pont neuf", body="Un paragraphe.", **fields):
        """Publishes an article through the editor's pages; gives its id."""
        return Moderator(self, "edith").publish_article(headline, body, **fields)


class Demo(Server):
    """`palabre demo`: a fresh folder of its own, sign-in printed."""

    def __init__(self):  # pylint: disable=super-init-not-called
        self.own_folder = False
        self.data = tempfile.mkdtemp(prefix="palabre-")  # names its database, where it needs one
        self.process = Process(["demo", "--listen", "127.0.0.1:0", *store.option(self.data)])
        self.url = self.process.url


def form_fields(form):
    """The fields of a form as a browser would send them, without its buttons."""
    fields = {}
    for field in form.inputs:
        if field.name is None or field.get("type") in ("submit", "button"):
            continue
        if field.tag == "button":
            continue
        if field.get("type") in ("checkbox", "radio") and not field.checked:
            continue
        value = field.value if field.value is not None else ""
        # HTML drops one newline right after <textarea>; lxml does not.
        fields[field.name] = value.removeprefix("\n") if field.tag == "textarea" else value
    return fields


def find_form(page, action):
    """The first form whose action ends so."""
    for form in page.forms:
        if (form.get("action") or "").endswith(action):
            return form
    raise AssertionError(f"no form for {action}; there are {[form.get('action') for form in page.forms]}")


class Sent:
    """What came of sending a message."""

    def __init__(self, response):
        self.response = response
        self.status = response.status_code
        self.page = lxml.html.fromstring(response.content) if response.content else None
        found = re.search(r"/messages/([A-Za-z0-9_-]{20,})", response.url + " " + response.text)
        self.secret = found.group(1) if found else None
        number = re.search(r'id="comment-(\d+)"', response.text) or re.search(r"#(\d+)", html.unescape(response.text))
        self.number = int(number.group(1)) if number else None


class Reader:
    """Somebody with a browser that keeps cookies, and runs no scripts."""

    def __init__(self, server):
        self.server = server
        self.session = requests.Session()

    def url(self, path):
        return urljoin(self.server.url, path)

    def get(self, path, status=200, **options):
        response = self.session.get(self.url(path), timeout=120, **options)
        assert response.status_code == status, (path, response.status_code, response.text[:800])
        return response

    def page(self, path, status=200):
        return lxml.html.fromstring(self.get(path, status).content)

    def post(self, path, fields, **options):
        return self.session.post(self.url(path), data=fields, timeout=120, **options)

    def message_form(self, article, reply_to=None):
        """The fields of the form under a discussion, or of a reply's."""
        path = f"/comments/{reply_to}/reply" if reply_to else f"/articles/{article}"
        return form_fields(find_form(self.page(path), f"/articles/{article}/comments"))

    def post_message(self, article, action, reply_to=None, form=None, **fields):
        sent = {**(form or self.message_form(article, reply_to)), **fields, "action": action}
        if reply_to:
            sent["reply_to"] = str(reply_to)
        return self.post(f"/articles/{article}/comments", sent, allow_redirects=True)

    def preview(self, article, reply_to=None, **fields):
        return self.post_message(article, "preview", reply_to, **fields)

    def send(self, article, reply_to=None, **fields):
        """Preview, then send what the preview's form holds; gives a Sent."""
        preview = self.preview(article, reply_to, **fields)
        assert preview.status_code == 200, preview.text[:2000]
        form = form_fields(find_form(lxml.html.fromstring(preview.content), f"/articles/{article}/comments"))
        return Sent(self.post_message(article, "send", reply_to, form=form))


class Moderator(Reader):
    """Somebody of the house, signed in."""

    def __init__(self, server, name, password=PASSWORD):
        super().__init__(server)
        self.name = name
        form = form_fields(find_form(self.page("/sign-in"), "/sign-in"))
        response = self.post("/sign-in", {**form, "account": name, "password": password})
        assert response.status_code == 200 and "/moderation" in response.url, (response.status_code, response.url, response.text[-1500:])

    def csrf(self, path="/moderation"):
        fields = re.search(r'name="csrf" value="([^"]+)"', self.get(path).text)
        assert fields, "no form of the desk on " + path
        return fields.group(1)

    def publish_article(self, headline, body, **fields):
        form = find_form(self.page("/moderation/articles/new"), "/moderation/articles/new")
        filled = {**form_fields(form), "headline": headline, "body": body, **fields, "action": "publish"}
        response = self.post("/moderation/articles/new", filled)
        assert response.status_code == 200, (response.status_code, response.text[:2000])
        found = re.search(r"/moderation/articles/(\d+)", response.url)
        assert found, response.url
        return int(found.group(1))

    def decide(self, number, act, **fields):
        """One decision on one message, by its own page's form; gives the response (redirects followed)."""
        form = find_form(self.page(f"/moderation/comments/{number}"), f"/moderation/comments/{number}/decide")
        return self.post(f"/moderation/comments/{number}/decide", {**form_fields(form), **fields, "act": act})
