"""Moving in from WordPress, with the real binary: the theme unit test export, read here a second time by xml.etree, says
what has to be there. A small export of our own stands in for what that file does not have."""

import calendar
import html
import os
import re
import shutil
import subprocess
import time
import unicodedata
from urllib.parse import urlsplit
from xml.etree import ElementTree

import lxml.html
import pytest
import requests

import palabre
import store

SHARED = os.environ.get("PALABRE_SHARED") or os.path.join(os.path.dirname(__file__), "../../../shared")
EXPORT = os.path.join(SHARED, "data/wordpress/themeunittestdata.wordpress.xml")
WP = "{https://wordpress.org/export/1.2/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
COMMENT_STATES = {"1": "published", "0": "pending", "spam": "spam"}

needs_export = pytest.mark.skipif(not os.path.exists(EXPORT), reason="the WordPress export is not on this machine")


def import_wordpress(path, data, *options):
    return palabre.run("import", "wordpress", str(path), "--data", str(data), *options, env=palabre.environment())


def import_well(path, data, *options):
    done = import_wordpress(path, data, *options)
    assert done.returncode == 0, done.stderr
    return done


def check(data):
    done = palabre.run("check", "--data", str(data), env=palabre.environment())
    assert done.returncode == 0, done.stdout + done.stderr


def rows(data, sql):
    with store.connect(data) as database:
        return store.by_name(database, sql)


def dump(data):
    return store.dump(data)


def milliseconds(text):
    return calendar.timegm(time.strptime(text, "%Y-%m-%d %H:%M:%S")) * 1000


class Post:
    """A post or page, as the export has it."""

    def __init__(self, item):
        self.id = item.findtext(WP + "post_id")
        self.kind = item.findtext(WP + "post_type")
        self.status = item.findtext(WP + "status")
        self.password = item.findtext(WP + "post_password")
        self.title = item.findtext("title") or ""
        self.content = item.findtext(CONTENT) or ""
        self.date = milliseconds(item.findtext(WP + "post_date_gmt"))
        link = urlsplit(item.findtext("link"))
        self.path = link.path + ("?" + link.query if link.query else "")
        self.comments = [{field.tag[len(WP + "comment_"):]: field.text or "" for field in comment}
                         for comment in item.findall(WP + "comment")]

    @property
    def is_public(self):
        return self.status == "publish" and not self.password


def read_export():
    channel = ElementTree.parse(EXPORT).getroot().find("channel")
    return [Post(item) for item in channel.findall("item") if item.findtext(WP + "post_type") in ("post", "page")]


def words(text):
    return re.findall(r"[^\W\d_]{4,}", unicodedata.normalize("NFC", html.unescape(text)))


def readable(content):
    """The words of a post that somebody reads: no block comments, no code that is run, no shortcodes, no tags."""
    text = re.sub(r"<!--.*?-->", " ", content, flags=re.DOTALL)
    text = re.sub(r"<(script|style|iframe|object|audio|video|select|form|noscript)\b.*?</\1>", " ", text,
                  flags=re.DOTALL | re.IGNORECASE)
    text = re.sub(r"\[/?(gallery|playlist|embed|audio|video|caption|code)\b[^]]*\]", " ", text)
    return words(re.sub(r"<[^>]*>", " ", text))


@pytest.fixture(scope="module")
def posts():
    return read_export()


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    """A server on a folder into which the export was moved."""
    data = tmp_path_factory.mktemp("moved")
    done = import_well(EXPORT, data)
    check(data)
    with palabre.Server(data=str(data), settings={"language": "en"}) as server:
        server.report = done.stdout
        yield server


@needs_export
def test_each_post_has_its_article(moved, posts):
    found = {row["import_key"]: row for row in rows(moved.data, "SELECT * FROM article")}
    assert sorted(found) == sorted(post.id for post in posts)
    for post in posts:
        row = found[post.id]
        assert row["kind"] == {"post": "article", "page": "page"}[post.kind]
        assert row["state"] == ("published" if post.is_public else "draft"), post.title
        assert row["published_at"] == (post.date if post.is_public else None)


