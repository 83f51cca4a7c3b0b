"""What only PostgreSQL has: many nodes at once, and a server that may refuse. On the run's own cluster (tests/postgresql.py)."""

import os
import random
import re
import socket
import subprocess
import threading
import time

import pytest

import palabre
import postgresql
import store

NODES = 8
MESSAGES = 120


@pytest.fixture(scope="module")
def cluster():
    return postgresql.shared()


def at_once(count, work):
    """work(0) … work(count - 1), each on a thread; the first failure is raised."""
    failures = []

    def run(index):
        try:
            work(index)
        except BaseException as failure:  # pylint: disable=broad-except
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


class Node:
    """One more `palabre serve` on the publication of a server."""

    def __init__(self, server):
        self.process = palabre.Process(["serve", "--data", server.data, "--listen", "127.0.0.1:0"])
        self.url = self.process.url


def decide_all(moderator, numbers, answers):
    """Publishes each, unless somebody was faster."""
    csrf = moderator.csrf()
    for number in numbers:
        response = moderator.post(
            f"/moderation/comments/{number}/decide", {"csrf": csrf, "act": "publish"}, allow_redirects=False
        )
        answers.append((number, response.status_code))


def assert_places(database, article):
    """Ordinals 1 … n without a gap, of the roots and of the replies of each."""
    roots = [row[0] for row in database.execute(
        "SELECT ordinal FROM comment WHERE article_id = ? AND root_number IS NULL AND ordinal IS NOT NULL ORDER BY ordinal", (article,))]
    assert roots == list(range(1, len(roots) + 1))
    replies = {}
    for root, ordinal in database.execute(
            "SELECT root_number, ordinal FROM comment WHERE article_id = ? AND root_number IS NOT NULL AND ordinal IS NOT NULL ORDER BY ordinal",
            (article,)):
        replies.setdefault(root, []).append(ordinal)
    assert all(ordinals == list(range(1, len(ordinals) + 1)) for ordinals in replies.values())
    return len(roots)


