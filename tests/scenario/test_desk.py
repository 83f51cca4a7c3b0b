"""The desk: the queue, decisions one by one and several at once, two moderators, undo, edit, reports, journal, rights."""

import hashlib
import itertools
import json
import re
import time

import lxml.html
import pytest

import palabre
import store
from palabre import find_form, form_fields

counter = itertools.count(1)


@pytest.fixture(scope="module")
def article(server):
    return server.publish_article("Le lavoir", "L'eau est revenue.")


@pytest.fixture(scope="module")
def maud(server):
    return server.moderator("maud")


@pytest.fixture(scope="module")
def marc(server):
    return server.moderator("marc")


@pytest.fixture
def send(server, article):
    """Sends a message nobody has sent before; gives its number."""

    def send_one(name="Léa", text=None, **fields):
        sent = server.reader().send(article, name=name, text=text or f"Message de contrôle n° {next(counter)}.", **fields)
        assert sent.status == 200, sent.response.text[:1000]
        return sent.number

    return send_one


def page_of(response):
    return lxml.html.fromstring(response.content)


def notices(response):
    return " ".join(page_of(response).cssselect("#notices")[0].text_content().split())


def listed(moderator, query=""):
    page = moderator.page("/moderation" + query)
    return [int(line.get("data-number")) for line in page.cssselect(".line")]


def shown(response):
    case = page_of(response).cssselect(".case[data-case]")
    return int(case[0].get("data-case")) if case else None


def state_of(server, number):
    with server.database() as database:
        return database.execute("SELECT state, version FROM comment WHERE number = ?", (number,)).fetchone()


def database_text(server, number):
    with server.database() as database:
        return database.execute("SELECT text_source FROM comment WHERE number = ?", (number,)).fetchone()[0]


def forms_of(moderator, path, action):
    return form_fields(find_form(moderator.page(path), action))


def post_form(moderator, path, action, **fields):
    return moderator.post(action, {**forms_of(moderator, path, action), **fields})


def is_public(server, article, number):
    return f'id="comment-{number}"' in server.get(f"/articles/{article}").text


def test_the_desk_asks_to_sign_in(server):
    response = server.get("/moderation?queue=reported", allow_redirects=False)
    assert response.status_code == 303
    assert response.headers["Location"] == "/sign-in?next=%2Fmoderation%3Fqueue%3Dreported"
    for path in ("/moderation/comments/1", "/moderation/journal", "/moderation/journal.jsonl", "/moderation/sessions"):
        assert server.get(path, allow_redirects=False).status_code == 303
    assert server.reader().post("/moderation/decide", {"act": "publish"}, allow_redirects=False).status_code == 303


def test_a_message_is_decided_and_the_next_one_comes(server, article, maud, send):
    first, second = send(text="Premier de la file, avec *emphase*."), send()
    assert listed(maud)[-2:] == [first, second]
    page = maud.page(f"/moderation/comments/{first}")
    assert page.cssselect(".case .message-text em")[0].text == "emphase"
    assert page.cssselect(".acts button[value=publish] kbd")[0].text == "p"
    assert not is_public(server, article, first)
    response = maud.decide(first, "publish")
    assert response.status_code == 200 and f"#{first}" in notices(response)
    assert is_public(server, article, first), "the public page is renewed before the answer"
    assert shown(response) != first and first not in listed(maud)
    assert state_of(server, first)[0] == "published" and state_of(server, second)[0] == "pending"
    with server.database() as database:
        made = database.execute("SELECT id FROM decision WHERE comment_number = ?", (first,)).fetchone()[0]
    assert f"done={first}:{made}" in response.url, "the notice undoes that very decision"
    maud.decide(second, "spam")
    assert state_of(server, second)[0] == "spam" and second in listed(maud, "?queue=decided")


