"""Reading: pages, permalinks, ordinals, feeds, caching."""

import re
import xml.etree.ElementTree as ET
from urllib.parse import urlsplit

import pytest
import requests

import palabre

ATOM = "{http://www.w3.org/2005/Atom}"
THREAD = "{http://purl.org/syndication/thread/1.0}"


@pytest.fixture(scope="module")
def small():
    """Three root messages a page, two replies under each."""
    with palabre.Server(settings={"comments_per_page": 3, "replies_per_page": 2}) as server:
        server.article = server.publish_article("Le pont & la rivière", "Un *paragraphe*.")
        server.numbers = []
        reader, moderator = server.reader(), server.moderator()
        for i in range(8):
            sent = reader.send(server.article, name=f"Lecteur {i}", text=f"Message numéro {i} de la discussion")
            moderator.decide(sent.number, "publish")
            server.numbers.append(sent.number)
        server.replies = []
        for i in range(5):
            sent = reader.send(server.article, reply_to=server.numbers[0], name="Rosa", text=f"Réponse numéro {i} au premier")
            moderator.decide(sent.number, "publish")
            server.replies.append(sent.number)
        yield server


def numbers_on(page):
    """Root messages and replies in their order, as the contract names them."""
    return [int(e.get("id").removeprefix("comment-")) for e in page.cssselect("article.h-entry[id^=comment-]")]


def slug_path(server):
    return urlsplit(server.get(f"/articles/{server.article}").url).path


def test_an_article_is_found_by_its_id_and_led_to_its_slug(small):
    response = small.get(f"/articles/{small.article}", allow_redirects=False)
    assert response.status_code == 301
    assert response.headers["Location"].endswith(f"/articles/{small.article}-le-pont-la-riviere")
    wrong = small.get(f"/articles/{small.article}-autre-chose?order=newest", allow_redirects=False)
    assert wrong.status_code == 301 and wrong.headers["Location"].endswith("-le-pont-la-riviere?order=newest")


def test_the_newest_page_is_shown_and_earlier_ones_stay(small):
    path = slug_path(small)
    roots = small.numbers
    newest = small.page(path)
    assert numbers_on(newest) == roots[6:]
    assert numbers_on(small.page(f"{path}/comments/3")) == roots[6:]
    assert numbers_on(small.page(f"{path}/comments/2")) == roots[3:6]
    first = numbers_on(small.page(f"{path}/comments/1"))
    assert first == [roots[0], *small.replies[:2], *roots[1:3]]
    small.page(f"{path}/comments/4", 404)
    small.page(f"{path}/comments/0", 404)


def test_newest_first_turns_a_page_round(small):
    assert numbers_on(small.page(slug_path(small) + "?order=newest")) == list(reversed(small.numbers[6:]))


def test_each_message_has_the_contract_of_its_element(small):
    page = small.page(f"{slug_path(small)}/comments/2")
    message = page.cssselect(f"article#comment-{small.numbers[3]}.h-entry")[0]
    assert message.cssselect(".p-author")[0].text_content().strip() == "Lecteur 3"
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", message.cssselect("time.dt-published[datetime]")[0].get("datetime"))
    assert "Message numéro 3" in message.cssselect(".e-content")[0].text_content()
    assert message.cssselect("a.u-url")[0].get("href").endswith(f"/comments/{small.numbers[3]}")


def test_a_permalink_lands_on_its_page_for_ever(small):
    path = slug_path(small)
    for at, number in enumerate(small.numbers):
        response = small.get(f"/comments/{number}", allow_redirects=False)
        assert response.status_code in (301, 302)
        assert response.headers["Location"].endswith(f"{path}/comments/{at // 3 + 1}#comment-{number}")


def test_replies_beyond_those_shown_have_pages_of_their_own(small):
    place = small.get(f"/comments/{small.replies[4]}", allow_redirects=False).headers["Location"]
    assert f"/threads/{small.numbers[0]}/3#comment-{small.replies[4]}" in place
    page = small.page(urlsplit(place).path)
    assert small.replies[4] in numbers_on(page)
    shown = small.get(f"/comments/{small.replies[0]}", allow_redirects=False).headers["Location"]
    assert f"/comments/1#comment-{small.replies[0]}" in shown


def test_a_thread_stands_under_its_own_article_only(small):
    place = urlsplit(small.get(f"/comments/{small.replies[4]}", allow_redirects=False).headers["Location"]).path
    elsewhere = place.replace(f"/articles/{small.article}-", "/articles/999-")
    response = small.get(elsewhere, allow_redirects=False)
    assert response.status_code == 301 and urlsplit(response.headers["Location"]).path == place


def test_the_way_to_a_slug_is_asked_for_again(small):
    response = small.get(f"/articles/{small.article}-ancien", allow_redirects=False)
    assert response.status_code == 301 and "max-age=0" in response.headers["Cache-Control"]