@needs_export
def test_every_public_post_is_readable_at_its_old_address(moved, posts):
    for post in posts:
        if not post.is_public:
            continue
        # Not joined: one of these paths begins with two slashes.
        response = requests.get(moved.url + post.path, timeout=120)
        assert response.history and response.history[0].status_code in (301, 308), post.path
        assert re.search(r"/articles/\d+-", response.url), (post.path, response.url)
        assert response.status_code == 200
        page = lxml.html.fromstring(response.content)
        shown = set(words(" ".join(page.itertext())))
        wanted = readable(post.content) + words(re.sub(r"<[^>]*>", "", post.title))
        missing = [word for word in wanted if word not in shown]
        assert not missing, (post.path, missing[:20])
        assert not page.xpath("//main//script[not(@src) and not(@type='application/ld+json')]")
        for address in page.xpath("//article//@href | //article//@src"):
            assert re.match(r"(https?:|mailto:|/|#)", address), (post.path, address)


@needs_export
def test_galleries_show_their_pictures(moved, posts):
    (tiled,) = [post for post in posts if "(Tiled)" in post.title]
    wanted = re.search(r'ids="([\d,]+)"', tiled.content)[1].split(",")
    files = {item.findtext(WP + "post_id"): item.findtext(WP + "attachment_url")
             for item in ElementTree.parse(EXPORT).getroot().iter("item")}
    page = moved.page(tiled.path)  # one of its pictures is not in the export
    assert page.xpath("//figure//img/@src") == [files[number] for number in wanted if number in files]


@needs_export
def test_drafts_are_not_to_be_read(moved, posts):
    hidden = [post for post in posts if not post.is_public]
    assert {post.status for post in hidden} == {"draft", "future", "publish"}  # the last one has a password
    for post in hidden:
        response = moved.get(post.path)
        # An address of the kind /?p=7 is the home page with a question that is not ours.
        assert response.status_code == (200 if post.path.startswith("/?") else 404), post.title
        assert "/articles/" not in response.url


@needs_export
def test_all_comments_are_in_the_database_as_they_were(moved, posts):
    found = {row["import_key"]: row for row in rows(
        moved.data, "SELECT c.*, a.import_key AS post FROM comment c JOIN article a ON a.id = c.article_id")}
    expected = [(post, comment) for post in posts for comment in post.comments]
    assert len(expected) == len(found) == 33
    for post, comment in expected:
        row = found[comment["id"]]
        assert row["number"] == int(comment["id"])
        assert row["post"] == post.id
        assert row["state"] == COMMENT_STATES[comment["approved"]]
        assert row["parent_number"] == (int(comment["parent"]) or None)
        assert row["submitted_at"] == milliseconds(comment["date_gmt"])
        assert row["email"] == comment["author_email"]
        assert row["website"] == comment["author_url"]
        # Names of more than sixty characters are cut.
        assert html.unescape(comment["author"]).startswith(row["name"])
        assert row["name"] == html.unescape(comment["author"])[:60].strip()


@needs_export
def test_every_published_comment_is_at_its_place(moved, posts):
    for post in posts:
        for comment in post.comments:
            response = moved.get(f"/comments/{comment['id']}")
            if not post.is_public or comment["approved"] != "1":
                assert response.status_code == 404
                continue
            assert response.status_code == 200 and response.history
            page = lxml.html.fromstring(response.content)
            (element,) = page.xpath(f"//article[@id='comment-{comment['id']}']")
            assert element.xpath(".//*[contains(@class, 'p-author')]")
            (stamp,) = element.xpath("(.//time[contains(@class, 'dt-published')]/@datetime)[1]")
            assert stamp.startswith(comment["date_gmt"][:4])
            (shown,) = element.xpath("(.//*[contains(@class, 'e-content')])[1]")
            wanted = readable(comment["content"])
            missing = [word for word in wanted if word not in words(" ".join(shown.itertext()))]
            assert not missing, (comment["id"], missing)