def test_undo_from_the_notice_and_from_the_message(server, article, maud, send):
    number = send()
    response = maud.decide(number, "publish")
    undo = form_fields(find_form(page_of(response), "/moderation/undo"))
    response = maud.post("/moderation/undo", undo)
    assert response.status_code == 200 and shown(response) == number
    assert state_of(server, number)[0] == "pending" and not is_public(server, article, number)
    assert "en attente" in notices(response)
    maud.decide(number, "publish")
    path = f"/moderation/comments/{number}"
    assert post_form(maud, path, path + "/undo").status_code == 200
    assert state_of(server, number)[0] == "pending"
    again = maud.post(path + "/undo", {"csrf": maud.csrf(), "decision": "1"})
    assert again.status_code == 409


def test_rejecting_names_a_rule_and_keeps_note_and_reason(server, maud, marc, send):
    number = send(text="Vous êtes tous des ânes.")
    page = maud.page(f"/moderation/comments/{number}")
    rules = [b.get("value") for b in page.cssselect(".by-rule button[data-rule]")]
    assert rules[-1] == "reject" and rules[0].startswith("reject:") and page.cssselect(".by-rule button")[0].get("data-rule") == "1"
    maud.decide(number, rules[1], note="Vu avec\r\nl'équipe.", reason="Restons courtois.")
    assert state_of(server, number)[0] == "rejected"
    page = marc.page(f"/moderation/comments/{number}")
    told = page.cssselect("#decisions-title")[0].getparent().text_content()
    assert "maud" in told.lower() and "Vu avec\nl'équipe." in told and "Restons courtois." in told
    with server.database() as database:
        rule, note = database.execute(
            "SELECT rule_code, note FROM decision WHERE comment_number = ? ORDER BY id DESC", (number,)
        ).fetchone()
    assert "reject:" + rule == rules[1] and note == "Vu avec\nl'équipe."
    unknown = maud.decide(send(), "reject:no-such-rule")
    assert unknown.status_code in (400, 422)
    assert maud.decide(send(), "destroy").status_code == 422
    assert maud.decide(send(), "withdraw").status_code == 422


def test_the_author_is_told_the_reason(server, article, maud):
    reader = server.reader()
    sent = reader.send(article, name="Pia", text="Un message qui sera refusé avec un motif.")
    maud.decide(sent.number, "reject", reason="Hors du sujet de l'article.")
    told = reader.page(f"/messages/{sent.secret}").text_content()
    with server.database() as database:
        gives_reasons = database.execute("SELECT gives_reasons FROM site").fetchone()[0]
    assert ("Hors du sujet" in told) == bool(gives_reasons)


def test_two_decisions_never_both_apply(server, maud, marc, send):
    number = send()
    form = forms_of(marc, f"/moderation/comments/{number}", f"/comments/{number}/decide")
    maud.decide(number, "publish")
    late = marc.post(
        f"/moderation/comments/{number}/decide", {**form, "act": "spam", "note": "ma note", "reason": "mon motif"}
    )
    assert late.status_code == 409
    assert state_of(server, number)[0] == "published"
    page = page_of(late)
    told = page.cssselect("#overtaken")[0].text_content()
    assert "maud" in told.lower() and f"#{number}" in told
    kept = form_fields(find_form(page, f"/comments/{number}/decide"))
    assert kept["note"].strip() == "ma note" and kept["reason"].strip() == "mon motif"
    assert form["version"] != kept["version"]
    late = marc.post(f"/moderation/comments/{number}/decide", {**kept, "act": "remove"})
    assert late.status_code == 200 and state_of(server, number)[0] == "removed"


def test_a_decision_that_names_no_version_decides_only_what_waits(server, maud, marc, send):
    number = send()
    bare = {"csrf": maud.csrf(), "act": "publish"}
    assert maud.post(f"/moderation/comments/{number}/decide", bare).status_code == 200
    assert state_of(server, number)[0] == "published"
    late = marc.post(f"/moderation/comments/{number}/decide", {"csrf": marc.csrf(), "act": "spam"})
    assert late.status_code == 409 and state_of(server, number)[0] == "published"


def test_an_undo_that_comes_too_late_is_told(server, maud, marc, send):
    number = send()
    path = f"/moderation/comments/{number}"
    maud.decide(number, "publish")
    undo = forms_of(maud, path, "/undo")
    marc.decide(number, "remove")
    late = maud.post(path + "/undo", undo)
    assert late.status_code == 409 and "marc" in page_of(late).cssselect("#overtaken")[0].text_content().lower()
    assert state_of(server, number)[0] == "removed"