@pytest.mark.timeout(900)  # eight servers on however few cores there are
def test_eight_nodes_decide_the_same_queue_and_post_at_once():
    with palabre.Server() as server:
        articles = [server.publish_article(f"Article {i}", "Du texte.") for i in range(3)]
        nodes = [server, *(Node(server) for _ in range(NODES - 1))]
        try:
            numbers, lock = [], threading.Lock()

            def post(index):
                """Each node takes its share, to all three discussions; every third answers an earlier message."""
                reader = palabre.Reader(nodes[index])
                for i in range(MESSAGES // NODES):
                    article = articles[(index + i) % len(articles)]
                    sent = reader.send(article, name=f"Lectrice {index}", text=f"Message {i} du nœud {index}, ni plus ni moins")
                    assert sent.number, sent.response.text[:500]
                    with lock:
                        numbers.append(sent.number)

            at_once(NODES, post)
            assert len(set(numbers)) == NODES * (MESSAGES // NODES)
            answers = []
            moderators = [palabre.Moderator(node, ("maud", "marc")[i % 2]) for i, node in enumerate(nodes)]

            def decide(index):
                """All the queue, each in an order of its own, while new messages come in."""
                if index >= NODES:
                    reader = palabre.Reader(nodes[index - NODES])
                    for i in range(4):
                        reader.send(articles[i % 3], name="Entre-temps", text=f"Pendant ce temps, {i} par {index}, encore")
                    return
                order = list(numbers)
                random.Random(index).shuffle(order)
                decide_all(moderators[index], order, answers)

            at_once(NODES * 2, decide)
            assert {status for _, status in answers} <= {303, 409}, {status for _, status in answers}
            with store.connect(server.data) as database:
                decided = database.execute(
                    "SELECT comment_number, count(*) FROM decision GROUP BY comment_number").fetchall()
                assert sorted(row[0] for row in decided) == sorted(numbers)
                assert all(row[1] == 1 for row in decided), [row for row in decided if row[1] != 1]
                published = sum(assert_places(database, article) for article in articles)
                assert published == len(numbers)
                pending = database.execute("SELECT count(*) FROM comment WHERE state = 'pending'").fetchone()[0]
                assert pending == NODES * 4
            # The one who was first was told so, once for each message.
            assert sum(1 for _, status in answers if status == 303) == len(numbers)
            assert "all is well" in server.check()
        finally:
            for node in nodes[1:]:
                node.process.stop()


def test_the_import_waits_for_nobody_and_serves_beside_nobody(tmp_path):
    with palabre.Server() as server:
        export = tmp_path / "export.xml"
        export.write_text('<?xml version="1.0"?><rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"><channel>'
                          "<wp:wxr_version>1.2</wp:wxr_version></channel></rss>", encoding="utf-8")
        done = palabre.run("import", "wordpress", str(export), "--data", server.data, env=palabre.environment())
        assert done.returncode == 75 and "in use by another palabre" in done.stderr
        second = Node(server)  # but another node may serve
        assert second.url != server.url
        second.process.stop()


# --- A server that refuses -------------------------------------------------------------------------------------------


def attempt(folder, url, *command):
    """A command upon an address; (exit code, the one line it says)."""
    began = time.monotonic()
    done = subprocess.run([palabre.BINARY, *(command or ("serve",)), "--data", str(folder), *(() if command else ("--listen", "127.0.0.1:0"))],
                          env={**palabre.environment(), "PALABRE_STORE": url}, capture_output=True, text=True, timeout=240,
                          check=False)
    lines = [line for line in done.stderr.strip().splitlines() if not line.startswith("ts=")]
    assert len(lines) == 1, done.stderr
    assert time.monotonic() - began < 120  # nobody tries for ever
    return done.returncode, lines[0]


def test_a_wrong_password(tmp_path, cluster):
    name = cluster.create_database().split("/")[3].split("?")[0]
    with open(os.path.join(cluster.data, "pg_hba.conf"), encoding="utf-8") as file:
        former = file.read()
    try:
        with open(os.path.join(cluster.data, "pg_hba.conf"), "w", encoding="utf-8") as file:
            file.write("local all locked scram-sha-256\n" + former)
        cluster.psql("postgres", "DROP ROLE IF EXISTS locked; CREATE ROLE locked LOGIN PASSWORD 'right'; SELECT pg_reload_conf()")
        url = f"postgresql://locked:wrong@/{name}?host={cluster.folder}"
        code, said = attempt(tmp_path, url)
        assert code == 77 and "refuses the user or the password" in said and "wrong" not in said
        code, said = attempt(tmp_path, url.replace(":wrong", ""))
        assert code == 77
    finally:
        with open(os.path.join(cluster.data, "pg_hba.conf"), "w", encoding="utf-8") as file:
            file.write(former)
        cluster.psql("postgres", "SELECT pg_reload_conf()")


def test_a_missing_database(tmp_path, cluster):
    code, said = attempt(tmp_path, cluster.url("nothing_here"))
    assert code == 66 and "does not exist" in said and "nothing_here" in said


def test_a_server_that_is_not_there(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code, said = attempt(tmp_path, f"postgresql://palabre:secret@127.0.0.1:{port}/x")
    assert code == 69 and str(port) in said and "secret" not in said


def test_an_address_that_is_none(tmp_path):
    code, said = attempt(tmp_path, "postgresql://palabre@/x?no_such_option=1")
    assert code == 65 and "store" in said


def test_a_server_that_is_too_old(tmp_path):
    """An imitation, for Debian has no older server than 15: it says its version when it greets, and a few bytes are enough
    for that. How a real one goes on from there is not seen here; nothing is asked of it."""

    def message(kind, body):
        return kind + (len(body) + 4).to_bytes(4, "big") + body

    def parameter(name, value):
        return message(b"S", name.encode() + b"\0" + value.encode() + b"\0")

    greeting = (message(b"R", (0).to_bytes(4, "big")) + parameter("server_version", "13.9")
                + parameter("server_encoding", "UTF8") + parameter("client_encoding", "UTF8")
                + parameter("in_hot_standby", "off") + parameter("default_transaction_read_only", "off")
                + message(b"Z", b"I"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        def greet():
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    while connection.recv(4096)[4:8] != (196608).to_bytes(4, "big"):
                        connection.sendall(b"N")  # neither TLS nor GSS here
                    connection.sendall(greeting)
                    while True:
                        asked = connection.recv(4096)
                        if not asked or asked[:1] == b"X":
                            break
                        connection.sendall(message(b"C", b"SHOW\0") + message(b"Z", b"I"))

        threading.Thread(target=greet, daemon=True).start()
        url = f"postgresql://palabre@127.0.0.1:{listening.getsockname()[1]}/x?target_session_attrs=any&sslmode=disable"
        code, said = attempt(tmp_path, url)
    assert code == 69 and "PostgreSQL 13" in said and "15" in said


def test_a_database_of_another_program(tmp_path, cluster):
    url = cluster.create_database()
    cluster.psql(url.split("/")[3].split("?")[0], "CREATE TABLE theirs (x int)")
    code, said = attempt(tmp_path, url)
    assert code == 69 and "another program" in said


def test_a_newer_schema(tmp_path, cluster):
    url = cluster.create_database()
    assert subprocess.run([palabre.BINARY, "migrate", "--data", str(tmp_path)], capture_output=True, check=False,
                          env={**palabre.environment(), "PALABRE_STORE": url}).returncode == 0
    cluster.psql(url.split("/")[3].split("?")[0], "UPDATE palabre_schema SET version = 9999")
    for command in ((), ("check",), ("migrate",)):
        code, said = attempt(tmp_path, url, *command)
        assert code == 65 and "9999" in said


def test_a_database_that_takes_no_writes(tmp_path, cluster):
    url = cluster.create_database()
    name = url.split("/")[3].split("?")[0]
    assert subprocess.run([palabre.BINARY, "migrate", "--data", str(tmp_path)], capture_output=True, check=False,
                          env={**palabre.environment(), "PALABRE_STORE": url}).returncode == 0
    cluster.psql("postgres", f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    code, said = attempt(tmp_path, url)
    assert code == 69 and "takes no writes" in said
    done = subprocess.run([palabre.BINARY, "check", "--data", str(tmp_path)], capture_output=True, text=True, check=False,
                                  env={**palabre.environment(), "PALABRE_STORE": url})
    assert done.returncode == 0, done.stdout + done.stderr  # reading is all that a check does


# --- A server that goes and comes back -------------------------------------------------------------------------------


def test_nodes_connect_again_by_themselves(cluster):
    with palabre.Server() as server:
        article = server.publish_article("Le bac", "Du texte.")
        reader = server.reader()
        assert reader.send(article, name="Léa", text="Avant la coupure, un message").number
        name = store.url(server.data).split("/")[3].split("?")[0]
        cluster.psql("postgres", "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                     f"WHERE datname = '{name}' AND pid <> pg_backend_pid()")
        # Nobody notices: what had not begun is begun again.
        assert reader.send(article, name="Léa", text="Après la coupure, un autre message").number
        assert "all is well" in server.check()


def test_text_is_given_back_while_the_database_is_away(cluster):
    with palabre.Server() as server:
        article = server.publish_article("Le gué", "Du texte.")
        reader = server.reader()
        form = reader.message_form(article)
        name = store.url(server.data).split("/")[3].split("?")[0]
        cluster.psql("postgres", f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
        cluster.psql("postgres", "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                     f"WHERE datname = '{name}' AND pid <> pg_backend_pid()")
        try:
            assert reader.get(f"/articles/{article}", status=200).text.count("Le gué")  # from memory
            answer = reader.post_message(article, "send", form=form, name="Léa", text="Des mots à ne pas perdre")
            assert answer.status_code == 503 and "Des mots à ne pas perdre" in answer.text
        finally:
            cluster.psql("postgres", f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')
        deadline = time.monotonic() + 30
        while True:
            answer = reader.post_message(article, "preview", form=form, name="Léa", text="Des mots à ne pas perdre")
            if answer.status_code == 200:
                break
            assert time.monotonic() < deadline, answer.status_code
            time.sleep(0.1)
        assert re.search("Des mots à ne pas perdre", answer.text)
