"""palabre copy: from SQLite to PostgreSQL and back, broken off and taken up again, and compared. On both engines, whichever
the run is on: the cluster of the run (tests/postgresql.py) is needed in any case."""

import itertools
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import time
from urllib.parse import quote

import psycopg2
import pytest

import palabre
import postgresql
import store

HERE = {"env": palabre.environment(), "capture_output": True, "text": True, "timeout": 240, "check": False}


def command(*arguments, **more):
    return subprocess.run([palabre.BINARY, *arguments], **{**HERE, **more})


def copy(source, target, *options):
    return command("copy", "--from", source, "--to", target, *options)


def copied(source, target):
    done = copy(source, target)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the same at both ends" in done.stdout and "the copy is whole" in done.stdout
    return done.stdout


def rows(path):
    """All that a SQLite database holds, but how its full-text index is laid out, and the numbers given last."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        names = [name for (name,) in database.execute(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')"
            " AND name NOT LIKE 'search%term' ORDER BY name")]
        found = {}
        for name in names:
            what = "rowid, *" if name in ("search_article", "search_message") else "*"
            found[name] = sorted(database.execute(f'SELECT {what} FROM "{name}"').fetchall(), key=repr)
        return found


@pytest.fixture(scope="module", autouse=True)
def named_stores():
    """Each command is told here where its publication is, whichever engine the run is on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "IS_POSTGRESQL", False)
        yield


@pytest.fixture(scope="module")
def cluster():
    return postgresql.shared()


@pytest.fixture
def target(cluster):
    url = cluster.create_database()
    yield url
    cluster.drop_database(url)


def ask(url, sql):
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else None


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A data folder on SQLite with something in nearly every table: the demonstration's, and what its readers do."""
    folder = tmp_path_factory.mktemp("source")
    path = folder / "palabre.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder))
        demo = palabre.Process(["demo", "--listen", "127.0.0.1:0", "--store", f"sqlite:{path}"])
    try:
        assert "<main" in demo_page(demo, "/")
        (secret,) = folder.glob("palabre-demo-*/secret.key")
        shutil.copy(secret, folder / "secret.key")
    finally:
        demo.stop()
    with sqlite3.connect(path) as database:
        # Numbers that were given, and whose rows are gone, are not given again.
        database.execute("UPDATE sqlite_sequence SET seq = seq + 1000 WHERE name = 'comment'")
        database.execute("INSERT INTO site_word (word, added_by, added_at) VALUES ('Éluard', NULL, -1), ('été', NULL, 9223372036854775807)")
        database.execute("INSERT INTO mail_address (email_hash, refusals, reason, email) VALUES (x'', 0, '', ''), (x'00ff00', 3, 'a\tb\\n', '')")
    database.close()
    return folder


def demo_page(process, path):
    class Here:
        url = process.url

    return palabre.Reader(Here).get(path).text


def test_there_and_back_again(source, target, tmp_path):
    first, third = f"sqlite:{source}/palabre.db", f"sqlite:{tmp_path}/palabre.db"
    said = copied(first, target)
    assert re.search(r"\d+ rows written in [\d.]+ s \(\d+ rows/s\)", said)
    copied(target, third)
    before, after = rows(source / "palabre.db"), rows(tmp_path / "palabre.db")
    assert sum(map(len, before.values())) > 500
    assert before["comment"] and before["journal"] and before["search_message"]
    before.pop("sqlite_sequence", None), after.pop("sqlite_sequence", None)
    assert before == after
    assert copy(first, third, "--verify").returncode == 0
    # The number after the largest that was ever given, at both ends.
    with sqlite3.connect(source / "palabre.db") as database:
        given = database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'comment'").fetchone()[0]
        largest = database.execute("SELECT max(number) FROM comment").fetchone()[0]
    assert given == largest + 1000
    assert ask(target, "SELECT last_value FROM comment_number_seq")[0][0] == given
    with sqlite3.connect(tmp_path / "palabre.db") as database:
        assert database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'comment'").fetchone()[0] == given
    # References hold again, chains have their ends, and nothing of the copy is left.
    assert ask(target, "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 AND NOT convalidated")[0][0] == 0
    with pytest.raises(psycopg2.errors.ForeignKeyViolation):
        ask(target, "INSERT INTO article_term (article_id, term, weight) VALUES (999999, 'x', 1)")
    assert ask(target, "SELECT (SELECT count(*) FROM journal_head) - (SELECT count(DISTINCT chain) FROM journal)")[0][0] == 0
    assert ask(target, "SELECT to_regclass('palabre_copy'), to_regclass('palabre_copy_reference')") == [(None, None)]
    assert ask(target, "SELECT count(*) FROM pg_class WHERE relname ~ '^journal_[0-9]{4}_[0-9]{2}$'")[0][0] >= 4