def test_several_at_once_tell_what_was_done_and_what_was_not(server, article, maud, marc, send):
    numbers = [send() for _ in range(4)]
    form = forms_of(maud, "/moderation", "/moderation/decide")
    versions = {int(v.split(":")[0]): v for v in (
        box.get("value") for box in maud.page("/moderation").cssselect("input[name=numbers]"))}
    marc.decide(numbers[1], "spam")
    response = maud.post("/moderation/decide", {**form, "act": "publish", "numbers": [versions[n] for n in numbers]})
    assert response.status_code == 200
    assert [state_of(server, n)[0] for n in numbers] == ["published", "spam", "published", "published"]
    assert all(is_public(server, article, n) for n in numbers if n != numbers[1])
    told = notices(response)
    assert "3 messages" in told and f"#{numbers[1]}" in told and "marc" in told.lower()
    undo = page_of(response).cssselect("#notices form")[0]
    ids = [field.value for field in undo.cssselect("input[name=decision]")]
    assert len(ids) == 3
    maud.post("/moderation/undo", {"csrf": maud.csrf(), "decision": ids})
    assert [state_of(server, n)[0] for n in numbers] == ["pending", "spam", "pending", "pending"]
    nothing = maud.post("/moderation/decide", {**form, "act": "publish"})
    assert nothing.status_code == 200 and "coché" in notices(nothing)
    rejected = maud.post("/moderation/decide", {**form, "act": "reject", "rule": "no-such-rule", "numbers": [versions[numbers[0]]]})
    assert rejected.status_code in (400, 422) and state_of(server, numbers[0])[0] == "pending"


def test_a_message_named_twice_is_decided_once(server, maud, send):
    number, other = send(), send()
    version = state_of(server, number)[1]
    fields = {"csrf": maud.csrf(), "act": "publish", "numbers": [f"{number}:{version}", f"{other}:1", f"{number}:{version}"]}
    done = maud.post("/moderation/decide", fields)
    assert done.status_code == 200, done.text[:1000]
    assert [state_of(server, n)[0] for n in (number, other)] == ["published"] * 2
    with server.database() as database:
        count = "SELECT count(*) FROM decision WHERE comment_number = ? AND account_id IS NOT NULL"
        assert database.execute(count, (number,)).fetchone()[0] == 1
    assert "2" in notices(done) and "entre-temps" not in notices(done), notices(done)


def test_several_undone_pass_over_what_came_too_late(server, maud, marc, send):
    numbers = [send(), send()]
    form = forms_of(maud, "/moderation", "/moderation/decide")
    response = maud.post("/moderation/decide", {**form, "act": "spam", "numbers": [str(n) for n in numbers]})
    ids = [field.value for field in page_of(response).cssselect("#notices input[name=decision]")]
    marc.decide(numbers[0], "publish")
    response = maud.post("/moderation/undo", {"csrf": form["csrf"], "decision": ids})
    assert [state_of(server, n)[0] for n in numbers] == ["published", "pending"]
    assert "marc" in notices(response).lower() and f"#{numbers[0]}" in notices(response)


def test_a_made_up_notice_says_nothing(maud, send):
    number = send()
    response = maud.get(f"/moderation?done={number}:1.999999:5.x:y&late=999999.z")
    assert notices(response) == ""


