"""Searching: words, phrases, filters, order, pages; what is removed is not found; nothing typed is an error."""

import re
import time
import xml.etree.ElementTree as ET
from urllib.parse import urlsplit

import pytest

import palabre
import store

# The shared test set: these texts, these questions, these answers, in this order, on either engine.
ARTICLES = {
    "pont": ("Le pont neuf", "Les élections approchent ; le maire inaugure le pont. Un cheval passe."),
    "lavoir": ("Au lavoir", "L'œuvre du sculpteur est posée près de l'école publique."),
    "bridge": ("The old bridges", "The mayors were building a bridge over the river."),
}
MESSAGES = [
    ("pont", "Zoé", "Les chevaux de l'élu ont mangé devant la cantine."),
    ("pont", "Jean Dupont", "Une école publique, et pas un parking ! Le tramway non plus."),
    ("lavoir", "Élodie", "Œuvres d'art, cœur de ville, bonne nouvelle."),
    ("lavoir", "Jean", "La publique attention : l'école est loin du tramway."),
    ("bridge", "Jane", "Bridges are built, the tramway is building up."),
]
QUESTIONS = [  # question, articles, messages (by their place above)
    ("élection", ["pont"], []),
    ("ELECTIONS", ["pont"], []),
    ("chevaux", ["pont"], [0]),
    ("cheval", ["pont"], [0]),
    ("mangée", [], [0]),
    ("manger", [], [0]),
    ("oeuvre", ["lavoir"], [2]),
    ("œuvres", ["lavoir"], [2]),
    ("coeur", [], [2]),
    ("ecole", ["lavoir"], [3, 1]),
    ('"école publique"', ["lavoir"], [1]),
    ("« publique attention »", [], [3]),
    ("bridge building", ["bridge"], [4]),
    ("tramway", [], [4, 3, 1]),
    ("tramway -école", [], [4]),
    ("tramway auteur:jean", [], [3, 1]),
    ('tramway author:"jean dupont"', [], [1]),
    ("tramway -author:jean", [], [4]),
    ("le", ["pont"], [0, 1]),
    ("tramway zzyzx", [], []),
]


@pytest.fixture(scope="module")
def site():
    with palabre.Server(settings={"searches_per_address": 100000}) as server:
        moderator, editor, reader = server.moderator(), server.moderator("edith"), server.reader()
        server.ids = {}
        for key, (headline, body) in ARTICLES.items():
            language = "en" if key == "bridge" else "fr"
            server.ids[key] = editor.publish_article(headline, body, language=language)
        server.numbers = []
        for article, name, text in MESSAGES:
            sent = reader.send(server.ids[article], name=name, text=text)
            moderator.decide(sent.number, "publish")
            server.numbers.append(sent.number)
        yield server
        server.check()


def found(server, question, kind="messages", **more):
    response = server.get("/search", params={"q": question, "in": kind, **more})
    assert response.status_code == 200, response.text
    page = palabre.lxml.html.fromstring(response.content)
    links = [link.get("href") for link in page.cssselect(".hit h2 a")]
    pattern = r"/comments/(\d+)$" if kind == "messages" else r"/articles/(\d+)-"
    return [int(re.match(pattern, link).group(1)) for link in links], page


@pytest.mark.parametrize("question,articles,messages", QUESTIONS)
def test_the_shared_set_is_found_in_its_order(site, question, articles, messages):
    assert sorted(found(site, question, "articles")[0]) == sorted(site.ids[key] for key in articles)
    assert found(site, question)[0] == [site.numbers[i] for i in messages]


def test_an_article_and_what_is_under_it(site):
    lavoir = site.ids["lavoir"]
    assert found(site, f"article:{lavoir}")[0] == [site.numbers[3], site.numbers[2]]
    assert found(site, f"article:{lavoir}", "articles")[0] == [lavoir]
    assert found(site, f"tramway article:{lavoir}")[0] == [site.numbers[3]]


def test_hits_are_marked_in_escaped_text(site):
    sent = site.reader().send(site.ids["pont"], name="<i>Bo</i>", text="Un <b>castor</b> & des \"castors\"")
    site.moderator().decide(sent.number, "publish")
    html = site.get("/search", params={"q": "castor"}).text
    assert "&lt;b&gt;<mark>castor</mark>&lt;/b&gt; &amp; des" in html
    assert "<mark>castors</mark>" in html
    assert "&lt;i&gt;Bo&lt;/i&gt;" in html


def test_what_is_not_published_is_not_found(site):
    reader, moderator = site.reader(), site.moderator()
    sent = reader.send(site.ids["pont"], name="Ada", text="Une marmotte traverse le village")
    assert found(site, "marmotte")[0] == []
    moderator.decide(sent.number, "publish")
    assert found(site, "marmottes")[0] == [sent.number]
    moderator.decide(sent.number, "remove")
    assert found(site, "marmotte")[0] == []


