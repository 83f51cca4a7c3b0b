#!/usr/bin/env python3
"""A PostgreSQL of a test run's own: in a temporary folder, on a Unix socket (or where it is told to listen), as a user without
rights. Nothing else on the machine is touched, no cluster of Debian's is made or started. It ends with whoever started it.

    with postgresql.Cluster() as cluster:       # fast: it forgets what the disk would keep; fsync=True: it does not
        url = cluster.create_database()          # postgresql://palabre@/t1?host=FOLDER
        with postgresql.Cluster(standby_of=cluster) as standby:
            standby.promote()

From a shell (the last word is a command, run with PALABRE_TEST_CLUSTER set to the cluster's address):

    tests/postgresql.py run COMMAND...
"""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid

BINARIES = "/usr/lib/postgresql/15/bin"
USER = "palabre"

# A cluster for tests: small, and not durable unless a test is about that.
SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "400",
    "max_wal_senders": "8",
    "wal_sender_timeout": "2s",
    "wal_receiver_timeout": "2s",
    "shared_buffers": "64MB",
    "wal_level": "replica",
    "max_wal_size": "512MB",
    "deadlock_timeout": "200ms",
    "log_min_messages": "warning",
    "autovacuum_naptime": "10s",
}
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "wal_level": "minimal",
            "max_wal_senders": "0", "autovacuum": "off"}


START_TIMEOUT_S, STOP_TIMEOUT_S = 60, 60


def account():
    """Whom the server runs as: ourselves, or, as root (whom it refuses), postgres or nobody."""
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid())
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("there is neither postgres nor nobody to run the server as")


def as_account(command, *options):
    who = account()
    if os.getuid() == 0:
        options = (*options, f"--reuid={who.pw_uid}", f"--regid={who.pw_gid}", "--clear-groups")
    return ["setpriv", *options, *command] if options else command


def run(command, password=None):
    """A command of PostgreSQL's, to its end; gives what it printed."""
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    done = subprocess.run(as_account(command), capture_output=True, text=True, check=False, env=environment, cwd="/")
    if done.returncode != 0:
        raise RuntimeError(f"{command}: {done.stdout}{done.stderr}")
    return done.stdout


def tool(name):
    return os.path.join(BINARIES, name)


def free_port(address="127.0.0.1"):
    with socket.socket() as s:
        s.bind((address, 0))
        return s.getsockname()[1]


def children(pid):
    with contextlib.suppress(OSError), open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(word) for word in file.read().split()]
    return []