@needs_export
def test_threads_of_any_depth_stand_under_their_root(moved, posts):
    (post,) = [post for post in posts if any(comment["content"].startswith("Comment Depth 10")
                                             for comment in post.comments)]
    chain = [comment for comment in post.comments if comment["content"].startswith("Comment Depth")]
    found = {row["number"]: row for row in rows(moved.data, "SELECT * FROM comment")}
    assert len(chain) == 10
    for comment in chain[1:]:
        assert found[int(comment["id"])]["root_number"] == int(chain[0]["id"])
    ordinals = [found[int(comment["id"])]["ordinal"] for comment in chain[1:]]
    assert ordinals == sorted(ordinals)


@needs_export
def test_old_short_addresses_redirect(moved, posts):
    for post in posts:
        if post.is_public:
            prefix = "/?page_id=" if post.kind == "page" else "/?p="
            response = moved.get(prefix + post.id, allow_redirects=False)
            assert response.status_code in (301, 308), post.id
            assert re.search(r"/articles/\d+-", response.headers["Location"])
    assert not moved.get("/", allow_redirects=False).is_redirect


def led_to(server, path):
    response = server.get(path, allow_redirects=False)
    return response.headers["Location"] if response.status_code == 301 else response.status_code


@needs_export
def test_old_feeds_and_categories_redirect(moved, posts):
    for path in ["/feed/", "/feed", "/comments/feed/", "/feed/atom/"]:
        assert led_to(moved, path).endswith("/feeds/articles.atom"), path
    slug = rows(moved.data, "SELECT slug FROM section ORDER BY id")[0]["slug"]
    assert led_to(moved, f"/category/{slug}/").endswith(f"/sections/{slug}")
    assert led_to(moved, f"/category/parent/{slug}").endswith(f"/sections/{slug}")
    assert led_to(moved, "/category/none/") == 404
    post = [post for post in posts if post.is_public][0]
    old = rows(moved.data, "SELECT path FROM redirect r JOIN article a ON a.id = r.article_id"
               f" WHERE a.import_key = '{post.id}' AND path LIKE '/%/'")[0]["path"]
    assert re.search(r"/articles/\d+-[^/]+/comments\.atom$", led_to(moved, old + "feed/"))
    assert led_to(moved, "/nowhere/feed/") == 404


@needs_export
def test_the_report_says_what_became_of_everything(moved, posts):
    report = moved.report
    assert "Theme Unit Test Data" in report and "https://wpthemetestdata.wordpress.com" in report
    counts = dict((what, int(count)) for count, what in re.findall(r"^ +(\d+)  (.*)$", report, re.MULTILINE))
    assert counts["articles"] == sum(post.kind == "post" for post in posts)
    assert counts["pages"] == sum(post.kind == "page" for post in posts)
    assert counts["comments"] == 33
    assert "30 published" in report and "3 pending" in report
    assert counts["items of the type 'attachment'"] == 37
    assert counts["items of the type 'nav_menu_item'"] == 70
    assert counts["tags on articles"] == 188
    assert counts["posts and pages protected by a password, kept as drafts"] == 1
    assert re.search(r'line \d+, "Template: Password Protected', report)


@needs_export
def test_twice_imports_once(tmp_path):
    import_well(EXPORT, tmp_path)
    before = dump(tmp_path)
    again = import_well(EXPORT, tmp_path)
    assert dump(tmp_path) == before
    assert re.search(r"^ +0  comments \(33 more were already there\)$", again.stdout, re.MULTILINE)
    assert "Changed on the way" not in again.stdout