def test_an_edit_is_marked_and_keeps_the_earlier_text(server, article, maud, send):
    number = send(name="Jo", text="Le maire est un âne. Le lavoir est beau.")
    path = f"/moderation/comments/{number}"
    maud.decide(number, "publish")
    form = forms_of(maud, path + "/edit", path + "/edit")
    empty = maud.post(path + "/edit", {**form, "text": ""})
    assert empty.status_code == 422 and page_of(empty).cssselect("#field-text[aria-invalid]")
    done = maud.post(path + "/edit", {**form, "text": "[…] Le lavoir est beau.", "note": "injure ôtée"})
    assert done.status_code == 200 and shown(done) == number and f"#{number}" in notices(done)
    public = page_of(server.get(f"/articles/{article}")).cssselect(f"#comment-{number}")[0]
    assert "Le lavoir est beau." in public.text_content() and "âne" not in public.text_content()
    assert public.cssselect(".edited"), "readers see that it was edited"
    assert "Le maire est un âne." in maud.page(path).cssselect("#revisions-title")[0].getparent().text_content()
    late = maud.post(path + "/edit", {**form, "text": "Autre chose, trop tard."})
    assert late.status_code == 409
    assert form_fields(find_form(page_of(late), "/edit"))["text"].strip() == "Autre chose, trop tard."
    post_form(maud, path, path + "/undo")
    public = page_of(server.get(f"/articles/{article}")).cssselect(f"#comment-{number}")[0]
    assert "Le maire est un âne." in public.text_content()


def report(server, number, text):
    reader = server.reader()
    form = find_form(reader.page(f"/comments/{number}/report"), "/report")
    rule = [option.get("value") for option in form.cssselect("option[value], input[name=rule]") if option.get("value")]
    return reader.post(f"/comments/{number}/report", {**form_fields(form), "rule": rule[0], "text": text, "name": "Sam"})


def test_reports_are_a_queue_of_their_own(server, maud, send):
    kept, removed = send(), send()
    for number in (kept, removed):
        maud.decide(number, "publish")
        assert "/reports/" in report(server, number, f"Je signale {number}.").url
    assert set(listed(maud, "?queue=reported")) == {kept, removed}
    path = f"/moderation/comments/{kept}"
    page = maud.page(path + "?queue=reported")
    assert f"Je signale {kept}." in page.text_content() and "Sam" in page.text_content()
    response = post_form(maud, path + "?queue=reported", path + "/dismiss")
    assert response.status_code == 200 and shown(response) == removed
    assert state_of(server, kept)[0] == "published" and listed(maud, "?queue=reported") == [removed]
    assert maud.post(path + "/dismiss", {"csrf": maud.csrf()}).status_code == 409
    maud.post("/moderation/undo", form_fields(find_form(page_of(response), "/moderation/undo")))
    assert set(listed(maud, "?queue=reported")) == {kept, removed}, "the undone dismissal opens the reports again"
    post_form(maud, path + "?queue=reported", path + "/dismiss")
    page = maud.page("/moderation?queue=reported")
    form, box = form_fields(find_form(page, "/moderation/decide")), page.cssselect("input[name=numbers]")[0]
    maud.post("/moderation/decide", {**form, "act": "remove", "numbers": box.get("value")})
    assert state_of(server, removed)[0] == "removed" and listed(maud, "?queue=reported") == []


def test_the_queue_of_one_article(server, maud, send):
    other = server.publish_article("Un autre article", "Texte.")
    here = send()
    there = server.reader().send(other, name="Ida", text="Sous un autre article.").number
    assert listed(maud, f"?article={other}") == [there]
    page = maud.page(f"/moderation?article={other}")
    assert "Un autre article" in page.cssselect(".queue-only")[0].text_content()
    response = maud.post(
        f"/moderation/comments/{there}/decide",
        {**forms_of(maud, f"/moderation/comments/{there}?article={other}", f"/comments/{there}/decide"), "act": "publish"},
    )
    assert f"article={other}" in response.url and shown(response) is None
    assert here in listed(maud)


def test_long_queues_go_by_pages(server, maud):
    article = server.publish_article("Une longue file", "Texte.")
    numbers = [server.reader().send(article, name="Max", text=f"Longue file, message {i}.").number for i in range(45)]
    first = maud.page(f"/moderation?article={article}")
    listed_first = [int(line.get("data-number")) for line in first.cssselect(".line")]
    more = first.cssselect(".queue-more a")[-1].get("href")
    listed_second = [int(line.get("data-number")) for line in maud.page(more).cssselect(".line")]
    assert listed_first + listed_second == numbers
    middle = maud.page(f"/moderation/comments/{numbers[42]}?article={article}")
    assert [int(line.get("data-number")) for line in middle.cssselect(".line")] == numbers[42:]
    maud.post("/moderation/decide", {"csrf": maud.csrf(), "act": "spam", "numbers": [str(n) for n in numbers], "article": article})
    assert listed(maud, f"?article={article}") == []