def test_unknown_numbers_and_articles_are_404_in_the_sites_language(small):
    for path in ("/comments/999999", "/articles/999-rien", "/rien", "/sections/rien", "/archive/1999-01", "/messages/rien"):
        response = small.get(path)
        assert response.status_code == 404, path
        assert 'lang="fr"' in response.text, path


def test_a_page_is_the_same_bytes_until_something_changes(small):
    path = slug_path(small)
    first, second = (small.get(path, headers={"Accept-Encoding": "identity"}) for _ in range(2))
    assert first.content == second.content and first.headers["ETag"] == second.headers["ETag"]
    again = small.get(path, headers={"If-None-Match": first.headers["ETag"], "Accept-Encoding": "identity"})
    assert again.status_code == 304 and again.content == b"" and again.headers["ETag"] == first.headers["ETag"]
    plain = small.get(path, headers={"Accept-Encoding": "identity"})
    other = small.get(path, headers={"If-None-Match": plain.headers["ETag"], "Accept-Encoding": "br"})
    assert other.status_code == 304, "the same page, whatever encoding it was got in"
    head = palabre.requests.head(small.url + path, timeout=120)
    assert head.status_code == 200 and head.content == b""


@pytest.mark.parametrize("encoding", ["identity", "gzip", "br", "zstd"])
def test_every_encoding_has_a_tag_of_its_own(small, encoding):
    path = slug_path(small)
    for _ in range(1000):  # a page is served at once, and compressed right after
        response = palabre.requests.get(small.url + path, headers={"Accept-Encoding": encoding}, timeout=120, stream=True)
        if response.headers.get("Content-Encoding", "identity") == encoding:
            break
    assert response.headers.get("Content-Encoding", "identity") == encoding
    assert "Accept-Encoding" in response.headers["Vary"]
    if encoding != "identity":
        assert encoding in response.headers["ETag"]
        plain = palabre.requests.get(small.url + path, headers={"Accept-Encoding": "identity"}, timeout=120)
        assert int(response.headers["Content-Length"]) < len(plain.content)


def test_what_is_published_is_on_the_page_before_the_moderator_is_answered(server):
    article = server.publish_article("Immédiat", "Texte.")
    path = urlsplit(server.get(f"/articles/{article}").url).path
    reader, moderator = server.reader(), server.moderator()
    for i in range(5):
        before = server.get(path)
        sent = reader.send(article, name="Ana", text=f"Un message tout neuf, le {i}")
        assert f"comment-{sent.number}\"" not in server.get(path).text
        moderator.decide(sent.number, "publish")
        after = server.get(path)
        assert f"comment-{sent.number}\"" in after.text
        assert after.headers["ETag"] != before.headers["ETag"]


def test_feeds_of_a_discussion(small):
    path = slug_path(small)
    atom = ET.fromstring(small.get(f"{path}/comments.atom").content)
    entries = atom.findall(ATOM + "entry")
    assert len(entries) == 13
    reply_to = entries[0].find(THREAD + "in-reply-to")
    assert reply_to is not None and str(small.numbers[0]) in reply_to.get("href", "")
    rss = ET.fromstring(small.get(f"{path}/comments.rss").content)
    assert len(rss.findall("channel/item")) == 13
    feed = small.get(f"{path}/comments.json")
    assert feed.headers["Content-Type"].startswith("application/feed+json")
    assert feed.json()["version"] == "https://jsonfeed.org/version/1.1" and len(feed.json()["items"]) == 13


def test_feeds_of_the_site(small):
    atom = ET.fromstring(small.get("/feeds/articles.atom").content)
    assert atom.find(ATOM + "entry") is not None
    assert ET.fromstring(small.get("/feeds/articles.rss").content).find("channel/item") is not None
    assert small.get("/feeds/articles.json").json()["items"]
    small.page("/feeds/articles.txt", 404)


def test_the_sitemap_names_every_article(small):
    sitemap = small.get("/sitemap.xml")
    assert slug_path(small) in sitemap.text
    assert ET.fromstring(sitemap.content).tag.endswith("urlset")
    assert "Sitemap:" in small.get("/robots.txt").text


def test_the_archive_leads_to_every_month_and_page(small):
    page_id = small.publish_article("À propos de nous", "Une page.", kind="page")
    front = small.page("/")
    assert [a.get("href") for a in front.cssselect("footer a") if a.text_content() == "Archives"] == ["/archive"]
    assert f"/articles/{page_id}-" not in small.get("/").text
    archive = small.page("/archive")
    links = [a.get("href") for a in archive.cssselect("main section a")]
    assert len(links) == 2 and links[0].startswith("/archive/2") and links[1].startswith(f"/articles/{page_id}-")
    assert "1 article" in archive.text_content()
    month = small.page(links[0])
    assert month.cssselect(".kicker a[href='/archive']") and slug_path(small) in small.get(links[0]).text
    english = small.page("/archive?lang=en")
    assert english.get("lang") == "en" and "one article" in english.text_content()
    assert small.page(english.cssselect("main section a")[0].get("href")).get("lang") == "en"
    assert "/archive</loc>" in small.get("/sitemap.xml").text


