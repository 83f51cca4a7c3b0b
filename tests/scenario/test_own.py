"""The author's page: times, what it waits for, history, export; what the moderator sees of an edit; oEmbed; forms sent twice."""

import lxml.html
import pytest

import palabre
from palabre import find_form, form_fields


@pytest.fixture(scope="module")
def article(server):
    return server.publish_article("Le marché", "Des paniers.")


@pytest.fixture(scope="module")
def maud(server):
    return server.moderator("maud")


def edit(reader, secret, **fields):
    path = f"/messages/{secret}"
    return reader.post(path, {**form_fields(find_form(reader.page(path), path)), **fields})


def test_an_edit_keeps_the_earlier_text_and_shows_what_changed(server, maud, article):
    reader = server.reader()
    sent = reader.send(article, name="Odile", text="Le marché ouvre à huit heures, je crois.")
    assert edit(reader, sent.secret, text="Le marché ouvre à neuf heures, <b>c'est sûr</b>.").status_code == 200
    case = maud.page(f"/moderation/comments/{sent.number}")
    shown = case.cssselect(".difference .as-typed")[0]
    assert [one.text_content() for one in shown.cssselect("del")] == ["huit", "je crois"]
    assert shown.cssselect("ins")[0].text_content() == "neuf"
    assert not shown.cssselect("b"), "what was typed is no markup"
    assert "c'est sûr" in shown.text_content()


def test_the_author_sees_when_and_takes_it_away(server, maud, article):
    reader = server.reader()
    sent = reader.send(article, name="Odile", text="Un premier texte, avec une faute.", email="odile@example.org")
    edit(reader, sent.secret, text="Un second texte, sans faute.")
    page = reader.page(f"/messages/{sent.secret}")
    assert "attend" in page.text_content() and page.cssselect("time[datetime]")
    maud.decide(sent.number, "reject:insult", reason="Un mot de trop.", note="Note privée.")
    exported = reader.get(f"/messages/{sent.secret}/export.json")
    assert exported.headers["Content-Type"] == "application/json"
    assert f'filename="message-{sent.number}.json"' in exported.headers["Content-Disposition"]
    assert exported.headers["Cache-Control"] == "no-store" or "private" in exported.headers["Cache-Control"]
    told = exported.json()
    assert told["number"] == sent.number and told["text"] == "Un second texte, sans faute."
    assert told["state"] == "rejected" and told["email"] == "odile@example.org"
    assert [one["text"] for one in told["revisions"]] == ["Un premier texte, avec une faute."]
    assert told["decisions"][0]["decision"] == "rejected" and told["decisions"][0]["at"]
    assert "Note privée" not in exported.text and "maud" not in exported.text
    text = reader.get(f"/messages/{sent.secret}/export.txt").text
    assert "Un second texte, sans faute." in text and "Un premier texte, avec une faute." in text
    assert "Note privée" not in text
    links = reader.page(f"/messages/{sent.secret}").cssselect("a[href*='/export.']")
    assert {link.get("href").rsplit(".", 1)[1] for link in links} == {"json", "txt"}
    reader.get(f"/messages/{sent.secret}/export.pdf", 404)
    reader.get("/messages/" + "A" * 32 + "/export.json", 404)


def test_a_new_article_sent_twice_is_one(server):
    edith = server.moderator("edith")
    path = "/moderation/articles/new"
    fields = {**form_fields(find_form(edith.page(path), path)), "headline": "Une fois", "body": "Un texte.", "action": "publish"}
    first = edith.post(path, fields)
    second = edith.post(path, fields)
    assert first.status_code == second.status_code == 200
    assert first.url == second.url
    headlines = [item["title"] for item in server.get("/feeds/articles.json").json()["items"]]
    assert headlines.count("Une fois") == 1
    changed = edith.post(path, {**fields, "body": "Une autre idée."})
    assert changed.status_code == 409
    page = lxml.html.fromstring(changed.content)
    assert "Une autre idée." in page.cssselect("textarea[name=body]")[0].value, "what was typed comes back"
    form = next(form for form in page.forms if form.get("id") == "form")
    assert form.get("action") == first.url.replace(server.url, "").split("?")[0]
    again = edith.post(form.get("action"), {**form_fields(form), "action": "save"})
    assert again.status_code == 200
    assert [item["title"] for item in server.get("/feeds/articles.json").json()["items"]].count("Une fois") == 1


def test_other_sites_can_show_an_address(server, maud, article):
    number = server.reader().send(article, name="Odile & fils", text="Un <b>avis</b> à montrer ailleurs.").number
    maud.decide(number, "publish")
    page = server.page(f"/articles/{article}")
    link = page.cssselect('link[type="application/json+oembed"]')[0].get("href")
    assert link.startswith(server.url)
    told = palabre.requests.get(link, timeout=120).json()
    assert told["version"] == "1.0" and told["type"] == "rich" and told["title"] == "Le marché"
    assert 0 < told["width"] <= 600 and told["height"] > 0
    fragment = lxml.html.fromstring(told["html"])
    assert fragment.tag == "blockquote" and fragment.cssselect("a[href]")[0].get("href").startswith(server.url)
    comment = server.get("/oembed", params={"url": f"{server.url}/comments/{number}", "maxwidth": "300"}).json()
    assert comment["author_name"] == "Odile & fils" and comment["width"] == 300
    assert "<b>" not in comment["html"] and "&lt;b&gt;" in comment["html"]
    for url in ("https://ailleurs.example/articles/1", f"{server.url}/moderation", f"{server.url}/comments/99999", ""):
        assert server.get("/oembed", params={"url": url}).status_code == 404, url
    assert server.get("/oembed", params={"url": f"{server.url}/comments/{number}", "format": "xml"}).status_code == 501