def test_the_thread_stands_around_the_message(server, article, maud, send):
    root = send(name="Racine", text="La racine du fil.")
    maud.decide(root, "publish")
    reply = server.reader().send(article, reply_to=root, name="Réponse", text="Une réponse en attente.").number
    page = maud.page(f"/moderation/comments/{reply}")
    thread = page.cssselect(".standing")
    assert len(thread) == 2 and "La racine du fil." in thread[0].text_content()
    assert thread[1].get("aria-current") == "true"
    assert "La racine du fil." in page.cssselect(".case-answered")[0].text_content()
    maud.decide(reply, "publish")
    assert is_public(server, article, reply)


def test_the_authors_history_is_folded_beside(server, article, maud):
    reader = server.reader()
    first = reader.send(article, name="Ana", text="Première fois ici, bonjour à tous.").number
    maud.decide(first, "publish")
    second = reader.send(article, name="Ana", text="Deuxième message de la même main.").number
    history = maud.page(f"/moderation/comments/{second}").cssselect("#author-title")[0].getparent()
    assert "un publié" in history.text_content() and "Première fois ici" in history.text_content()
    assert history.cssselect("details:not([open])")


def test_what_the_checks_saw_is_said_in_words(maud, send):
    number = send(text="TOUT EST ÉCRIT EN CAPITALES DANS CE MESSAGE, ET LES VOISINS DORMENT.")
    page = maud.page(f"/moderation/comments/{number}")
    assert "presque tout en capitales" in page.cssselect(".case-checks")[0].text_content()


def test_colleagues_see_what_is_open(server, maud, marc, send):
    numbers = [send(), send()]
    maud.get(f"/moderation/comments/{numbers[0]}")
    page = marc.page("/moderation")
    mark = page.cssselect(f'.line [data-open="{numbers[0]}"]')[0]
    assert mark.get("hidden") is None and "maud" in mark.text_content().lower()
    version = state_of(server, numbers[0])[1]
    news = marc.get(f"/moderation/presence?comment={numbers[1]}&version={version}").json()
    opened = {one["number"]: one["text"].lower() for one in news["open"]}
    assert "maud" in opened[numbers[0]] and numbers[1] not in opened, "others' only, one each"
    assert "text" not in news["message"]
    assert any(one["number"] == numbers[1] for one in maud.get("/moderation/presence").json()["open"])
    maud.session.get(maud.url(f"/moderation/comments/{numbers[1]}"), headers={"X-Prefetch": "1"})
    assert not any(one["number"] == numbers[1] for one in marc.get("/moderation/presence").json()["open"])
    maud.decide(numbers[1], "publish")
    news = marc.get(f"/moderation/presence?comment={numbers[1]}&version={version}").json()
    assert "maud" in news["message"]["text"].lower()


def test_the_desk_does_not_lead_two_moderators_to_one_message(server, maud, marc):
    article = server.publish_article("Deux modérateurs", "Texte.")
    numbers = [server.reader().send(article, name="Bo", text=f"Partagé, message {i}.").number for i in range(3)]
    assert shown(maud.get(f"/moderation?article={article}")) == numbers[0]
    assert shown(marc.get(f"/moderation?article={article}")) == numbers[1]
    form = forms_of(maud, f"/moderation/comments/{numbers[0]}?article={article}", f"/comments/{numbers[0]}/decide")
    response = maud.post(f"/moderation/comments/{numbers[0]}/decide", {**form, "act": "publish"})
    assert shown(response) == numbers[2]


