"""PostgreSQL from Debian, as shipped, a cluster of its own on a socket: bare inserts by pgbench, a row a transaction."""
import os
import signal
import subprocess

import harness

BIN = "/usr/lib/postgresql/15/bin"
USER = "postgres"
# pgbench's time begins before it connects, and a connection is a process of the server's: with 256 of them that can take
# longer than what is to be measured. So much more time for each, and a second try with more.
CONNECT_S = (0.02, 0.1)
# Palabre's table `comment` and its indices.
SCHEMA = """\
CREATE TABLE comment (
    number bigserial PRIMARY KEY, article_id bigint NOT NULL, root_number bigint, parent_number bigint, ordinal bigint,
    last_reply_ordinal bigint NOT NULL, reply_count bigint NOT NULL, state text NOT NULL, version bigint NOT NULL,
    name text NOT NULL, title text NOT NULL, text_source text NOT NULL, html text NOT NULL,
    renderer_version bigint NOT NULL, language text NOT NULL, website text NOT NULL, account_id bigint,
    submitted_at bigint NOT NULL, published_at bigint, edited_at bigint, edited_by_desk bigint NOT NULL,
    charter_version bigint NOT NULL, checks text NOT NULL, report_count bigint NOT NULL,
    secret_hash bytea NOT NULL, email text NOT NULL, device_hash bytea,
    address_sealed bytea, fingerprint text NOT NULL, import_source text, import_key text, text_hash bigint);
CREATE UNIQUE INDEX ON comment (secret_hash) WHERE import_source IS NULL;
CREATE UNIQUE INDEX ON comment (import_source, import_key) WHERE import_source IS NOT NULL;
CREATE UNIQUE INDEX ON comment (article_id, ordinal) WHERE root_number IS NULL AND ordinal IS NOT NULL;
CREATE UNIQUE INDEX ON comment (root_number, ordinal) WHERE root_number IS NOT NULL AND ordinal IS NOT NULL;
CREATE INDEX ON comment (submitted_at, number) WHERE state = 'pending';
CREATE INDEX ON comment (article_id, submitted_at, number) WHERE state = 'pending';
CREATE INDEX ON comment (report_count DESC, number) WHERE report_count > 0;
CREATE INDEX ON comment (root_number, number) WHERE root_number IS NOT NULL;
CREATE INDEX ON comment (article_id, name, number) WHERE state = 'published';
CREATE INDEX ON comment (article_id, published_at DESC, number DESC) WHERE state = 'published';
CREATE INDEX ON comment (device_hash, number) WHERE device_hash IS NOT NULL;
CREATE INDEX ON comment (fingerprint, number) WHERE fingerprint != '';
CREATE INDEX ON comment (name, number);
"""
HASH = "sha256(random()::text::bytea)"
INSERT = """\
INSERT INTO comment (article_id, last_reply_ordinal, reply_count, state, version, name, title, text_source, html,
    renderer_version, language, website, submitted_at, edited_by_desk, charter_version, checks, report_count,
    secret_hash, email, device_hash, address_sealed, fingerprint, text_hash)
VALUES (1, 0, 0, 'pending', 1, 'Camille 12', '', repeat('a', 400), repeat('b', 420), 1, 'fr', '',
    (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 0, 1, '[]', 0, """ + HASH + \
    ", 'reader@example.org', " + HASH + ", " + HASH + "||" + HASH + ", '0123456789abcdef', 1234567890123);\n"


class Server:
    """A cluster of its own in a temporary folder, on a socket in that folder, with what Debian's package has as settings:
    fsync is on. cores: as Bench.running has them."""

    def __init__(self, bench, cores=None):
        self.bench, self.cores, self.folder = bench, cores or bench.server_core, bench.subfolder("postgresql")
        data = os.path.join(self.folder, "data")
        self.as_user = ["setpriv", "--reuid", USER, "--regid", USER, "--clear-groups"] if os.getuid() == 0 else []
        if self.as_user:
            harness.run("chown", USER, self.folder)
        harness.run(*self.as_user, BIN + "/initdb", "-D", data, "-A", "trust", "-U", USER, "-E", "UTF8",
                    "--locale=C.UTF-8", cwd=self.folder)
        self.process = bench.start([BIN + "/postgres", "-D", data, "-k", self.folder, "-c", "listen_addresses=",
                                    "-c", "max_connections=300"], self.ready, user=USER, cwd=self.folder,
                                   stop_signal=signal.SIGQUIT, cores=self.cores)

    def ready(self):
        return subprocess.run([BIN + "/pg_isready", "-q", "-h", self.folder], check=False).returncode == 0

    def ask(self, sql, database="postgres"):
        return harness.run(BIN + "/psql", "-h", self.folder, "-U", USER, "-d", database, "-X", "-A", "-t", "-v",
                           "ON_ERROR_STOP=1", "-c", sql)

    def pgbench(self, text, count, clients, seconds, warm_up=0.5, database="postgres", cores=None,
                options=""):
        """A script as fast as it goes; what began in the warm-up is left out. count: of what it adds one to each time. options:
        of the server, for its connections."""
        for connect_s in CONNECT_S:
            rows = self.run_pgbench(text, count, clients, seconds + warm_up + clients * connect_s, database, cores,
                                options)
            start = min((end - took / 1e6 for end, took in rows), default=0) + warm_up
            within = [(end, took) for end, took in rows if end - took / 1e6 >= start and end <= start + seconds]
            if within:
                break
        else:
            harness.stop("PostgreSQL has not ended one transaction after the warm-up; measure for longer")
        took = sorted(took for _, took in within)
        last = max(end for end, _ in within)
        return {"requests_per_second": len(took) / (last - start), "answers_total": len(rows),
                **{name: float(took[min(len(took) - 1, int(len(took) * share))])
                   for name, share in (("p50_us", .5), ("p99_us", .99), ("p999_us", .999))}}

    def run_pgbench(self, text, count, clients, seconds, database, cores, options):
        """[(when it ended, what it took in microseconds)] of each transaction; as many as the table has more."""
        script, prefix = os.path.join(self.folder, "script.sql"), os.path.join(self.folder, "log")
        with open(script, "w", encoding="ascii") as f:
            f.write(text)
        before = int(self.ask(count, database))
        harness.run("taskset", "-c", cores or self.bench.load_core, BIN + "/pgbench", "-h", self.folder, "-U", USER, "-n",
                    "-M", "prepared", "-c", str(clients), "-j", "1", "-T", str(max(1, round(seconds))), "-f",
                    script, "-l", "--log-prefix", prefix, database, cwd=self.folder,
                    env={**os.environ, "PGOPTIONS": options})
        rows = []
        for name in os.listdir(self.folder):
            if name.startswith("log."):
                with open(os.path.join(self.folder, name), encoding="ascii") as f:
                    rows += [(int(line[4]) + int(line[5]) / 1e6, int(line[2])) for line in map(str.split, f)]
                os.unlink(os.path.join(self.folder, name))
        if int(self.ask(count, database)) - before != len(rows):
            harness.stop("pgbench logged %d transactions, the table has others" % len(rows))
        return rows


class PostgreSQL(Server):
    """The rows of a comment alone."""
    name = "bare PostgreSQL"

    def __init__(self, bench):
        super().__init__(bench)
        for statement in SCHEMA.split(";\n"):
            self.ask(statement)

    def measure(self, clients, seconds):
        return self.pgbench(INSERT.replace("\n", " ") + "\n", "SELECT count(*) FROM comment", clients, seconds)
