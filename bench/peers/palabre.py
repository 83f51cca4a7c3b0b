"""Palabre itself: a data folder, a server, somebody signed in, and the requests that write."""
import contextlib
import json
import os
import re
import sqlite3
import urllib.parse

import harness

PASSWORD = "un mot de passe assez long"


class Palabre:
    name, connections, length = "Palabre", 64, None

    def __init__(self, bench, data, settings=None, start=True, cores=None):
        self.bench, self.data = bench, data
        self.config = os.path.join(bench.folder, os.path.basename(data) + ".conf")
        values = {"access_log": "no", "comments_per_page": 50, "messages_per_address": 1000000,
                  "messages_window": 86400, **(settings or {})}
        with open(self.config, "w", encoding="utf-8") as f:
            f.writelines("%s = %s\n" % item for item in values.items())
        self.cookie = self.csrf = None
        self.expect_a_flood()
        self.port = harness.free_port()
        if start:
            self.process = bench.start(self.command(), self.ready, cores=cores)

    @classmethod
    def imported(cls, bench, comments, pending=0, articles=1, **options):
        """With the articles of texts.py."""
        data = os.path.join(bench.folder, "palabre-%d" % len(os.listdir(bench.folder)))
        export = data + ".xml"
        harness.run(os.path.join(harness.BENCH, "generate"), "--comments", str(comments), "--pending", str(pending),
                    "--articles", str(articles), export)
        harness.run(bench.palabre, "import", "wordpress", export, "--data", data)
        return cls(bench, data, **options)

    def expect_a_flood(self):
        """A benchmark is what proofs of work are against: they are not asked for."""
        with contextlib.closing(sqlite3.connect(os.path.join(self.data, "palabre.db"))) as database, database:
            database.execute("INSERT INTO site_option (name, value) VALUES ('challenge', 'off') ON CONFLICT (name) DO"
                             " UPDATE SET value = excluded.value")

    def command(self):
        return [self.bench.palabre, "serve", "--data", self.data, "--listen", "127.0.0.1:%d" % self.port, "--config",
                self.config]

    def ready(self):
        return harness.fetch(self.port, "/healthz")[0].status == 200

    def pids(self):
        return [self.process.pid]

    def article_paths(self):
        """Newest first."""
        answer, body = harness.fetch(self.port, "/feeds/articles.json")
        if answer.status != 200:
            harness.stop("the feed of articles answers %d" % answer.status)
        return {item["id"]: urllib.parse.urlsplit(item["url"]).path for item in json.loads(body)["items"]}

    def article_path(self, number):
        """The article's address with its slug."""
        for path in self.article_paths().values():
            if path.startswith("/articles/%d-" % number):
                return path
        return harness.stop("article %d is not in the feed" % number)

    def ask(self, sql, *values):
        """Rows of the database, read beside the server."""
        connection = sqlite3.connect("file:%s/palabre.db?mode=ro" % self.data, uri=True)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def field(self, path, name):
        """The value of a hidden field of a page."""
        headers = {"Cookie": self.cookie} if self.cookie else {}
        answer, body = harness.fetch(self.port, path, headers)
        found = re.search(r'name="%s" value="([^"]+)"' % name, body.decode())
        if answer.status != 200 or not found:
            harness.stop("no field %s on %s (status %d)" % (name, path, answer.status))
        return found.group(1)

    def sign_in(self):
        """A moderator, and a session of theirs."""
        if not self.ask("SELECT 1 FROM account WHERE name = 'maud'"):  # a folder that is kept may have them
            harness.run(self.bench.palabre, "user", "add", "maud", "--role", "moderator", "--data", self.data,
                        input=PASSWORD + "\n")
        answer, body = harness.fetch(self.port, "/sign-in")
        fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', body.decode()))
        fields.update(account="maud", password=PASSWORD)
        cookies = [v.split(";")[0] for k, v in answer.getheaders() if k.lower() == "set-cookie"]
        answer, body = self.post("/sign-in", fields, cookies)
        cookies += [v.split(";")[0] for k, v in answer.getheaders() if k.lower() == "set-cookie"]
        if answer.status not in (302, 303):
            harness.stop("signing in answers %d" % answer.status)
        self.cookie = "; ".join(dict.fromkeys(cookies))
        self.csrf = self.field("/moderation", "csrf")

    def post(self, path, fields, cookies=()):
        return harness.fetch(self.port, path, {"Content-Type": "application/x-www-form-urlencoded",
                                               "Cookie": "; ".join(cookies)}, "POST", urllib.parse.urlencode(fields))

    def request(self, path, fields, name, cookie=None, headers=()):
        """A file with a whole POST; ######## in it becomes a number (it survives the encoding of forms as it is)."""
        body = urllib.parse.urlencode(fields, safe="#:")
        head = ["POST %s HTTP/1.1" % path, "Host: 127.0.0.1:%d" % self.port,
                "Content-Type: application/x-www-form-urlencoded", "Content-Length: %d" % len(body)]
        head += ["Cookie: " + cookie] if cookie else []
        head += headers
        file = os.path.join(self.bench.folder, name)
        with open(file, "w", encoding="ascii") as f:
            f.write("\r\n".join(head) + "\r\n\r\n" + body)
        return file

    def message_files(self, article, messages):
        """Requests that send these messages to an article, each with a key of its own and, as a proxy says, from an
        address of its own: readers are many."""
        token = self.field("/articles/%d" % article if not self.article_paths() else self.article_path(article), "token")
        return [self.request("/articles/%d/comments" % article,
                             {"token": token, "send_key": "%035d########" % message.number, "name": message.name,
                              "text": message.text + " ########", "action": "send"},
                             "palabre-post-%d-%d" % (article, message.number),
                             headers=["X-Forwarded-For: 2001:$$$$:$$$$::1", "X-Forwarded-Proto: http"])
                for message in messages]

    def decision_file(self, name="palabre-decide", act="publish"):
        """A request that decides one message after the other: load.c puts the number in."""
        return self.request("/moderation/comments/@@@@@@@@/decide", {"csrf": self.csrf, "version": 1, "act": act}, name,
                            self.cookie)