@needs_export
def test_a_rehearsal_writes_nothing(tmp_path):
    rehearsed = import_well(EXPORT, tmp_path, "--dry-run")
    assert rows(tmp_path, "SELECT COUNT(*) AS n FROM article")[0]["n"] == 0
    assert rows(tmp_path, "SELECT COUNT(*) AS n FROM journal WHERE actor = 'import'")[0]["n"] == 0
    assert "nothing has been written" in rehearsed.stdout
    real = import_well(EXPORT, tmp_path)
    figures = re.compile(r"^ +\d+  .*$", re.MULTILINE)
    assert figures.findall(rehearsed.stdout) == figures.findall(real.stdout)


@needs_export
def test_a_file_cut_anywhere_changes_nothing(tmp_path):
    size = os.path.getsize(EXPORT)
    data = tmp_path / "data"
    import_well(write_export(tmp_path / "own.xml", post(1) + comment(1)), data)
    before = dump(data)
    cut = tmp_path / "cut.xml"
    for at in [0, 1, 700, *range(50000, size, 70000), size - 40, size - 20, size - 3]:
        shutil.copyfile(EXPORT, cut)
        os.truncate(cut, at)
        done = import_wordpress(cut, data)
        assert done.returncode not in (0, 1) and done.returncode < 128, at
        assert re.search(r"cut\.xml: line \d+: ", done.stderr), (at, done.stderr)
        assert len(done.stderr.splitlines()) == 1
        assert dump(data) == before, at
    check(data)


# --- An export of our own ---------------------------------------------------------------------------------------------


def write_export(path, items, namespace="http://wordpress.org/export/1.2/", encoding="UTF-8"):
    path.write_bytes(f"""<?xml version="1.0" encoding="{encoding}"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="{namespace}">
<channel><title>Le blog</title><language>fr-FR</language><wp:base_blog_url>https://blog.example.org</wp:base_blog_url>
{items}</item></channel></rss>
""".encode(encoding))
    return path


def post(number, content="Un.\n\nDeux."):
    return f"""<item><title>Billet {number}</title><link>https://blog.example.org/billet-{number}/</link>
<content:encoded><![CDATA[{content}]]></content:encoded><wp:post_id>{number}</wp:post_id>
<wp:post_date_gmt>2020-02-03 04:05:06</wp:post_date_gmt><wp:comment_status>open</wp:comment_status>
<wp:post_name>billet-{number}</wp:post_name><wp:status>publish</wp:status><wp:post_type>post</wp:post_type>
"""


def comment(number, parent=0, text="Bonjour.", approved="1"):
    return f"""<wp:comment><wp:comment_id>{number}</wp:comment_id><wp:comment_author>Zoé</wp:comment_author>
<wp:comment_author_IP>192.0.2.7</wp:comment_author_IP><wp:comment_date_gmt>2020-02-03 05:00:00</wp:comment_date_gmt>
<wp:comment_content><![CDATA[{text}]]></wp:comment_content><wp:comment_approved>{approved}</wp:comment_approved>
<wp:comment_parent>{parent}</wp:comment_parent></wp:comment>
"""


def test_a_later_export_adds_what_is_new(tmp_path):
    data = tmp_path / "data"
    import_well(write_export(tmp_path / "1.xml", post(1) + comment(1)), data)
    later = post(1, "Corrigé.") + comment(1) + comment(2, parent=1) + "</item>" + post(2)
    import_well(write_export(tmp_path / "2.xml", later), data)
    assert len(rows(data, "SELECT id FROM article")) == 2
    assert [row["number"] for row in rows(data, "SELECT number FROM comment ORDER BY number")] == [1, 2]
    assert "Corrigé" not in rows(data, "SELECT body_source FROM article WHERE import_key = '1'")[0]["body_source"]
    check(data)


def large(number):
    """An article with so many comments that reading, preparing and inserting are all at work when its end is read."""
    return post(number) + "".join(comment(number * 10000 + i, text=f"Message {i} : {'mot ' * 40}.")
                                  for i in range(3000))