def test_a_server_on_the_copy_serves_the_same(source, target, tmp_path):
    copied(f"sqlite:{source}/palabre.db", target)
    shutil.copy(source / "palabre.db", tmp_path / "palabre.db")  # what is served is written to
    folders = {f"sqlite:{tmp_path}/palabre.db": tmp_path / "a", target: tmp_path / "b"}
    pages = {}
    for address, folder in folders.items():
        folder.mkdir()
        shutil.copy(source / "secret.key", folder / "secret.key")
        (folder / "palabre.conf").write_text(f"store = {address}\naccess_log = no\n", encoding="utf-8")
        process = palabre.Process(["serve", "--data", str(folder), "--listen", "127.0.0.1:0"])
        try:
            home = demo_page(process, "/")
            links = sorted(set(re.findall(r'href="(/articles/\d+[^"#?]*)"', home)))
            assert links
            pages[address] = [plain(page, process.url) for page in (home, *(demo_page(process, link) for link in links))]
        finally:
            process.stop()
    first, second = pages.values()
    assert [difference for pair in zip(first, second) for difference in differences(*pair)] == []
    assert len(first) == len(second)
    done = command("check", "--data", str(tmp_path / "b"))
    assert done.returncode == 0, done.stdout + done.stderr


def differences(first, second):
    return [pair for pair in itertools.zip_longest(first.splitlines(), second.splitlines()) if pair[0] != pair[1]]


def plain(page, url):
    """Without its address, how long ago a moment is, and what is made anew for each form."""
    page = re.sub(r"(<time [^>]*>)[^<]*", r"\1", page)
    return re.sub(r'(<input type="hidden" name="[^"]*" value=")[^"]*', r"\1", page.replace(url, "").replace(quote(url, safe=""), ""))


def fill(source, tmp_path, comments=60000):
    """A larger one: many words, so that a copy of it takes a moment."""
    path = tmp_path / "large.db"
    shutil.copy(source / "palabre.db", path)
    with sqlite3.connect(path) as database:
        database.executemany("INSERT INTO site_word (word, added_by, added_at) VALUES (?, NULL, ?)",
                             ((f"mot{i:07}", i) for i in range(comments)))
    database.close()
    return path


def in_target(url):
    try:
        return ask(url, "SELECT row_count FROM palabre_copy WHERE name = 'site_word'")
    except psycopg2.errors.UndefinedTable:
        return []


def kill_in_the_middle(path, target, rows_before):
    process = subprocess.Popen([palabre.BINARY, "copy", "--from", f"sqlite:{path}", "--to", target],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=palabre.environment())
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        noted = in_target(target)
        if noted and noted[0][0] > rows_before:
            break
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "it was done before it could be killed"
    return in_target(target)[0][0]


def test_killed_and_taken_up_again(source, target, tmp_path):
    path = fill(source, tmp_path)
    first = kill_in_the_middle(path, target, 0)
    second = kill_in_the_middle(path, target, first)
    assert 0 < first < second <= 60002
    # Nobody takes it for a publication meanwhile.
    (tmp_path / "palabre.conf").write_text(f"store = {target}\n", encoding="utf-8")
    for arguments in (("check",), ("serve", "--listen", "127.0.0.1:0"), ("migrate",)):
        done = command(*arguments, "--data", str(tmp_path))
        assert done.returncode == 69 and "unfinished copy" in done.stderr, done.stderr
    said = copied(f"sqlite:{path}", target)
    assert said.startswith("resumed: ")
    with sqlite3.connect(path) as database:
        total = sum(len(found) for name, found in rows(path).items() if name != "sqlite_sequence")
        assert database.execute("SELECT count(*) FROM site_word").fetchone()[0] == 60002
    written = int(re.search(r"resumed: (\d+) rows", said).group(1))
    assert written <= total - second
    assert ask(target, "SELECT count(*), count(DISTINCT word) FROM site_word") == [(60002, 60002)]


def test_a_source_that_changed_meanwhile(source, target, tmp_path):
    path = fill(source, tmp_path)
    kill_in_the_middle(path, target, 10000)
    with sqlite3.connect(path) as database:
        database.execute("DELETE FROM site_word WHERE word = 'mot0000003'")
        database.execute("UPDATE site SET version = version + 1")
    database.close()
    copied(f"sqlite:{path}", target)
    assert ask(target, "SELECT count(*) FROM site_word") == [(60001,)]


