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
import socket
import subprocess
import tempfile
import time

import palabre
import postgresql

DATABASE, PASSWORD = "palabre", "entre-nous"
WAIT_S = 60


def wait_for(what, condition, seconds=WAIT_S):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError(f"waited {seconds} s for {what}")


class Postgres(postgresql.Cluster):
    """A server that keeps what it has said is kept, and asks for a password."""

    def __init__(self, addresses=("127.0.0.1",), standby_of=None):
        super().__init__(fsync=True, addresses=addresses, password=PASSWORD, standby_of=standby_of)

    def sql(self, text, database=DATABASE):
        return self.rows(database, text)


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
        self.port = postgresql.free_port()
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
    def __init__(self, nodes=3, standby=False, proxy=False, settings=None, addresses=("127.0.0.1",)):
        self.folder = tempfile.mkdtemp(prefix="palabre-cluster-")
        self.ends = contextlib.ExitStack()
        self.ends.callback(shutil.rmtree, self.folder)
        self.standby = self.proxy = None
        self.nodes = []
        try:
            self.build(nodes, standby, proxy, settings, addresses)
        except BaseException:
            self.ends.close()
            raise

    def build(self, nodes, standby, proxy, settings, addresses):
        self.primary = self.ends.enter_context(Postgres(addresses))
        self.primary.create_database(DATABASE)
        if standby:
            self.standby = self.ends.enter_context(Postgres(standby_of=self.primary))
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

    @property
    def store(self):
        servers = [self.primary] + ([self.standby] if self.standby else [])
        hosts = ",".join(f"{server.addresses[0]}:{server.port}" for server in servers)
        more = "?target_session_attrs=read-write" if self.standby else ""
        return f"postgresql://{postgresql.USER}:{PASSWORD}@{hosts}/{DATABASE}{more}"

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
