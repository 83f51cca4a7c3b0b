"""A cluster on this machine: PostgreSQL servers that replicate, nodes of Palabre, HAProxy before them, and a network
that can be cut. Everything is started here and ended by its own process id.

    with cluster.Cluster(nodes=3, standby=True) as c:
        article = c.nodes[0].publish_article("Le pont")
        c.primary.kill()
        c.standby.promote()
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import palabre
import postgresql

USER, DATABASE, PASSWORD = "palabre", "palabre", "entre-nous"
WAIT_S = 60


def give(path):
    """To whom the database's servers run as."""
    who = postgresql.account()
    os.chown(path, who.pw_uid, who.pw_gid)


def free_port(address="127.0.0.1"):
    with socket.socket() as s:
        s.bind((address, 0))
        return s.getsockname()[1]


def wait_for(what, condition, seconds=WAIT_S):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError(f"waited {seconds} s for {what}")


class Postgres:
    """A server of one's own in a folder of its own, as the user that owns it."""

    SETTINGS = {
        "fsync": "on",
        "wal_level": "replica",
        "max_wal_senders": "8",
        "max_connections": "200",
        "shared_buffers": "64MB",
        "unix_socket_directories": "''",
        "wal_sender_timeout": "2s",
        "wal_receiver_timeout": "2s",
    }

    def __init__(self, folder, name, port, addresses=("127.0.0.1",)):
        self.data = os.path.join(folder, name)
        self.log = os.path.join(folder, name + ".log")
        self.name, self.port, self.addresses, self.process = name, port, addresses, None

    def tool(self, name, *arguments):
        command, _ = postgresql.as_account([os.path.join(postgresql.BINARIES, name), *arguments])
        environment = {**palabre.environment(), "PGPASSWORD": PASSWORD}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd="/", timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def make(self):
        with tempfile.NamedTemporaryFile("w", suffix=".password") as secret:
            secret.write(PASSWORD)
            secret.flush()
            give(secret.name)
            self.tool("initdb", "-D", self.data, "-U", USER, "-A", "scram-sha-256", f"--pwfile={secret.name}",
                      "--locale=C.UTF-8", "--encoding=UTF8", "--no-sync")
        with open(os.path.join(self.data, "pg_hba.conf"), "w", encoding="utf-8") as file:
            for kind in ("all", "replication"):
                file.write(f"host {kind} all 0.0.0.0/0 scram-sha-256\n")
        self.write_settings(self.SETTINGS)

    def write_settings(self, settings):
        with open(os.path.join(self.data, "postgresql.auto.conf"), "a", encoding="utf-8") as file:
            file.writelines(f"{name} = {value}\n" for name, value in settings.items())
            file.write(f"port = {self.port}\nlisten_addresses = '{','.join(self.addresses)}'\n")

    def copy_from(self, primary):
        """A standby of that one, which waits for nothing but its stream."""
        self.tool("pg_basebackup", "-D", self.data, "-R", "-X", "stream", "-c", "fast", "--no-sync",
                  "-d", f"host=127.0.0.1 port={primary.port} user={USER} application_name={self.name}")
        self.write_settings({"cluster_name": self.name})

    def start(self):
        command, _ = postgresql.as_account([os.path.join(postgresql.BINARIES, "postgres"), "-D", self.data])
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/",
                                            start_new_session=True)
        wait_for(f"{self.name} to answer", self.answers)

    def answers(self):
        assert self.process.poll() is None, open(self.log, encoding="utf-8").read()[-4000:]
        done = subprocess.run([os.path.join(postgresql.BINARIES, "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)])
        return done.returncode == 0

    def sql(self, text, database=DATABASE):
        """The rows of a query, as text: one list for each."""
        done = subprocess.run(
            [os.path.join(postgresql.BINARIES, "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-F", "\x1f", "-h", "127.0.0.1",
             "-p", str(self.port), "-U", USER, "-d", database, "-c", text],
            capture_output=True, text=True, env={**palabre.environment(), "PGPASSWORD": PASSWORD}, timeout=120)
        assert done.returncode == 0, done.stderr
        return [line.split("\x1f") for line in done.stdout.splitlines()]

    def kill(self):
        """As if the machine lost its power: the whole group of processes at once."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def promote(self):
        self.tool("pg_ctl", "promote", "-D", self.data, "-w", "-t", "60", "-s")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # fast shutdown
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()


class Node(palabre.Server):
    """One of several servers of a publication: its own folder, the common database and secret."""

    def __init__(self, store, secret=None, settings=None, namespace=None, listen="127.0.0.1:0"):
        self.namespace, self.listen = namespace, listen
        data = tempfile.mkdtemp(prefix="palabre-node-")
        if secret:
            shutil.copy(secret, os.path.join(data, "secret.key"))
        accounts = () if secret else palabre.Server.ACCOUNTS
        super().__init__({"store": store, **(settings or {})}, data=data, accounts=accounts)

    @property
    def secret(self):
        return os.path.join(self.data, "secret.key")

    def start(self):
        inside = ["ip", "netns", "exec", self.namespace] if self.namespace else []
        self.process = palabre.Process(["serve", "--data", self.data, "--listen", self.listen], self.data, inside=inside)
        self.url = self.process.url

    def start_again(self):
        """At the address it had, as a service that is restarted."""
        self.listen = self.url.split("//")[1]
        self.start()

    def close(self):
        self.process.stop()
        shutil.rmtree(self.data)


class Proxy:
    """HAProxy before the nodes: one that does not take connections is passed over, and what had not been sent to it yet
    goes to another."""

    CONFIGURATION = """
global
    maxconn 2000
defaults
    mode http
    timeout connect 1s
    timeout client 60s
    timeout server 60s
    option redispatch 1
    retries 3
    retry-on conn-failure
frontend readers
    bind 127.0.0.1:{port}
    default_backend nodes
backend nodes
    balance roundrobin
    option forwardfor
    default-server check inter 200ms fall 2 rise 1 on-marked-down shutdown-sessions
{servers}
"""

    def __init__(self, folder, nodes):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        servers = "\n".join(f"    server n{i} {node.url.split('//')[1]}" for i, node in enumerate(nodes))
        path = os.path.join(folder, "haproxy.cfg")
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.CONFIGURATION.format(port=self.port, servers=servers))
        self.process = subprocess.Popen(["haproxy", "-db", "-q", "-f", path], stderr=subprocess.DEVNULL)
        wait_for("HAProxy to listen", self.listens)

    def listens(self):
        assert self.process.poll() is None, "HAProxy has ended"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


class Cluster:
    def __init__(self, nodes=3, standby=False, proxy=False, settings=None):
        self.folder = tempfile.mkdtemp(prefix="palabre-cluster-")
        give(self.folder)
        self.ends = contextlib.ExitStack()
        self.ends.callback(shutil.rmtree, self.folder)
        self.standby = self.proxy = None
        self.nodes = []
        try:
            self.build(nodes, standby, proxy, settings)
        except BaseException:
            self.ends.close()
            raise

    def build(self, nodes, standby, proxy, settings):
        self.primary = self.add_postgres("primary")
        self.primary.make()
        self.primary.start()
        self.primary.sql(f"CREATE DATABASE {DATABASE}", database="postgres")
        if standby:
            self.standby = self.add_postgres("standby")
            self.standby.copy_from(self.primary)
            self.standby.start()
            self.primary.sql("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
            self.primary.sql("SELECT pg_reload_conf()")
            wait_for("the standby to be synchronous", self.is_synchronous)
        for _ in range(nodes):
            self.add_node(settings)
        if proxy:
            self.proxy = Proxy(self.folder, self.nodes)
            self.ends.callback(self.proxy.stop)

    def is_synchronous(self):
        return self.primary.sql("SELECT sync_state FROM pg_stat_replication") == [["sync"]]

    def add_postgres(self, name):
        server = Postgres(self.folder, name, free_port())
        self.ends.callback(server.stop)
        return server

    @property
    def store(self):
        servers = [self.primary] + ([self.standby] if self.standby else [])
        hosts = ",".join(f"127.0.0.1:{server.port}" for server in servers)
        more = "?target_session_attrs=read-write" if self.standby else ""
        return f"postgresql://{USER}:{PASSWORD}@{hosts}/{DATABASE}{more}"

    def add_node(self, settings=None, **options):
        secret = self.nodes[0].secret if self.nodes else None
        node = Node(options.pop("store", self.store), secret, settings, **options)
        self.nodes.append(node)
        self.ends.callback(node.close)
        if len(self.nodes) == 1:
            self.let_all_in()
        return node

    def let_all_in(self):
        """So much from one address is pressure: the rules against it are test_abuse.py's."""
        self.primary.sql("INSERT INTO site_option (name, value) VALUES ('challenge', 'off'), ('links_most', '0')")

    def check(self):
        """`palabre check` over the common database."""
        return self.nodes[0].check()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ends.close()


class Separate:
    """A network namespace of this test's own, joined to the machine by two cables: one for readers, one for the
    database, which can be cut."""

    count = 0

    def __init__(self):
        Separate.count += 1
        tag = f"{os.getpid() % 10000}x{Separate.count}"
        self.name = f"palabre-{tag}"
        subnet = 10 + os.getpid() % 200
        self.reader_side, self.reader_node = f"10.77.{subnet}.1", f"10.77.{subnet}.2"
        self.database_side, self.database_node = f"10.78.{subnet}.1", f"10.78.{subnet}.2"
        self.cable = f"pdb{tag}"
        self.ip("netns", "add", self.name)
        self.join(f"prd{tag}", self.reader_side, self.reader_node)
        self.join(self.cable, self.database_side, self.database_node)
        self.ip("-n", self.name, "link", "set", "lo", "up")

    @staticmethod
    def ip(*arguments):
        subprocess.run(["ip", *arguments], check=True, capture_output=True)

    def join(self, name, here, there):
        self.ip("link", "add", name, "type", "veth", "peer", "name", "n" + name, "netns", self.name)
        self.ip("addr", "add", here + "/30", "dev", name)
        self.ip("link", "set", name, "up")
        self.ip("-n", self.name, "addr", "add", there + "/30", "dev", "n" + name)
        self.ip("-n", self.name, "link", "set", "n" + name, "up")

    def cut(self):
        self.ip("link", "set", self.cable, "down")

    def mend(self):
        self.ip("link", "set", self.cable, "up")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ip("netns", "del", self.name)