def test_the_journal_can_be_verified_outside(server, maud, send):
    number = send()
    maud.decide(number, "publish")
    response = maud.get("/moderation/journal.jsonl")
    assert response.headers["Content-Disposition"].startswith("attachment")
    rows = [json.loads(line) for line in response.text.splitlines()]
    heads, sequences = {}, {}
    for row in rows:
        fields = [row["chain"], row["sequence"], row["at"], row["actor"], row["act"], row["subject"], row["data"]]
        parts = b"".join(b"%d:%s" % (len(text), text) for text in (str(field).encode() for field in fields))
        previous = heads.get(row["chain"], bytes(32))
        heads[row["chain"]] = hashlib.sha256(previous + parts).digest()
        assert heads[row["chain"]].hex() == row["hash"], row
        sequences[row["chain"]] = sequences.get(row["chain"], 0) + 1
        assert row["sequence"] == sequences[row["chain"]]
    published = [row for row in rows if row["subject"] == f"comment:{number}" and row["act"] == "comment.publish"]
    assert len(published) == 1 and published[0]["actor"].startswith("account:")
    text = hashlib.sha256(database_text(server, number).encode()).hexdigest()
    assert text in published[0]["data"], "who approved which exact text"
    with server.database() as database:
        assert len(rows) <= database.execute("SELECT count(*) FROM journal").fetchone()[0]
    last = [json.loads(line) for line in maud.get(f"/moderation/journal.jsonl?after={rows[-3]['id']}").text.splitlines()]
    assert [row["id"] for row in last][:2] == [row["id"] for row in rows[-2:]]


def test_the_journal_is_read_by_subject(maud, send):
    number = send()
    maud.decide(number, "publish")
    link = maud.page(f"/moderation/comments/{number}").cssselect("a[href*='/moderation/journal']")[-1].get("href")
    page = maud.page(link)
    assert len(page.cssselect("tbody tr")) == 2 and "message publié" in page.text_content()
    assert "tbody" not in maud.get("/moderation/journal?subject=%3Cscript%3E").text
    everything = maud.page("/moderation/journal")
    assert len(everything.cssselect("tbody tr")) == 50
    older = maud.page([a.get("href") for a in everything.cssselect("main a.button") if "before=" in a.get("href")][0])
    assert older.cssselect("tbody tr")[0].text_content() != everything.cssselect("tbody tr")[0].text_content()


def test_what_an_author_has_withdrawn_stays_withdrawn(server, article, maud):
    reader = server.reader()
    sent = reader.send(article, name="Uma", text="Je vais reprendre ce message.")
    form = forms_of(maud, f"/moderation/comments/{sent.number}", f"/comments/{sent.number}/decide")
    withdraw = find_form(reader.page(f"/messages/{sent.secret}"), "/withdraw")
    assert reader.post(f"/messages/{sent.secret}/withdraw", form_fields(withdraw)).status_code == 200
    late = maud.post(f"/moderation/comments/{sent.number}/decide", {**form, "act": "publish"})
    assert late.status_code == 409 and state_of(server, sent.number)[0] == "withdrawn"
    page = page_of(late)
    assert not page.cssselect(".acts button[value=publish]") and not page.cssselect(".acts a[data-key=e]")
    assert maud.session.get(maud.url(f"/moderation/comments/{sent.number}/edit")).status_code == 404


def test_unknown_messages(maud):
    for path in ("/moderation/comments/999999", "/moderation/comments/999999/edit", "/moderation?after=999999"):
        maud.get(path, status=404)
    assert maud.post("/moderation/comments/999999/decide", {"csrf": maud.csrf(), "act": "publish"}).status_code == 404
    maud.get("/moderation/comments/0", status=404)


def test_forms_carry_the_sessions_token(server, maud, marc, send):
    number = send()
    form = forms_of(maud, f"/moderation/comments/{number}", f"/comments/{number}/decide")
    for csrf in ("", "x" * len(form["csrf"]), marc.csrf()):
        refused = maud.post(f"/moderation/comments/{number}/decide", {**form, "csrf": csrf, "act": "publish"})
        assert refused.status_code == 403
    foreign = maud.session.post(
        maud.url(f"/moderation/comments/{number}/decide"), data={**form, "act": "publish"}, headers={"Origin": "https://evil.example"}
    )
    assert foreign.status_code == 403 and state_of(server, number)[0] == "pending"