@pytest.mark.threads
def test_a_fault_late_in_a_large_file_changes_nothing(tmp_path):
    data = tmp_path / "data"
    import_well(write_export(tmp_path / "own.xml", post(9)), data)
    before = dump(data)
    items = large(1) + "</item>" + large(2) + "</item>" + large(3)
    export = write_export(tmp_path / "late.xml", items + "<wp:comment>&broken;</wp:comment>")
    line = export.read_text().split("&broken;")[0].count("\n") + 1
    done = import_wordpress(export, data)
    assert done.returncode == 65, done.stderr
    assert f"late.xml: line {line}: " in done.stderr, done.stderr
    assert done.stdout == "" and dump(data) == before
    import_well(write_export(tmp_path / "late.xml", items), data)
    assert rows(data, "SELECT COUNT(*) AS n FROM comment")[0]["n"] == 9000
    check(data)


@pytest.mark.threads
def test_a_database_that_refuses_a_message_ends_the_import_at_once(tmp_path):
    """While the rest of the file is still being read and prepared."""
    data = tmp_path / "data"
    import_well(write_export(tmp_path / "own.xml", post(9)), data)
    refusal = "ALTER TABLE comment ADD CONSTRAINT refused CHECK (import_key <> '10600')" if store.IS_POSTGRESQL else \
        "CREATE TRIGGER refused BEFORE INSERT ON comment WHEN NEW.import_key = '10600' " \
        "BEGIN SELECT RAISE(ABORT, 'refused'); END"
    with store.connect(data, writes=True) as database:
        database.execute(refusal)
    before = dump(data)
    export = write_export(tmp_path / "large.xml", "</item>".join(large(number) for number in range(1, 6)))
    done = import_wordpress(export, data)
    line = export.read_text().split("<wp:comment_id>10512<")[0].count("\n") + 1
    assert done.returncode not in (0, 1) and done.returncode < 128, done.stderr
    assert f"line {line}: comments 10512 and the 511 after it: " in done.stderr, done.stderr
    assert dump(data) == before


def found(server, word):
    page = lxml.html.fromstring(server.get("/search", params={"q": word, "in": "messages"}).content)
    return [int(link.get("href").rsplit("/", 1)[1]) for link in page.cssselect(".hit h2 a")]


def test_the_index_may_be_left_to_the_server(tmp_path):
    data, later = tmp_path / "data", tmp_path / "later"
    export = write_export(tmp_path / "1.xml", post(1) + comment(1, text="Une loutre.") + comment(2, text="Un héron."))
    import_well(export, data)
    assert len(rows(data, "SELECT 1 AS n FROM search_message")) == 2
    import_well(export, later, "--no-index")
    assert not rows(later, "SELECT 1 AS n FROM search_message")
    check(later)
    with palabre.Server(data=str(later)) as server:
        deadline = time.monotonic() + 120
        while found(server, "loutre") != [1]:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_spam_and_trash_are_not_shown_but_keep_threads(tmp_path):
    data = tmp_path / "data"
    items = (post(1) + comment(1) + comment(2, approved="spam") + comment(3, approved="trash")
             + comment(4, approved="trash") + comment(5, parent=4) + comment(6, parent=2) + comment(7, approved="0"))
    import_well(write_export(tmp_path / "1.xml", items), data)
    check(data)
    states = {row["number"]: row["state"] for row in rows(data, "SELECT number, state FROM comment")}
    assert states == {1: "published", 2: "spam", 3: "rejected", 4: "removed", 5: "published", 6: "published",
                      7: "pending"}
    with palabre.Server(data=str(data)) as server:
        page = server.page("/comments/5")
        assert page.xpath("//*[@id='comment-5']") and page.xpath("//*[@id='comment-6']")
        assert not any(page.xpath(f"//*[@id='comment-{number}']//*[contains(@class, 'e-content')]")
                       for number in (2, 3, 4, 7))


