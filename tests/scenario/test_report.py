"""Reporting a message or an article: the receipt, the desk's answer, and what is refused."""

import re
from urllib.parse import urlsplit

import lxml.html
import pytest

from palabre import find_form, form_fields


@pytest.fixture(scope="module")
def article(server):
    return server.publish_article("Les comptes", "Un paragraphe.")


@pytest.fixture(scope="module")
def maud(server):
    return server.moderator("maud")


def publish(server, maud, article, text):
    sent = server.reader().send(article, name="Léa", text=text)
    maud.decide(sent.number, "publish")
    return sent.number


def report(reader, path, **fields):
    form = find_form(reader.page(path), "/report")
    filled = {**form_fields(form), "rule": form.cssselect("input[name=rule]")[0].get("value"), **fields}
    return reader.post(path, filled)


def receipt_of(response):
    assert response.status_code == 200, response.text[:1500]
    path = urlsplit(response.url).path
    assert path.startswith("/reports/"), response.url
    return path


def test_a_message_is_reported_and_the_reporter_answered(server, maud, article):
    number = publish(server, maud, article, "Un message que l'on signale.")
    reader = server.reader()
    path = receipt_of(report(reader, f"/comments/{number}/report", text="Voyez la fin.", email="ana@example.org"))
    first = server.page(path)
    assert first.cssselect(".state.waiting") and re.search(r"n° \d+", first.cssselect("h1")[0].text_content())
    assert first.cssselect("meta[name=robots][content=noindex]")
    assert first.cssselect(f'a[href="/comments/{number}"]')
    desk = maud.page(f"/moderation/comments/{number}")
    assert "Voyez la fin." in desk.text_content() and "ana@example.org" in desk.text_content()
    form = find_form(desk, "/dismiss")
    maud.post(f"/moderation/comments/{number}/dismiss", {**form_fields(form), "answer": "Ce n'est qu'une opinion."})
    after = server.page(path)
    assert after.cssselect(".state.refused") and "Ce n'est qu'une opinion." in after.text_content()
    maud.post(f"/moderation/comments/{number}/undo", {"csrf": maud.csrf()})
    assert server.page(path).cssselect(".state.waiting")
    maud.decide(number, "remove", answer="Merci : nous l'avons retiré.", reason="Propos injurieux.")
    last = server.page(path)
    assert last.cssselect(".state.accepted") and "nous l'avons retiré" in last.text_content()
    assert "Propos injurieux" not in last.text_content(), "the reason is the author's"
    assert not last.cssselect(f'a[href="/comments/{number}"]')
    server.check()


def test_an_article_is_reported_and_answered_at_the_desk(server, maud, article):
    page = server.page(f"/articles/{article}")
    assert page.cssselect(f'a[href="/articles/{article}/report"][rel~=nofollow]')
    reader = server.reader()
    path = receipt_of(report(reader, f"/articles/{article}/report", rule="", text="Le chiffre est faux.", name="Ana"))
    queue = maud.page("/moderation?queue=reported")
    assert queue.cssselect('a[href="/moderation/reports"]')
    desk = maud.page("/moderation/reports")
    assert "Le chiffre est faux." in desk.text_content() and "Les comptes" in desk.text_content()
    form = next(form for form in desk.forms if "/moderation/reports/" in (form.get("action") or ""))
    action = form.get("action")
    too_long = maud.post(action, {**form_fields(form), "verdict": "upheld", "answer": "x" * 5000})
    assert too_long.status_code == 422
    kept = lxml.html.fromstring(too_long.content).cssselect("textarea[name=answer]")[0].value
    assert "x" * 5000 in kept, "what was typed comes back"
    done = maud.post(action, {**form_fields(form), "verdict": "upheld", "answer": "Corrigé, merci."})
    assert done.status_code == 200 and "Le chiffre est faux." not in done.text
    late = maud.post(action, {**form_fields(form), "verdict": "dismissed", "answer": "Trop tard."})
    assert late.status_code == 409 and "Trop tard." in late.text
    assert "Corrigé, merci." in server.page(path).text_content()
    assert server.page(path).cssselect(".state.accepted")
    server.check()


def test_the_same_form_twice_is_one_report_and_another_is_told(server, maud, article):
    number = publish(server, maud, article, "Encore un message à signaler.")
    reader = server.reader()
    form = find_form(reader.page(f"/comments/{number}/report"), "/report")
    fields = {**form_fields(form), "rule": form.cssselect("input[name=rule]")[0].get("value"), "text": "Deux fois."}
    paths = {receipt_of(reader.post(f"/comments/{number}/report", fields)) for _ in range(2)}
    assert len(paths) == 1
    again = report(reader, f"/comments/{number}/report", text="Autre chose encore.")
    assert again.status_code == 200 and "déjà signalé" in again.text
    assert not lxml.html.fromstring(again.content).cssselect("textarea")


def test_what_is_wrong_gives_the_words_back(server, maud, article):
    number = publish(server, maud, article, "Un dernier message à signaler.")
    reader = server.reader()
    for path in (f"/comments/{number}/report", f"/articles/{article}/report"):
        form = form_fields(find_form(reader.page(path), "/report"))
        form.pop("rule", None)
        for fields, status in (
            ({"text": "Sans règle."}, 422),
            ({"text": "Sans jeton.", "rule": "", "token": "1.x"}, 403),
            ({"text": "Pas une adresse.", "rule": "", "email": "ana"}, 422),
            ({"text": "Longue. " + "x" * 3000, "rule": ""}, 422),
        ):
            response = reader.post(path, {**form, **fields})
            assert response.status_code == status, (path, fields)
            assert fields["text"] in lxml.html.fromstring(response.content).cssselect("textarea[name=text]")[0].value
        assert reader.post(path, {**form, "rule": "", "text": " "}).status_code == 422, "something must be said"
    server.page("/articles/99999/report", 404)
    server.page("/comments/99999/report", 404)
    server.page("/reports/" + "A" * 43, 404)