def test_rights_by_role(server):
    everyone = ("/moderation", "/moderation/journal", "/moderation/journal.jsonl", "/moderation/sessions")
    for name, articles, accounts in (("maud", 403, 403), ("edith", 200, 403), ("admin", 200, 200)):
        person = server.moderator(name)
        for path in everyone:
            person.get(path)
        assert person.session.get(person.url("/moderation/articles")).status_code == articles
        found = person.session.get(person.url("/moderation/accounts")).status_code
        assert found in (accounts, 404)
        links = {a.get("href") for a in person.page("/moderation").cssselect(".desk-bar nav a")}
        assert ("/moderation/articles" in links) == (articles == 200)
        assert ("/moderation/accounts" in links) == (accounts == 200)


def test_sessions_are_listed_and_ended(server):
    here, there = server.moderator("marc"), server.moderator("marc")
    page = here.page("/moderation/sessions")
    assert len(page.cssselect(".sessions li")) >= 2
    ended = here.post("/moderation/sessions/close", {"csrf": here.csrf("/moderation/sessions"), "session": "others"})
    assert ended.status_code == 200 and "terminée" in notices(ended)
    assert len(page_of(ended).cssselect(".sessions li")) == 1
    assert there.session.get(there.url("/moderation"), allow_redirects=False).status_code == 303
    gone = here.post("/moderation/sessions/close", {"csrf": here.csrf("/moderation/sessions"), "session": "999999"})
    assert "déjà" in notices(gone)
    current = page_of(gone).cssselect(".sessions button")[0].get("value")
    out = here.post("/moderation/sessions/close", {"csrf": here.csrf("/moderation/sessions"), "session": current})
    assert "/sign-in" in out.url
    assert here.session.get(here.url("/moderation"), allow_redirects=False).status_code == 303


def test_a_session_tells_when_it_was_last_used():
    with palabre.Server(accounts=palabre.Server.ACCOUNTS[2:3]) as server:
        maud, there = server.moderator(), server.moderator()
        server.process.stop()
        with store.connect(server.data, writes=True) as database:  # two hours and one minute have passed
            database.execute("UPDATE session SET last_seen_at = last_seen_at - 7200000 WHERE id = 1")
            database.execute("UPDATE session SET last_seen_at = last_seen_at - 60000 WHERE id = 2")
        before = dict(database.execute("SELECT id, last_seen_at FROM session"))
        database.close()
        server.start()

        def seen():
            with server.database() as looked_at:
                return dict(looked_at.execute("SELECT id, last_seen_at FROM session"))

        for reader in (maud, there):
            for _ in range(3):
                reader.page("/moderation")
        deadline = time.monotonic() + 120
        while seen()[1] == before[1] and time.monotonic() < deadline:
            time.sleep(0.05)
        assert before[1] + 7200000 <= seen()[1] <= time.time() * 1000
        assert seen()[2] == before[2]  # within five minutes nothing is written
        server.check()


def test_the_desk_speaks_the_language_of_its_account(server):
    person = server.moderator("edith")
    assert person.page("/moderation").get("lang") == "fr"
    form = {"csrf": person.csrf(), "language": "en", "next": "/moderation/journal"}
    response = person.post("/moderation/language", form)
    assert response.url.endswith("/moderation/journal") and page_of(response).get("lang") == "en"
    assert person.post("/moderation/language", {**form, "language": "xx"}).status_code == 422
    back = person.post("/moderation/language", {**form, "language": "fr", "next": "//evil.example/"})
    assert back.url.startswith(server.url + "/moderation") and page_of(back).get("lang") == "fr"


def test_an_empty_queue_is_calm():
    with palabre.Server() as server:
        page = server.moderator().page("/moderation")
        assert page.cssselect(".nothing") and not page.cssselect(".acts")
        assert not re.search(r"\{\{|\(null\)", lxml.html.tostring(page, encoding="unicode"))


def test_the_database_is_whole_afterwards(server):
    server.process.stop()
    server.check()
    server.start()