BEGINNING = """<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/"><channel>
<title>Le blog</title><wp:base_blog_url>https://blog.example.org</wp:base_blog_url>
<item><title>Un billet</title><content:encoded>Un.</content:encoded><wp:post_id>1</wp:post_id>
<wp:post_date_gmt>2020-02-03 04:05:06</wp:post_date_gmt><wp:status>publish</wp:status><wp:post_type>post</wp:post_type></item>
"""


def is_under_way(data):
    """It has begun to write, and has the database for itself."""
    if not store.IS_POSTGRESQL:
        return os.path.exists(f"{data}/palabre.db-journal")
    with store.connect(data) as database:
        alone = "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' AND granted AND " \
                "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        return database.execute(alone).fetchone()[0] > 0


@pytest.fixture()
def unfinished(tmp_path):
    """An import that waits for the rest of its file: the data folder, and what brings it to its end."""
    data, export = str(tmp_path / "data"), str(tmp_path / "export.xml")
    os.mkfifo(export)
    process = start(["import", "wordpress", export, "--data", data], tmp_path / "import.log")
    with open(export, "w", encoding="utf-8") as pipe:
        pipe.write(BEGINNING + "<!-- " + "On attend la suite. " * 10000 + "-->\n")
        pipe.flush()
        wait_until(lambda: is_under_way(data), process)

        def finish():
            pipe.write("</channel></rss>\n")
            pipe.close()
            assert process.wait(120) == 0

        yield data, finish
        process.kill()
        process.wait()


def start(command, log):
    data = command[command.index("--data") + 1]
    with open(log, "wb") as file:
        environment = {**palabre.environment(), **store.variables(["--data", data])}
        return subprocess.Popen([palabre.BINARY, *command], env=environment, stdout=subprocess.PIPE, stderr=file)


def wait_until(condition, process):
    deadline = time.monotonic() + 120
    while not condition():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)


def refused(data, *command):
    done = palabre.run(*command, "--data", data, env=palabre.environment(), input=palabre.PASSWORD + "\n")
    assert done.returncode == 75, (command, done.stdout, done.stderr)
    assert "is in use by another palabre" in done.stderr and "wait for the import" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr


@pytest.mark.sqlite
def test_during_an_import_every_other_command_says_so_in_one_line(unfinished):
    data, finish = unfinished
    refused(data, "serve", "--listen", "127.0.0.1:0")
    refused(data, "user", "add", "edith", "--role", "editor")
    refused(data, "reindex")
    finish()
    with palabre.Server(data=data, accounts=()) as server:
        assert "Un billet" in server.get("/").text


@pytest.mark.postgresql
def test_on_postgresql_a_server_says_that_it_waits_for_an_import(unfinished, tmp_path):
    data, finish = unfinished
    log = tmp_path / "serve.log"
    refused(data, "reindex")
    waiting = start(["serve", "--data", data, "--listen", "127.0.0.1:0"], log)
    try:
        wait_until(lambda: "in use by another palabre" in log.read_text(), waiting)
        finish()
        assert b"listens on" in waiting.stdout.readline()
        waiting.terminate()
        assert waiting.wait(palabre.STOP_TIMEOUT_S) == 0
        assert log.read_text().count("in use by another palabre") == 1
    finally:
        waiting.kill()
        waiting.wait()


def test_scripts_are_inert(tmp_path):
    data = tmp_path / "data"
    evil = ('<script>alert(1)</script><p onclick="alert(2)">Texte</p><a href="javascript:alert(3)">ici</a>'
            '<img src="x" onerror="alert(4)"><iframe src="https://evil.example/"></iframe>')
    import_well(write_export(tmp_path / "1.xml", post(1, evil) + comment(1, text=evil)), data)
    for row in rows(data, "SELECT body_html AS html FROM article UNION ALL SELECT html FROM comment"):
        assert "Texte" in row["html"]
        assert not re.search(r"alert|script|onclick|onerror|iframe", row["html"]), row["html"]


