"""Feeds as programs read them: Newsboat takes each; Atom is valid by the grammar of its RFC, RSS and JSON Feed by their rules."""

import json
import os
import sqlite3
import subprocess
from email.utils import parsedate_to_datetime

import lxml.etree
import pytest

import palabre

ATOM = "{http://www.w3.org/2005/Atom}"
THREAD = "{http://purl.org/syndication/thread/1.0}"
HERE = os.path.dirname(__file__)


@pytest.fixture(scope="module")
def site():
    with palabre.Demo() as demo:
        yield demo


def feeds(site):
    """The paths of every feed that the home page and an article announce, by format."""
    found = {}
    home = site.page("/")
    article = home.cssselect("article.h-entry a[href^='/articles/']")
    article = article[0].get("href") if article else home.xpath("//main//a[starts-with(@href, '/articles/')]")[0].get("href")
    for page in (home, site.page(article.split("#")[0])):
        for link in page.xpath("//link[@rel='alternate'][@type]"):
            if "oembed" in link.get("type"):
                continue
            path = link.get("href").replace(site.url, "")
            found.setdefault(link.get("type"), set()).add(path)
    assert len(found) == 3 and all(len(paths) >= 2 for paths in found.values()), found
    return found


def of_type(site, word):
    return sorted(path for kind, paths in feeds(site).items() if word in kind for path in paths)


def test_atom_is_valid_by_the_grammar_of_rfc_4287(site):
    with open(os.path.join(HERE, "atom.rng"), encoding="utf-8") as file:
        grammar = lxml.etree.RelaxNG(lxml.etree.parse(file))
    for path in of_type(site, "atom"):
        response = site.get(path)
        assert response.headers["Content-Type"].startswith("application/atom+xml")
        document = lxml.etree.fromstring(response.content)
        grammar.assertValid(lxml.etree.ElementTree(document))
        entries = document.findall(ATOM + "entry")
        assert entries
        ids = [entry.findtext(ATOM + "id") for entry in entries]
        assert len(set(ids)) == len(ids)
        assert document.find(f"{ATOM}link[@rel='self']") is not None
        if "comments" in path:
            for entry in entries:  # RFC 4685 §3
                answers = entry.find(THREAD + "in-reply-to")
                assert answers is not None and answers.get("ref")
        else:
            assert document.find(f".//{ATOM}link[@rel='replies']") is not None  # §4
            assert document.find(f".//{THREAD}total") is not None  # §5


def test_the_grammar_refuses_what_is_wrong(site):
    grammar = lxml.etree.RelaxNG(lxml.etree.parse(os.path.join(HERE, "atom.rng")))
    path = of_type(site, "atom")[0]
    for breaks in ("id", "updated", "title"):
        document = lxml.etree.fromstring(site.get(path).content)
        document.remove(document.find(ATOM + breaks))
        assert not grammar.validate(lxml.etree.ElementTree(document)), breaks
    document = lxml.etree.fromstring(site.get(path).content)
    document.find(ATOM + "updated").text = "yesterday"
    assert not grammar.validate(lxml.etree.ElementTree(document))


def test_rss(site):
    slash = "{http://purl.org/rss/1.0/modules/slash/}comments"
    comment_rss = "{http://wellformedweb.org/CommentAPI/}commentRss"
    for path in of_type(site, "rss"):
        response = site.get(path)
        assert response.headers["Content-Type"].startswith("application/rss+xml")
        rss = lxml.etree.fromstring(response.content)
        assert rss.tag == "rss" and rss.get("version") == "2.0" and len(rss) == 1
        channel = rss[0]
        for needed in ("title", "link", "description"):
            assert len(channel.findall(needed)) == 1, needed
        items = channel.findall("item")
        assert items and len({item.findtext("guid") for item in items}) == len(items)
        for item in items:
            assert item.findtext("title") or item.findtext("description")
            assert item.findtext("link").startswith(site.url)
            assert parsedate_to_datetime(item.findtext("pubDate")).tzinfo is not None
        if "comments" not in path:
            counts = [item.findtext(slash) for item in items if item.find(slash) is not None]
            assert counts and all(int(count) >= 0 for count in counts)
            follow = next(item.findtext(comment_rss) for item in items if item.find(comment_rss) is not None)
            assert site.get(follow).status_code == 200


def test_json_feed(site):
    for path in of_type(site, "json"):
        response = site.get(path)
        assert response.headers["Content-Type"].startswith("application/feed+json")
        feed = json.loads(response.content)
        assert feed["version"] == "https://jsonfeed.org/version/1.1" and isinstance(feed["title"], str)
        assert feed["feed_url"].endswith(path)
        assert feed["items"]
        for item in feed["items"]:
            assert isinstance(item["id"], str) and ("content_html" in item or "content_text" in item)
            assert item["url"].startswith(site.url)
            assert all(isinstance(author["name"], str) for author in item.get("authors", []))
            assert "T" in item["date_published"]
        assert len({item["id"] for item in feed["items"]}) == len(feed["items"])


def reload_with_newsboat(folder, url):
    """Newsboat's own database after it has read the feed."""
    folder.mkdir()
    (folder / "urls").write_text(url + "\n")
    (folder / "config").write_text("")
    arguments = ["-u", "urls", "-c", "cache.db", "-C", "config", "-x", "reload"]
    done = subprocess.run(["newsboat", *arguments], cwd=folder, env={**os.environ, "HOME": str(folder)},
                          capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0 and not done.stderr, done.stdout + done.stderr
    return sqlite3.connect(folder / "cache.db")


def test_newsboat_reads_every_feed(site, tmp_path):
    """An entry is the same in each format, by its id: so each feed gets a reader of its own. (Newsboat knows no JSON Feed.)"""
    paths = of_type(site, "atom") + of_type(site, "rss")
    assert len(paths) >= 4
    for number, path in enumerate(paths):
        url = site.url + path
        cache = reload_with_newsboat(tmp_path / str(number), url)
        [(title, link)] = cache.execute("SELECT title, url FROM rss_feed WHERE rssurl = ?", (url,)).fetchall()
        items = cache.execute("SELECT title, url, content, pubDate FROM rss_item WHERE feedurl = ?", (url,)).fetchall()
        cache.close()
        assert title and link.startswith(site.url) and items, path
        assert all(address.startswith(site.url) and date > 0 for _, address, _, date in items), path
        assert all(content for _, _, content, _ in items), path