def test_an_unfinished_copy_of_another_publication(source, target, tmp_path):
    path = fill(source, tmp_path)
    kill_in_the_middle(path, target, 0)
    noted = in_target(target)
    with sqlite3.connect(path) as database:
        database.execute("UPDATE site SET created_at = created_at - 1")
    database.close()
    done = copy(f"sqlite:{path}", target)
    assert done.returncode == 65 and "unfinished copy of another publication" in done.stderr
    assert in_target(target) == noted


def test_what_differs_is_named(source, target, tmp_path):
    first = f"sqlite:{source}/palabre.db"
    copied(first, target)
    ask(target, "UPDATE comment SET text_source = text_source || ' ' WHERE number = (SELECT min(number) FROM comment)")
    ask(target, "DELETE FROM site_word WHERE word = 'été'")
    done = copy(first, target, "--verify")
    assert done.returncode == 65 and "differs from the source in 2 tables" in done.stderr
    assert re.search(r"^table comment: \d+ rows at both ends, which differ", done.stdout, re.M)
    assert re.search(r"^table site_word: 2 rows in the source, 1 in the target", done.stdout, re.M)
    assert len(done.stdout.splitlines()) == 2


def test_a_target_that_holds_another_publication(source, target, tmp_path):
    first, other = f"sqlite:{source}/palabre.db", tmp_path / "other"
    done = command("user", "add", "ada", "--role", "editor", "--data", str(other), input=palabre.PASSWORD + "\n")
    assert done.returncode == 0
    before = rows(other / "palabre.db")
    done = copy(first, f"sqlite:{other}/palabre.db")
    assert done.returncode == 65 and "holds a publication already" in done.stderr
    assert rows(other / "palabre.db") == before
    copied(first, target)
    assert copy(first, target).returncode == 65
    assert copy(first, target, "--verify").returncode == 0


def test_a_column_that_one_side_lacks_and_a_table_in_no_list(source, target, tmp_path):
    path = tmp_path / "palabre.db"
    shutil.copy(source / "palabre.db", path)
    with sqlite3.connect(path) as database:
        database.execute("ALTER TABLE ban ADD COLUMN whim TEXT")
    database.close()
    done = copy(f"sqlite:{path}", target)
    assert done.returncode == 65 and "table ban: only the source has the column whim" in done.stderr
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE forgotten (id INTEGER PRIMARY KEY)")
    database.close()
    done = copy(f"sqlite:{path}", target)
    assert done.returncode == 70 and "the table forgotten is not among those that are copied" in done.stderr


@pytest.mark.parametrize("arguments, code, words", [
    ((), 2, "--from is needed"),
    (("--from", "sqlite:a"), 2, "--to is needed"),
    (("--from", "sqlite:a", "--to", "sqlite:b", "c"), 2, "'c' is not expected"),
    (("--from", "sqlite:a", "--to", "a"), 65, "the same"),
    (("--from", "sqlite:/nowhere/at/all.db", "--to", "sqlite:b"), 66, "source: there is no database"),
    (("--from", "postgresql://palabre@127.0.0.1:1/x", "--to", "sqlite:b"), 69, "cannot be reached"),
])
def test_wrong_usage(tmp_path, arguments, code, words):
    done = command("copy", *arguments, cwd=tmp_path)
    assert done.returncode == code and words in done.stderr, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not os.path.exists(tmp_path / "b")


def test_a_user_that_the_server_refuses(source, cluster, tmp_path):
    done = copy(f"sqlite:{source}/palabre.db", cluster.url("postgres").replace("palabre@", "nobody_here:secret@"))
    assert done.returncode == 77 and "refuses the user or the password" in done.stderr and "secret" not in done.stderr
    done = copy(f"sqlite:{source}/palabre.db", cluster.url("nothing_here"))
    assert done.returncode == 66 and "does not exist" in done.stderr


def test_beside_a_server_on_the_source_but_not_on_the_target(source, target, tmp_path):
    shutil.copy(source / "palabre.db", tmp_path / "palabre.db")
    shutil.copy(source / "secret.key", tmp_path / "secret.key")
    process = palabre.Process(["serve", "--data", str(tmp_path), "--listen", "127.0.0.1:0"])
    try:
        copied(f"sqlite:{tmp_path}/palabre.db", target)
        done = copy(target, f"sqlite:{tmp_path}/palabre.db")
        assert done.returncode == 75 and "in use" in done.stderr
    finally:
        process.stop()


def test_help_says_how():
    done = command("copy", "--help")
    assert done.returncode == 0 and "--verify" in done.stdout and done.stderr == ""