class Cluster:
    """A server with its folder. Without addresses it listens on a socket in that folder only."""

    def __init__(self, fsync=False, settings=None, addresses=(), password=None, standby_of=None):
        self.folder = tempfile.mkdtemp(prefix="palabre-pg-", dir="/tmp")  # the socket's path must be short
        self.data, self.log = os.path.join(self.folder, "data"), os.path.join(self.folder, "log")
        self.addresses, self.password, self.process = tuple(addresses), password, None
        self.port = free_port() if addresses else 5432  # without addresses only a part of the socket's name
        self.settings = {**SETTINGS, **({} if fsync else CARELESS), **(settings or {})}
        try:
            os.chmod(self.folder, 0o755)
            os.chown(self.folder, account().pw_uid, account().pw_gid)
            if standby_of:
                self.copy(standby_of)
            else:
                self.make()
            self.start()
        except BaseException:
            self.close()
            raise

    def make(self):
        method = ["-A", "trust"]
        with tempfile.NamedTemporaryFile("w", prefix="palabre-", suffix=".password") as secret:
            if self.password:
                os.chown(secret.name, account().pw_uid, account().pw_gid)
                secret.write(self.password)
                secret.flush()
                method = ["-A", "scram-sha-256", f"--pwfile={secret.name}"]
            run([tool("initdb"), "-D", self.data, "-U", USER, *method, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"])
        if self.addresses:
            with open(os.path.join(self.data, "pg_hba.conf"), "a", encoding="utf-8") as file:
                file.writelines(f"host {kind} all 0.0.0.0/0 {method[1]}\n" for kind in ("all", "replication"))

    def copy(self, primary):
        """A standby of that one, which follows its stream and is called 'standby' there."""
        self.password = primary.password
        source = f"host={primary.host()} port={primary.port} user={USER} application_name=standby"
        run([tool("pg_basebackup"), "-D", self.data, "-R", "-X", "stream", "-c", "fast", "--no-sync", "-d", source], self.password)
        self.settings["cluster_name"] = "standby"

    def host(self):
        return self.addresses[0] if self.addresses else self.folder

    def start(self):
        """Again, too, with what has been changed here since; on another port, where somebody was faster."""
        for _ in range(5):
            self.write_settings()
            command = as_account([tool("postgres"), "-D", self.data], "--pdeathsig", "QUIT")
            with open(self.log, "wb") as log:
                self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                                                start_new_session=True)
            if self.wait_until_ready():
                return
            if not self.addresses or "could not bind" not in self.said():
                break
            self.port = free_port()
        raise RuntimeError("the server does not start: " + self.said())

    def write_settings(self):
        where = {"unix_socket_directories": f"'{self.folder}'", "port": self.port,
                 "listen_addresses": f"'{','.join(self.addresses)}'"}
        with open(os.path.join(self.data, "postgresql.auto.conf"), "a", encoding="utf-8") as file:
            file.writelines(f"{name} = {value}\n" for name, value in {**self.settings, **where}.items())

    def wait_until_ready(self):
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline and self.process.poll() is None:
            asked = [tool("pg_isready"), "-q", "-h", self.folder, "-p", str(self.port)]
            if subprocess.run(asked, check=False).returncode == 0:
                return True
            time.sleep(0.05)
        self.stop("immediate")
        return False

    def said(self, most=4000):
        """The end of its log; most None: all of it, since it was started last."""
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()[-(most or 0):]

    def pid(self):
        with open(os.path.join(self.data, "postmaster.pid"), encoding="utf-8") as file:
            return int(file.readline())

    def stop(self, how="fast"):
        """fast: as a service that is stopped; immediate: without a word to the disk."""
        if self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGQUIT if how == "immediate" else signal.SIGINT)
        try:
            self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self):
        """As a machine dies: every process of it at once, with no word to anybody."""
        self.process.send_signal(signal.SIGSTOP)  # so that it starts no other while they are counted
        others = children(self.process.pid)
        for pid in others:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        while any(os.path.exists(f"/proc/{pid}") for pid in others):  # they hold its memory until they are gone
            time.sleep(0.01)

    def promote(self):
        run([tool("pg_ctl"), "promote", "-D", self.data, "-w", "-t", "60", "-s"])

    def url(self, database, password=None, user=USER, **parameters):
        secret = self.password if password is None else password
        who = user + (f":{secret}" if secret else "")
        host = f"{self.addresses[0]}:{self.port}" if self.addresses else ""
        parameters = {**({} if self.addresses else {"host": self.folder}), **parameters}
        query = "&".join(f"{name}={value}" for name, value in parameters.items())
        return f"postgresql://{who}@{host}/{database}" + (f"?{query}" if query else "")

    def psql(self, database, sql):
        """Runs SQL; gives its rows as text, columns parted by |."""
        return run([tool("psql"), "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-d", self.url(database), "-c", sql])

    def rows(self, database, sql):
        """The rows of a query, as text: one list for each."""
        said = run([tool("psql"), "-X", "-q", "-At", "-F", "\x1f", "-v", "ON_ERROR_STOP=1", "-d", self.url(database), "-c", sql])
        return [line.split("\x1f") for line in said.splitlines()]

    def create_database(self, name=None, template="template0"):
        """template: one that nobody uses; its files are copied, which costs less than to log what is in them."""
        name = name or "t" + uuid.uuid4().hex[:16]
        self.psql("postgres", f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return self.url(name)

    def drop_database(self, url):
        self.psql("postgres", f'DROP DATABASE IF EXISTS "{database_of(url)}" WITH (FORCE)')

    def close(self):
        if self.process:
            self.stop("immediate")
        for _ in range(100):  # an initdb that was broken off has children, who write for a moment yet
            shutil.rmtree(self.folder, ignore_errors=True)
            if not os.path.exists(self.folder):
                break
            time.sleep(0.05)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def database_of(url):
    return url.split("/")[3].split("?")[0]


SHARED = None


def shared():
    """The run's cluster: the one that PALABRE_TEST_CLUSTER names (its folder), or one of this process's own."""
    global SHARED  # pylint: disable=global-statement
    if SHARED is None:
        folder = os.environ.get("PALABRE_TEST_CLUSTER")
        if folder:
            SHARED = Cluster.__new__(Cluster)
            SHARED.folder, SHARED.addresses, SHARED.port = folder, (), 5432
            SHARED.password = SHARED.process = None
            SHARED.data, SHARED.log = os.path.join(folder, "data"), os.path.join(folder, "log")
        else:
            import atexit  # pylint: disable=import-outside-toplevel

            SHARED = Cluster()
            atexit.register(SHARED.close)
    return SHARED


class Ended(BaseException):
    """A signal that ends the run: what was started is ended, what was made is removed."""


def end(number, _):
    for each in ENDING:
        signal.signal(each, signal.SIG_IGN)  # once is enough
    raise Ended(number)


ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run_in_cluster(command):
    with Cluster() as cluster:
        process = subprocess.Popen(command, env=dict(os.environ, PALABRE_TEST_CLUSTER=cluster.folder))
        try:
            return process.wait()
        except BaseException:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            raise


def main(arguments):
    if len(arguments) < 2 or arguments[0] != "run":
        print(__doc__, file=sys.stderr)
        return 2
    for number in ENDING:
        signal.signal(number, end)
    try:
        return run_in_cluster(arguments[1:])
    except Ended as ended:
        return 128 + ended.args[0]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
