#!/usr/bin/env python3
"""A PostgreSQL of a test run's own: in a temporary folder, on a Unix socket, as a user without rights. Nothing else on the
machine is touched, no cluster of Debian's is made or started.

    with postgresql.Cluster() as cluster:       # fast: it forgets what the disk would keep; fsync=True: it does not
        url = cluster.create_database()          # postgresql://palabre@/t1?host=FOLDER

From a shell (the last word is a command, run with PALABRE_TEST_CLUSTER set to the cluster's address):

    tests/postgresql.py run COMMAND...
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import uuid

BINARIES = "/usr/lib/postgresql/15/bin"
USER = "palabre"

# A cluster for tests: small, and not durable unless a test is about that.
SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "400",
    "shared_buffers": "64MB",
    "wal_level": "replica",
    "max_wal_size": "512MB",
    "deadlock_timeout": "200ms",
    "log_min_messages": "warning",
    "autovacuum_naptime": "10s",
}
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


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


def as_account(command, **options):
    who = account()
    if os.getuid() == 0:
        command = ["setpriv", f"--reuid={who.pw_uid}", f"--regid={who.pw_gid}", "--clear-groups", *command]
    return command, options


def run(command, **options):
    command, options = as_account(command, **options)
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{command}: {done.stdout}{done.stderr}")
    return done.stdout


class Cluster:
    """A server with its folder. port is only a number in the socket's name, unless tcp is asked for."""

    def __init__(self, fsync=False, settings=None, tcp=None, copy_of=None):
        self.folder = tempfile.mkdtemp(prefix="palabre-pg-", dir="/tmp")  # the socket's path must be short
        os.chmod(self.folder, 0o755)
        self.data = os.path.join(self.folder, "data")
        self.log = os.path.join(self.folder, "log")
        self.tcp = tcp
        self.process = None
        self.lock = threading.Lock()
        who = account()
        os.chown(self.folder, who.pw_uid, who.pw_gid)
        if copy_of is None:
            run([os.path.join(BINARIES, "initdb"), "-D", self.data, "-U", USER, "-A", "trust", "-E", "UTF8",
                 "--locale=C.UTF-8", "--no-sync"], cwd=self.folder)
        chosen = {**SETTINGS, **({} if fsync else CARELESS), **(settings or {})}
        chosen["unix_socket_directories"] = f"'{self.folder}'"
        if tcp:
            chosen.update({"listen_addresses": "'127.0.0.1'", "port": str(tcp)})
        self.chosen = chosen
        if copy_of is None:
            self.configure(chosen)
            self.start()

    def configure(self, settings):
        with open(os.path.join(self.data, "postgresql.auto.conf"), "a", encoding="utf-8") as file:
            file.writelines(f"{name} = {value}\n" for name, value in settings.items())

    def start(self):
        command, options = as_account([os.path.join(BINARIES, "pg_ctl"), "-D", self.data, "-l", self.log, "-w", "-t", "60",
                                       "start"], cwd=self.folder)
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              check=False, **options)
        if done.returncode != 0:
            with open(self.log, encoding="utf-8", errors="replace") as log:
                raise RuntimeError("the server does not start: " + log.read()[-4000:])

    def stop(self, how="immediate"):
        run([os.path.join(BINARIES, "pg_ctl"), "-D", self.data, "-m", how, "-w", "stop"], cwd=self.folder)

    def pid(self):
        with open(os.path.join(self.data, "postmaster.pid"), encoding="utf-8") as file:
            return int(file.readline())

    def kill(self):
        """As a machine dies: no word to anybody."""
        os.kill(self.pid(), signal.SIGKILL)

    def url(self, database, **parameters):
        host = f"127.0.0.1:{self.tcp}" if self.tcp else ""
        parameters = {**({} if self.tcp else {"host": self.folder}), **parameters}
        query = "&".join(f"{name}={value}" for name, value in parameters.items())
        return f"postgresql://{USER}@{host}/{database}" + (f"?{query}" if query else "")

    def psql(self, database, sql):
        """Runs SQL; gives its rows as text, columns parted by |."""
        return run([os.path.join(BINARIES, "psql"), "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-d", self.url(database), "-c",
                    sql], cwd=self.folder)

    def create_database(self, name=None):
        name = name or "t" + uuid.uuid4().hex[:16]
        self.psql("postgres", f'CREATE DATABASE "{name}"')
        return self.url(name)

    def drop_database(self, url):
        name = url.split("/")[3].split("?")[0]
        self.psql("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def close(self):
        try:
            self.stop()
        except (RuntimeError, OSError):
            pass
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


SHARED = None


def shared():
    """The run's cluster: the one that PALABRE_TEST_CLUSTER names (its folder), or one of this process's own."""
    global SHARED  # pylint: disable=global-statement
    if SHARED is None:
        folder = os.environ.get("PALABRE_TEST_CLUSTER")
        if folder:
            SHARED = Cluster.__new__(Cluster)
            SHARED.folder, SHARED.tcp, SHARED.lock = folder, None, threading.Lock()
            SHARED.data, SHARED.log = os.path.join(folder, "data"), os.path.join(folder, "log")
        else:
            import atexit  # pylint: disable=import-outside-toplevel

            SHARED = Cluster()
            atexit.register(SHARED.close)
    return SHARED


def main(arguments):
    if len(arguments) < 2 or arguments[0] != "run":
        print(__doc__, file=sys.stderr)
        return 2
    with Cluster() as cluster:
        environment = dict(os.environ, PALABRE_TEST_CLUSTER=cluster.folder)
        return subprocess.run(arguments[1:], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