def test_pages_follow_without_doubles_or_gaps(site):
    reader, moderator = site.reader(), site.moderator()
    numbers = set()
    for i in range(45):
        sent = reader.send(site.ids["pont"], name="Ada", text=f"Une cigogne{'s et des cigognes' * (i % 3)}, la {i}e")
        moderator.decide(sent.number, "publish")
        numbers.add(sent.number)
    for more in ({}, {"order": "newest"}):
        seen, page = found(site, "cigogne", **more)
        while page.cssselect(".pager a[rel=next]"):
            address = page.cssselect(".pager a[rel=next]")[0].get("href")
            assert "after=" in address
            assert site.get(address).content == site.get(address).content
            page = site.page(address)
            seen += [int(a.get("href").rsplit("/", 1)[1]) for a in page.cssselect(".hit h2 a")]
        assert len(seen) == len(set(seen)) == 45
        assert set(seen) == numbers
        if more:
            assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("question", [
    '"', "'", "''\"\"", "* ^ : ( ) { }", "NEAR(a, b)", "pont AND", "a OR", "NOT", "-", "--", "words:pont", "rowid:1",
    "pont*", "!pont & (école", "\\", "%", "pont' OR 1=1 --", "<script>alert(1)</script>", "é" * 1200, "x " * 2000,
    "\u202e\u200b", "😀", "author:\"", "article:99999999999999999999", "a\x01b\ufffe", "-pont", "« »",
], ids=lambda question: repr(question[:20]))
def test_whatever_is_typed_is_plain_text(site, question):
    response = site.get("/search", params={"q": question})
    assert response.status_code == 200
    assert "<script>alert" not in response.text
    for key in ("n", "r5", "n-1", "r1-2-3", "'", "n99999999999999999999"):
        assert site.get("/search", params={"q": "pont", "after": key}).status_code == 200


def test_a_longer_address_than_there_can_be_is_said_to_be_so(site):
    assert site.get("/search", params={"q": "é" * 10000}).status_code == 414


def test_bytes_that_are_no_text_are_no_error_of_ours(site):
    for raw in ("%00pont", "pont%00", "%ff%fe", "%c0%80", "%ED%A0%80"):
        assert site.get("/search?q=" + raw).status_code in (200, 400)


def test_it_says_what_to_do_next(site):
    empty = site.page("/search")
    assert empty.cssselect("main input[name=q][autofocus]")
    assert not empty.cssselect(".hits")
    none = site.page("/search?q=zzyzx&lang=en")
    assert "Try fewer words" in none.text_content()
    assert "no word in that" in site.page("/search?q=%3F%21&lang=en").text_content()
    assert "should not be found" in site.page("/search?q=-pont&lang=en").text_content()
    assert "only its beginning" in site.page("/search?q=" + "mot+" * 100 + "&lang=en").text_content()
    assert "Messages do" in site.page("/search?q=cantine&in=articles&lang=en").text_content()


def test_without_a_choice_messages_are_shown_where_no_article_says_it(site):
    page = site.page("/search?q=cantine")
    assert page.cssselect(".hit h2 a")[0].get("href") == f"/comments/{site.numbers[0]}"


def test_results_are_nobody_elses(site):
    response = site.get("/search?q=pont")
    assert "no-store" in response.headers["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in response.text
    assert "Disallow: /search" in site.get("/robots.txt").text


def test_browsers_are_told_how_to_search(site):
    home = site.page("/")
    address = home.cssselect('link[rel=search]')[0].get("href")
    response = site.get(address)
    assert response.headers["Content-Type"].startswith("application/opensearchdescription+xml")
    url = ET.fromstring(response.content).find("{http://a9.com/-/spec/opensearch/1.1/}Url")
    template = url.get("template").replace("{searchTerms}", "cheval")
    assert urlsplit(template).netloc
    assert site.get(urlsplit(template).path + "?" + urlsplit(template).query).status_code == 200
    assert "required name=search_term_string" in site.get("/").text
    assert home.cssselect("header form[role=search] input[name=q]")


def test_one_address_searches_so_often():
    with palabre.Server(settings={"searches_per_address": 3}) as server:
        answers = [server.get("/search?q=pont").status_code for _ in range(4)]
        assert answers == [200, 200, 200, 429]
        assert server.get("/search").status_code == 200


def wait_for_the_index(server, question, count):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        numbers, page = found(server, question)
        if len(numbers) == count and not page.cssselect("[role=status]"):
            return
    raise AssertionError("the index does not come to its end")


def test_an_older_database_is_indexed_at_start():
    with palabre.Server(settings={"searches_per_address": 100000}) as server:
        article = server.publish_article("Le gué", "Une loutre.")
        reader, moderator = server.reader(), server.moderator()
        for i in range(3):
            moderator.decide(reader.send(article, name="Ada", text=f"Une loutre, la {i}e").number, "publish")
        server.process.stop()
        with store.connect(server.data, writes=True) as database:
            database.execute("DELETE FROM search_message")
            database.execute("DELETE FROM search_article")
            database.execute("UPDATE search_progress SET next_article = 1, next_message = 1")
        server.start()
        wait_for_the_index(server, "loutre", 3)
        assert found(server, "loutre", "articles")[0] == [article]
        server.check()


def test_an_index_that_differs_is_seen_and_made_anew():
    with palabre.Server() as server:
        article = server.publish_article("Le gué", "Une loutre.")
        server.moderator().decide(server.reader().send(article, name="Ada", text="Une loutre").number, "publish")
        server.process.stop()
        with store.connect(server.data, writes=True) as database:
            database.execute("DELETE FROM search_message")
        done = palabre.run("check", "--data", server.data, env=palabre.environment())
        assert done.returncode != 0 and "it is not in the search index" in done.stdout
        done = palabre.run("reindex", "--data", server.data, env=palabre.environment())
        assert done.returncode == 0, done.stderr
        server.check()
        server.start()
        assert len(found(server, "loutre")[0]) == 1