def test_other_encodings_are_read(tmp_path):
    for encoding in ("ISO-8859-1", "UTF-16"):
        data = tmp_path / encoding
        import_well(write_export(tmp_path / "1.xml", post(1) + comment(1, text="Été"), encoding=encoding), data)
        assert rows(data, "SELECT name, text_source FROM comment")[0]["text_source"] == "Été"


@pytest.mark.parametrize("content, says", [
    (b"", "line 1: not XML"),
    (b'{"not": "xml"}', "line 1: not XML"),
    (b"\x1f\x8b\x08\x00", "compressed"),
    (b"<html><body/></html>", "line 1: not a WordPress export: the document is <html>"),
    (b"<rss version='2.0'>\n<channel/></rss>", "line 1: an RSS feed, but not a WordPress export"),
    (b"<!DOCTYPE rss [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>\n<rss>&a;</rss>", "a document type declaration"),
    (b"<rss xmlns:wp='http://wordpress.org/export/1.2/'>\n<channel>\n<item>\xff</item></channel></rss>",
     "line 3: not well-formed XML: Input is not proper UTF-8"),
    (b"<rss xmlns:wp='http://wordpress.org/export/1.2/'>\n<channel>\n\n<item></channel></rss>",
     "line 4: not well-formed XML: Opening and ending tag mismatch"),
])
def test_what_is_no_export_says_so(tmp_path, content, says):
    path = tmp_path / "export.xml"
    path.write_bytes(content)
    done = import_wordpress(path, tmp_path / "data")
    assert done.returncode == 65
    assert says in done.stderr and "export.xml" in done.stderr
    assert done.stdout == ""


def test_wrong_usage_exits_2(tmp_path):
    for arguments in (["import"], ["import", "wordpress"], ["import", "spip", "x"], ["import", "wordpress", "a", "b"]):
        done = palabre.run(*arguments, cwd=tmp_path, env=palabre.environment())
        assert done.returncode == 2, arguments
        assert len(done.stderr.splitlines()) == 1


def on_a_terminal(*arguments):
    """What a command shows there, and what it prints."""
    main, terminal = os.openpty()
    with subprocess.Popen([palabre.BINARY, *arguments], stdout=subprocess.PIPE, stderr=terminal, env=palabre.environment()) as process:
        os.close(terminal)
        shown = b""
        try:
            while part := os.read(main, 65536):
                shown += part
        except OSError:  # Linux says so when the other end of a terminal is closed
            pass
        report = process.stdout.read().decode()
        assert process.wait() == 0
    os.close(main)
    return shown, report


def test_progress_is_a_bar_on_a_terminal_only(tmp_path):
    export = tmp_path / "big.xml"
    generator = os.path.join(os.path.dirname(__file__), "../../bench/generate")
    subprocess.run([generator, "--comments", "500", str(export)], check=True)
    plain = import_well(export, tmp_path / "plain")
    assert "\r" not in plain.stderr and "\x1b" not in plain.stderr
    shown, report = on_a_terminal("import", "wordpress", str(export), "--data", str(tmp_path / "bar"))
    assert b"\r" in shown and re.search(rb"Importing \[[#.]+\] +\d+%", shown), shown[:500]
    assert "500  comments" in report
    checked = palabre.run("check", "--data", str(tmp_path / "plain"), env=palabre.environment())
    assert checked.returncode == 0 and not checked.stderr
    shown, report = on_a_terminal("check", "--data", str(tmp_path / "bar"))
    assert re.search(rb"Checking comments \[[#.]+\] +\d+% \d+ rows", shown) and b"Checking the journal" in shown, shown
    assert shown.endswith(b"\r\x1b[K") and report.endswith("all is well\n")