def test_home_counts_comments(small):
    assert "13 commentaires" in small.page("/").text_content()
    english = small.page("/?lang=en")  # only articles in English stand there
    assert english.get("lang") == "en" and "commentaires" not in english.text_content()


def test_health(small):
    assert small.get("/healthz").status_code == 200


def test_static_files_are_kept_for_ever_by_hash(small):
    style = small.page("/").cssselect("link[rel=stylesheet]")[0].get("href")
    response = small.get(style)
    assert response.status_code == 200 and "immutable" in response.headers["Cache-Control"]
    assert response.headers["Content-Type"].startswith("text/css")
    assert small.get("/static/site.css").status_code == 200
    assert small.get("/static/nothing.css").status_code == 404
    assert small.get("/static/../palabre.conf").status_code in (400, 404)


def test_wrong_methods_are_405_and_name_the_right_ones(small):
    for method, path in (("POST", "/"), ("DELETE", slug_path(small)), ("PUT", "/sign-in"), ("GET", f"/articles/{small.article}/comments")):
        response = palabre.requests.request(method, small.url + path, timeout=120)
        assert response.status_code == 405, (method, path)
        assert response.headers["Allow"]


def test_headers_of_security(small):
    for path in ("/", slug_path(small), "/sign-in", "/rien"):
        headers = small.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "unsafe-inline" not in policy and "frame-ancestors 'none'" in policy and "default-src 'none'" in policy
        assert "img-src 'self' data:" in policy  # the icon stands in the page
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"]


def test_no_cookie_before_a_person_acts(small):
    for path in ("/", slug_path(small), "/sign-in", "/charter", "/feeds/articles.atom"):
        assert "Set-Cookie" not in small.get(path).headers, path


def test_older_pages_stay_the_same_bytes_when_messages_come():
    with palabre.Server(settings={"comments_per_page": 2}) as server:
        article = server.publish_article("Pages pour toujours", "Texte.")
        reader, moderator = server.reader(), server.moderator()

        def publish(i):
            moderator.decide(reader.send(article, name="Ines", text=f"Le message {i} de la série").number, "publish")

        for i in range(5):
            publish(i)
        path = urlsplit(server.get(f"/articles/{article}").url).path
        plain = {"Accept-Encoding": "identity"}
        tags = [server.get(f"{path}/comments/{page}", headers=plain).headers["ETag"] for page in (1, 2)]
        for i in range(5, 9):
            publish(i)
        assert [server.get(f"{path}/comments/{page}", headers=plain).headers["ETag"] for page in (1, 2)] == tags
        assert "rel=\"next\"" in server.get(f"{path}/comments/3").text


def test_an_unknown_language_is_the_sites_own():
    with palabre.Server(settings={"language": "en"}) as server:
        server.publish_article("The bridge", "A paragraph.", language="en")
        for path in ("/", "/archive", "/charter"):
            assert server.page(path).get("lang") == "en", path
            assert server.page(path + "?lang=zz").get("lang") == "en", path
            assert server.page(path + "?lang=fr").get("lang") == "fr", path


def test_a_wrong_method_is_answered_with_all_headers(small):
    response = requests.delete(small.url + "/", timeout=120, headers={"Accept": "text/html"})
    assert response.status_code == 405 and response.headers["Allow"] == "GET, HEAD, OPTIONS"
    page = small.get("/").headers
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options"):
        assert response.headers[name] == page[name], name


def test_pages_of_ones_own_have_a_limit():
    """Anybody can make such a cookie up, and each of these pages is rendered: past the limit all get the page of all."""
    with palabre.Server() as server:
        article = server.publish_article()
        author = server.reader()
        author.session.headers["X-Forwarded-For"] = "198.51.100.8"
        author.send(article, name="Léa", text="Un message qui attend.")
        path = author.get(f"/articles/{article}").url

        def kind():
            return author.get(path).headers["Cache-Control"].split(",")[0]

        kinds = [kind() for _ in range(400)]
        assert kinds[:290] == ["private"] * 290
        assert "public" in kinds[300:]
        author.session.headers["X-Forwarded-For"] = "198.51.100.9"
        assert kind() == "private"


def test_a_month_of_many_articles_has_pages():
    with palabre.Server() as server:
        editor = server.moderator("edith")
        made = {editor.publish_article(f"Article numéro {i}", "Un paragraphe.") for i in range(103)}
        month = re.search(r"/archive/\d{4}-\d\d", server.get("/archive").text).group(0)
        page, seen = server.page(month), []
        while True:
            seen += [int(a.get("href").split("/")[2].split("-")[0]) for a in page.cssselect(".entry h2 a")]
            further = page.cssselect(".pager a[rel=next][href*=before]")
            if not further:
                break
            page = server.page(further[0].get("href"))
        assert len(seen) == len(made) and set(seen) == made
        assert page.cssselect(f'.pager a[href="{month}"]')
        assert server.get(month + "?before=x").status_code == 404
