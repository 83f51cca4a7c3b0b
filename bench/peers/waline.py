"""Waline (npm) with SQLite, as shipped, but for what asks other machines: its login service is a file here, its spam
service and its limit per address are off, and so is the mail it has no server for."""
import json
import os
import signal
import sqlite3
import urllib.parse

import harness

PACKAGE = os.path.join(harness.BENCH, "peers", "node_modules", "@waline", "vercel")
TEXT = {"wl_Comment": "comment ip link mail nick ua url", "wl_Users": "display_name email password type label url avatar "
        "github twitter facebook google weibo qq oidc huawei 2fa", "wl_Counter": "url"}
INTEGER = {"wl_Comment": "user_id rid pid sticky like", "wl_Users": "",
           "wl_Counter": "time " + " ".join("reaction%d" % i for i in range(9))}
DATES = ("createdAt", "updatedAt")


def tables():
    """Its tables, from the columns its manual names; it makes none itself."""
    for table, words in TEXT.items():
        columns = ['"id" INTEGER PRIMARY KEY AUTOINCREMENT']
        columns += ['"%s" TEXT' % name for name in words.split()]
        columns += ['"%s" INTEGER' % name for name in INTEGER[table].split()]
        columns += ['"%s" DATETIME DEFAULT (datetime(\'now\', \'localtime\'))' % name for name in DATES]
        if table == "wl_Comment":
            columns += ["\"insertedAt\" DATETIME DEFAULT (datetime('now', 'localtime'))", '"status" TEXT NOT NULL']
        yield 'CREATE TABLE "%s" (%s)' % (table, ", ".join(columns))


class Waline:
    name, connections, length = "Waline", 8, None
    url = "/2026/01/riviere/"
    least_seconds = 3  # its pages take tenths of a second

    def __init__(self, bench, article):
        self.bench = bench
        folder = bench.subfolder("waline")
        self.database = os.path.join(folder, "waline.sqlite")
        connection = sqlite3.connect(self.database)
        for statement in tables():
            connection.execute(statement)
        connection.executemany(
            "INSERT INTO wl_Comment (comment, insertedAt, createdAt, updatedAt, ip, link, mail, nick, status, ua, url)"
            " VALUES (?, ?, ?, ?, ?, '', ?, ?, 'approved', 'bench', ?)",
            [(m.text, when, when, when, m.address, m.email, m.name, self.url)
             for m in article.messages for when in ["%s" % m.when]])
        connection.commit()
        connection.close()
        services = os.path.join(folder, "services.json")
        with open(services, "w", encoding="utf-8") as f:
            json.dump({"services": []}, f)
        self.port = harness.free_port()
        self.path = "/api/comment?" + urllib.parse.urlencode({"path": self.url, "pageSize": 50, "page": 1,
                                                             "lang": "fr", "sortBy": "insertedAt_asc"})
        env = {**os.environ, "SQLITE_PATH": folder, "JWT_TOKEN": "bench", "OAUTH_URL": self.oauth(folder), "IPQPS": "0",
               "AKISMET_KEY": "false", "COMMENT_AUDIT": "true", "SITE_NAME": "bench",
               "SITE_URL": "http://127.0.0.1:%d" % self.port}
        self.process = bench.start(["node", os.path.join(PACKAGE, "vanilla.js"), str(self.port)], self.ready, env=env,
                                   cwd=folder, stop_signal=signal.SIGKILL)
        shown = len(json.loads(harness.fetch(self.port, self.path)[1])["data"]["data"])
        if shown != min(50, len(article.messages)):
            harness.stop("Waline shows %d comments" % shown)

    def oauth(self, folder):
        """A file over HTTP on loopback: it is asked on every request."""
        from peers import nginx  # pylint: disable=import-outside-toplevel
        own = self.bench.subfolder("waline-login")
        port = nginx.start(self.bench, own, "root %s; try_files /services.json =404;" % folder)[1]
        return "http://127.0.0.1:%d" % port

    def ready(self):
        return harness.fetch(self.port, self.path)[0].status == 200

    def pids(self):
        return harness.family(self.process.pid)

    def count(self):
        connection = sqlite3.connect("file:%s?mode=ro" % self.database, uri=True)
        try:
            return connection.execute("SELECT count(*) FROM wl_Comment").fetchone()[0]
        finally:
            connection.close()

    def message_files(self, messages):
        files = []
        for message in messages:
            body = json.dumps({"comment": message.text + " ########", "nick": message.name, "mail": message.email,
                               "link": "", "url": self.url, "ua": "bench"})
            files.append(os.path.join(self.bench.folder, "waline-post-%d" % message.number))
            with open(files[-1], "w", encoding="ascii") as f:
                f.write("POST /api/comment?lang=fr HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: bench\r\n"
                        "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (self.port, len(body), body))
        return files
