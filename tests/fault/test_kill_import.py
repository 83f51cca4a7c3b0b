"""An import that is killed leaves the publication as it was, and the same import run again takes everything in, once."""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import time

import palabre
import store

HEAD = """<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Le blog</title><wp:base_blog_url>https://blog.example.org</wp:base_blog_url>
"""
TAIL = "</channel></rss>\n"
ITEMS, COMMENTS = 20, 40


def item(number):
    comments = "".join(f"""<wp:comment><wp:comment_id>{number * COMMENTS + i}</wp:comment_id>
<wp:comment_author>Zoé</wp:comment_author><wp:comment_date_gmt>2020-02-03 05:00:{i:02}</wp:comment_date_gmt>
<wp:comment_content><![CDATA[Message {i} du billet {number}, {'à ne pas perdre, ' * 20}.]]></wp:comment_content>
<wp:comment_approved>1</wp:comment_approved></wp:comment>
""" for i in range(COMMENTS))
    return f"""<item><title>Billet {number}</title><content:encoded>Un.</content:encoded><wp:post_id>{number}</wp:post_id>
<wp:post_date_gmt>2020-02-03 04:05:06</wp:post_date_gmt><wp:status>publish</wp:status><wp:post_type>post</wp:post_type>
{comments}</item>
"""


def kill_in_the_middle(export, data):
    """The export comes through a pipe that does not end; the import is killed once it has begun to write."""
    os.mkfifo(export)
    process = subprocess.Popen([palabre.BINARY, "import", "wordpress", export, "--data", data], env=palabre.environment(),
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(export, "w", encoding="utf-8") as pipe:
        pipe.write(HEAD)
        for number in range(1, ITEMS):
            pipe.write(item(number))
        pipe.flush()
        deadline = time.monotonic() + 120
        while not os.path.exists(os.path.join(data, "palabre.db-journal")):
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.01)
        process.kill()
        process.wait()


def test_a_killed_import_leaves_nothing_and_can_be_run_again(tmp_path):
    data, export = str(tmp_path / "data"), str(tmp_path / "export.xml")
    kill_in_the_middle(export, data)
    os.remove(export)
    with open(export, "w", encoding="utf-8") as file:
        file.write(HEAD + "".join(item(number) for number in range(1, ITEMS + 1)) + TAIL)
    done = palabre.run("import", "wordpress", export, "--data", data, env=palabre.environment())
    assert done.returncode == 0, done.stderr
    with store.connect(data) as database:
        assert database.execute("SELECT count(*) FROM comment").fetchone()[0] == ITEMS * COMMENTS
        assert database.execute("SELECT count(*) FROM article").fetchone()[0] == ITEMS
        assert database.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    looked = palabre.run("check", "--data", data, env=palabre.environment())
    assert looked.returncode == 0, looked.stderr


def test_an_import_stopped_at_the_keyboard_leaves_nothing_and_can_be_run_again(tmp_path):
    """From a file of which much has been read, and prepared, when the first of it is inserted."""
    data, export = str(tmp_path / "data"), str(tmp_path / "export.xml")
    items = 400
    with open(export, "w", encoding="utf-8") as file:
        file.write(HEAD + "".join(item(number) for number in range(1, items + 1)) + TAIL)
    process = subprocess.Popen([palabre.BINARY, "import", "wordpress", export, "--data", data], env=palabre.environment(),
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while process.poll() is None and not os.path.exists(os.path.join(data, "palabre.db-journal")):
        assert time.monotonic() < deadline
        time.sleep(0.001)
    process.send_signal(signal.SIGINT)
    assert process.wait(120) in (-signal.SIGINT, 0)  # 0: it had been faster
    # All or nothing was there, as it had got; after that, all is.
    for added in ((0, items * COMMENTS), (0,)):
        done = palabre.run("import", "wordpress", export, "--data", data, env=palabre.environment())
        assert done.returncode == 0, done.stderr
        assert int(re.search(r"(\d+)  comments", done.stdout)[1]) in added, done.stdout
    with store.connect(data) as database:
        assert database.execute("SELECT count(*) FROM comment").fetchone()[0] == items * COMMENTS
    looked = palabre.run("check", "--data", data, env=palabre.environment())
    assert looked.returncode == 0, looked.stderr


def test_half_an_import_on_the_disk_is_said_and_undone(tmp_path):
    """As it is when the import was larger than memory: pages of it are in the database already."""
    whole, data = str(tmp_path / "whole"), str(tmp_path / "data")
    for folder in (whole, data):
        os.mkdir(folder)
    added = palabre.run("user", "add", "maud", "--role", "moderator", "--data", whole, input=palabre.PASSWORD + "\n",
                        env=palabre.environment())
    assert added.returncode == 0, added.stderr
    database = sqlite3.connect(os.path.join(whole, "palabre.db"), isolation_level=None)
    database.execute("PRAGMA journal_mode = DELETE")
    database.execute("PRAGMA cache_size = 1")
    database.execute("BEGIN IMMEDIATE")
    database.execute("UPDATE site SET name = 'A half'")
    database.execute("CREATE TABLE half AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000)"
                     " SELECT i, zeroblob(2000) FROM n")
    for name in ("palabre.db", "palabre.db-journal"):
        shutil.copyfile(os.path.join(whole, name), os.path.join(data, name))
    database.close()
    looked = palabre.run("check", "--data", data, env=palabre.environment())
    assert looked.returncode != 0 and "run the import again" in looked.stderr, looked.stderr
    added = palabre.run("user", "add", "marc", "--role", "moderator", "--data", data, input=palabre.PASSWORD + "\n",
                        env=palabre.environment())
    assert added.returncode == 0, added.stderr
    looked = palabre.run("check", "--data", data, env=palabre.environment())
    assert looked.returncode == 0, looked.stderr
    with store.connect(data) as undone:
        assert undone.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").fetchone()[0] == 0


def test_a_server_undoes_what_a_killed_import_left(tmp_path):
    data, export = str(tmp_path / "data"), str(tmp_path / "export.xml")
    kill_in_the_middle(export, data)
    with palabre.Server(data=data) as server:
        server.check()
        with server.database() as database:
            assert database.execute("SELECT count(*) FROM article").fetchone()[0] == 0
