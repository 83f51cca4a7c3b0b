"""Against abuse: words looked for, texts nearly the same, links, floods, bans, proofs of work; each told to the moderator
in words, in French and in English, and whoever is refused keeps the text."""

import base64
import hashlib
import itertools
import json
import re
import time
from urllib.parse import unquote

import lxml.html
import pytest
import requests

import palabre
import store
from palabre import find_form, form_fields

counter = itertools.count(1)
STORY = (
    "Le conseil municipal a voté hier soir la réfection complète du vieux lavoir, "
    "dont les travaux dureront tout l'automne selon la mairie. "
)


@pytest.fixture(scope="module")
def server():
    with palabre.Server(settings={"proof_wait": 3}) as running:
        yield running


@pytest.fixture(scope="module")
def admin(server):
    return server.moderator("admin")


@pytest.fixture
def article(server):
    return server.publish_article(f"Le lavoir {next(counter)}", "L'eau est revenue.")


@pytest.fixture
def open_article(server):
    return server.publish_article(f"La place {next(counter)}", "On y parle.", moderation="post")


def add_words(admin, patterns, action="note", kind="word", **fields):
    form = form_fields(find_form(admin.page("/moderation/words"), "/moderation/words#add"))
    return admin.post("/moderation/words", {**form, "kind": kind, "patterns": patterns, "action": action, **fields})


def set_options(admin, **options):
    form = form_fields(find_form(admin.page("/moderation/site"), "/moderation/site"))
    names = {name: f"option_{name}" if f"option_{name}" in form else name for name in options}
    for name in names.values():
        assert name in form, sorted(form)
    response = admin.post("/moderation/site", {**form, **{names[k]: str(v) for k, v in options.items()}})
    assert "done=saved" in response.url, response.text[:3000]


def in_language(moderator, language):
    moderator.post("/moderation/language", {"csrf": moderator.csrf(), "language": language, "next": "/moderation"})


def checks(moderator, number):
    moderator.server.wait_until_read()
    page = moderator.page(f"/moderation/comments/{number}")
    return [" ".join(li.text_content().split()).replace("\u202f", " ").replace("\xa0", " ") for li in page.cssselect(".case-checks li")]


def told(server, number, french, english):
    """The finding stands on the message's page, in both languages."""
    maud = server.moderator("maud")
    for language, words in (("fr", french), ("en", english)):
        in_language(maud, language)
        said = checks(maud, number)
        assert any(words in one for one in said), (words, said)


def kept_text(response, text):
    """What was typed is in the form that came back."""
    page = lxml.html.fromstring(response.content)
    assert page.cssselect("#field-text")[0].text_content().strip() == text


def test_a_listed_word_is_told_and_marked_through_its_disguise(server, admin, article):
    assert "1 entrée ajoutée" in add_words(admin, "malandrin*\n", rule="insult").text.replace("\xa0", " ")
    sent = server.reader().send(article, name="Léa", text="Ce maire est un m4l@ndr1n, et ses amis des malandrins.")
    told(server, sent.number, "« m4l@ndr1n » : « malandrin* » dans la liste", "“m4l@ndr1n”: “malandrin*” on the list")
    page = server.moderator("maud").page(f"/moderation/comments/{sent.number}")
    assert [m.text_content() for m in page.cssselect(".message-text mark")] == ["m4l@ndr1n", "malandrins"]


def test_words_inside_others_are_left_alone(server, admin, article):
    add_words(admin, "con")
    sent = server.reader().send(article, name="Léa", text="Le second concours du conseil, au balcon de Scunthorpe.")
    assert not any("liste" in one for one in checks(server.moderator(), sent.number))


def test_a_word_in_the_pseudonym_is_told_where(server, admin, article):
    add_words(admin, "vilainmot")
    sent = server.reader().send(article, name="Vilain Mot vilainmot", text="Un message honnête, celui-ci.")
    told(server, sent.number, "dans le pseudonyme", "in the pseudonym")


def test_a_word_that_is_refused_is_told_to_its_author_and_the_text_is_kept(server, admin, open_article):
    add_words(admin, "interdit absolu", "refuse")
    reader = server.reader()
    text = "Ceci est i n t e r d i t absolu ici."
    for action in ("preview", "send"):
        response = reader.post_message(open_article, action, name="Léa", text=text)
        assert response.status_code == 422
        assert "«\u202fi n t e r d i t absolu\u202f»" in response.text
        kept_text(response, text)


def test_a_word_may_hold_a_message_under_post_moderation_and_mark_spam(server, admin, open_article):
    add_words(admin, "lisezmoi", "hold")
    add_words(admin, "casinogagnant", "spam")
    usual = server.reader().send(open_article, name="Léa", text="Rien de particulier à signaler ici.")
    held = server.reader().send(open_article, name="Léa", text="Voici : l i s e z m o i avant tous.")
    spam = server.reader().send(open_article, name="Léo", text="Le c@sinogagnant vous attend ce soir.")
    page = server.get(f"/articles/{open_article}").text
    assert "Rien de particulier" in page and "avant tous" not in page and "vous attend" not in page
    states = dict(server.database().execute("SELECT number, state FROM comment"))
    assert [states[sent.number] for sent in (usual, held, spam)] == ["published", "pending", "spam"]
    server.check()


def test_an_edit_does_not_slip_in_what_would_have_been_held(server, admin, open_article):
    add_words(admin, "plustard", "hold")
    reader = server.reader()
    sent = reader.send(open_article, name="Léa", text="Un message tout à fait convenable.")
    form = form_fields(find_form(reader.page(f"/messages/{sent.secret}"), f"/messages/{sent.secret}"))
    response = reader.post(f"/messages/{sent.secret}", {**form, "text": "Un message plustard convenable."})
    assert response.status_code == 422
    kept_text(response, "Un message plustard convenable.")
    assert "plustard" not in server.get(f"/articles/{open_article}").text


def test_a_list_for_one_language_leaves_the_other_alone(server, admin):
    add_words(admin, "chat", language="en")
    french = server.publish_article("Un animal", "Texte.", language="fr")
    sent = server.reader().send(french, name="Léa", text="Mon chat dort sur le muret.")
    assert not any("chat" in one for one in checks(server.moderator(), sent.number))


def test_an_expression_is_found_and_a_mistake_is_shown_beside_the_field(server, admin, article):
    response = add_words(admin, "gagnez \\d+ euros\nab(c\nbien", kind="expression")
    assert response.status_code == 422
    wrong = lxml.html.fromstring(response.content).cssselect("#wrong-patterns")[0].text_content()
    assert "ab(c" in wrong and "5" in wrong and "parenthesis" in wrong
    kept = lxml.html.fromstring(response.content).cssselect("#field-patterns")[0].text_content()
    assert kept.strip().splitlines() == ["gagnez \\d+ euros", "ab(c", "bien"]
    assert add_words(admin, "gagnez \\d+ euros", kind="expression").status_code == 200
    sent = server.reader().send(article, name="Léa", text="GAGNEZ 500 Euros dès demain matin !")
    told(server, sent.number, "« GAGNEZ 500 Euros » : une expression", "“GAGNEZ 500 Euros”: an expression")


def test_an_expression_that_takes_too_long_is_reported_and_passed_over(server, admin, article):
    add_words(admin, "(z+z+)+[xy]", kind="expression")
    sent = server.reader().send(article, name="Léa", text="Dors bien : " + "z" * 300 + "!")
    assert sent.status == 200
    row = [li for li in admin.page("/moderation/words?q=(z").cssselect(".words-listed li") if "(z+z+)" in li.text_content()][0]
    assert "A pris trop de temps" in row.text_content()
    entry = row.cssselect("a")[0].get("href")
    assert "laissée de côté" in admin.page(entry).text_content()
    again = server.reader().send(article, name="Léa", text="Encore : " + "z" * 300 + "x")
    assert not any("expression" in one for one in checks(server.moderator(), again.number))  # nor in English
    form = form_fields(find_form(admin.page(entry), entry))
    assert "done=saved" in admin.post(entry, {**form, "pattern": "z{10,}[xy]", "do": "save"}).url
    assert "A pris trop de temps" not in admin.page("/moderation/words?q=z{10").text_content()
    third = server.reader().send(article, name="Léa", text="Une fois de plus : " + "z" * 300 + "x")
    told(server, third.number, "x » : une expression", "x”: an expression")


def test_the_list_can_be_tried_changed_and_shortened(server, admin, article):
    add_words(admin, "essayons")
    form = form_fields(find_form(admin.page("/moderation/words"), "/moderation/words/try#result"))
    page = lxml.html.fromstring(admin.post("/moderation/words/try", {**form, "text": "<b>E.s.s.a.y.o.n.s</b> donc"}).content)
    assert page.cssselect("#result mark")[0].text_content() == "E.s.s.a.y.o.n.s"
    assert "<b>" in page.cssselect("#result p")[0].text_content()
    entry = page.cssselect("#result a")[0].get("href")
    form = form_fields(find_form(admin.page(entry), entry))
    tried = admin.post(entry, {**form, "pattern": "essayer", "do": "try", "try": "3ssayer"})
    assert lxml.html.fromstring(tried.content).cssselect("#result mark")[0].text_content() == "3ssayer"
    assert admin.post(entry, {**form, "pattern": "a", "do": "save"}).status_code == 422
    assert "done=removed" in admin.post(entry, {**form, "do": "remove"}).url
    sent = server.reader().send(article, name="Léa", text="Essayons donc encore une fois.")
    assert not any("essayons" in one.lower() for one in checks(server.moderator(), sent.number))
    known = add_words(admin, "encore là\nencore là")
    assert "added=1&known=1" in known.url
    journal = server.database().execute("SELECT act FROM journal WHERE act LIKE 'watch.%'").fetchall()
    assert {"watch.add", "watch.remove"} <= {act for (act,) in journal}


def test_only_administrators_keep_the_list(server):
    maud = server.moderator("maud")
    assert maud.session.get(maud.url("/moderation/words"), timeout=120).status_code == 403
    assert maud.post("/moderation/words", {"csrf": maud.csrf(), "patterns": "x"}).status_code == 403


def test_nearly_the_same_text_is_told_with_the_others(server, article):
    other = server.publish_article("Ailleurs", "Texte.")
    first = server.reader().send(article, name="Ana", text=STORY + "Qu'en pensez-vous ?")
    second = server.reader().send(other, name="Bob", text=STORY.upper().replace("E", "3") + "Et vous ?")
    third = server.reader().send(article, name="Cléo", text=STORY.replace("hier", "avant-hier") + "Qu’en dites-vous ?")
    maud = server.moderator("maud")
    in_language(maud, "fr")
    said = [one for one in checks(maud, third.number) if one.startswith("presque le même texte")]
    assert said and "2 auteurs" in said[0]
    assert f"#{first.number}" in said[0] and f"#{second.number}" in said[0]
    told(server, second.number, "presque le même texte, d’un seul auteur", "nearly the same text, by one author")
    unlike = server.reader().send(article, name="Dan", text="Tout autre chose : la fanfare jouera dimanche sur la place, à midi.")
    assert not any("presque" in one for one in checks(maud, unlike.number))


def test_likeness_survives_a_restart_and_follows_an_edit():
    with palabre.Server() as own:
        article = own.publish_article()
        reader = own.reader()
        sent = reader.send(article, name="Ana", text="Un premier jet sans rapport avec quoi que ce soit d'autre ici.")
        form = form_fields(find_form(reader.page(f"/messages/{sent.secret}"), f"/messages/{sent.secret}"))
        assert reader.post(f"/messages/{sent.secret}", {**form, "text": STORY}).status_code == 200
        own.restart()
        again = own.reader().send(article, name="Bob", text=STORY + "Non ?")
        assert any(f"#{sent.number}" in one for one in checks(own.moderator(), again.number))


def test_what_is_put_off_is_done_once_whatever_ends_in_between():
    with palabre.Server() as own:
        article = own.publish_article()
        numbers = []
        for n in range(6):
            numbers.append(own.reader().send(article, name=f"Ana {n}", text=STORY + f"Et {n} ?").number)
            own.process.kill()
            own.start()
        own.wait_until_read()
        with own.database() as database:
            for at, number in enumerate(numbers):
                found = json.loads(database.execute("SELECT checks FROM comment WHERE number = ?", (number,)).fetchone()[0])
                similar = [one for one in found if one["check"] == "similar"]
                assert [one["comments"] for one in similar] == ([numbers[:at][::-1]] if at else []), (number, found)
                keys = database.execute("SELECT count(*) FROM comment_likeness WHERE comment_number = ?", (number,))
                assert keys.fetchone()[0] == 4
        own.check()


def test_an_edit_is_compared_by_its_own_text_and_told_once():
    with palabre.Server() as own:
        article = own.publish_article()
        first = own.reader().send(article, name="Ana", text=STORY + "Non ?")
        reader = own.reader()
        sent = reader.send(article, name="Bob", text=STORY + "Si !")
        maud = own.moderator()
        assert len([one for one in checks(maud, sent.number) if f"#{first.number}" in one]) == 1
        page = f"/messages/{sent.secret}"
        form = form_fields(find_form(reader.page(page), page))
        assert reader.post(page, {**form, "text": STORY.upper()}).status_code == 200
        assert len([one for one in checks(maud, sent.number) if f"#{first.number}" in one]) == 1
        form = form_fields(find_form(reader.page(page), page))
        other = "Tout autre chose : la fanfare jouera dimanche sur la place, à midi."
        assert reader.post(page, {**form, "text": other}).status_code == 200
        assert not any(f"#{first.number}" in one for one in checks(maud, sent.number))


def export(path, texts):
    comments = "".join(f"""<wp:comment><wp:comment_id>{i + 1000}</wp:comment_id><wp:comment_author>Ana</wp:comment_author>
<wp:comment_date_gmt>2020-02-03 05:00:00</wp:comment_date_gmt><wp:comment_content><![CDATA[{text}]]></wp:comment_content>
<wp:comment_approved>1</wp:comment_approved></wp:comment>""" for i, text in enumerate(texts))
    path.write_text(f"""<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Le blog</title><wp:base_blog_url>https://blog.example.org</wp:base_blog_url><item><title>Billet</title>
<content:encoded>Un.</content:encoded><wp:post_id>1</wp:post_id><wp:post_date_gmt>2020-02-03 04:05:06</wp:post_date_gmt>
<wp:status>publish</wp:status><wp:post_type>post</wp:post_type>{comments}</item></channel></rss>""", encoding="utf-8")


def test_what_was_imported_or_is_older_than_the_keys_is_found_too(tmp_path):
    with palabre.Server() as own:
        article = own.publish_article()
        older = own.reader().send(article, name="Zoé", text=STORY.replace("hier soir", "ce matin"))
        own.process.stop()
        with store.connect(own.data, writes=True) as database:  # as a version before it left it
            database.execute("DELETE FROM comment_likeness")
            database.execute("UPDATE comment SET likeness = NULL")
            database.execute("UPDATE search_progress SET next_like = 1")
        others = [f"Message {i} : la fanfare numéro {i} jouera le {i} du mois sur la place du marché." for i in range(70)]
        export(tmp_path / "export.xml", [*others, STORY])
        done = palabre.run("import", "wordpress", str(tmp_path / "export.xml"), "--data", own.data, env=palabre.environment())
        assert done.returncode == 0, done.stderr
        own.start()
        own.wait_until_none("SELECT next_like FROM search_progress", "the messages are not given their keys")
        again = own.reader().send(article, name="Bob", text=STORY + "Non ?")
        said = " ".join(checks(own.moderator(), again.number))
        assert "#1070" in said and f"#{older.number}" in said, said
        with own.database() as database:
            assert database.execute("SELECT count(*) FROM comment WHERE likeness IS NULL").fetchone()[0] == 0
        own.check()


def test_a_restart_forgives_no_flood():
    with palabre.Server() as own:
        article = own.publish_article()
        reader = own.reader()
        for n in range(6):
            reader.send(article, name="Ana", text=f"Message de passage, le {n} de la série.")
        own.restart()
        reader.server = own
        sent = reader.send(article, name="Ana", text="Et celui qui vient après l'arrêt.")
        assert any("7 messages du même appareil" in one for one in checks(own.moderator(), sent.number))
        sent = reader.send(article, name="Ana", text="Puis un autre encore, compté une fois.")
        assert any("8 messages du même appareil" in one for one in checks(own.moderator(), sent.number))


def test_links_in_a_first_message_are_held_and_too_many_refused(server, admin, open_article):
    reader = server.reader()
    first = reader.send(open_article, name="Zoé", text="Voyez https://exemple.org/a pour en savoir plus.")
    told(server, first.number, "1 lien dans un premier message", "one link in a first message")
    assert "exemple.org/a" not in server.get(f"/articles/{open_article}").text
    server.moderator().decide(first.number, "publish")
    second = reader.send(open_article, name="Zoé", text="Et aussi https://exemple.org/b pour finir.")
    assert f"comment-{second.number}" in server.get(f"/articles/{open_article}").text
    text = "\n\n".join(f"https://exemple.org/{n}" for n in range(11))
    response = reader.post_message(open_article, "send", name="Zoé", text=text)
    assert response.status_code == 422 and "Au plus 10 liens" in response.text.replace("\xa0", " ").replace("\u202f", " ")
    kept_text(response, text)


class Elsewhere(palabre.Reader):
    """A reader from an address of its own, as a proxy says."""

    def __init__(self, server, address):
        super().__init__(server)
        self.session.headers["X-Forwarded-For"] = address


def test_a_flood_from_a_network_or_a_device_is_told_and_held(server, open_article):
    for n in range(12):
        sent = Elsewhere(server, f"198.51.100.{n}").send(open_article, name="Un", text=f"Message du quartier nord {n}")
        assert f"comment-{sent.number}" in server.get(f"/articles/{open_article}").text
    sent = Elsewhere(server, "198.51.100.200").send(open_article, name="Un", text="Message du quartier nord encore")
    told(server, sent.number, "13 messages du même réseau en 10 minutes", "13 messages from the same network in 10 minutes")
    assert f"comment-{sent.number}" not in server.get(f"/articles/{open_article}").text
    reader = server.reader()
    for n in range(7):
        sent = reader.send(open_article, name="Deux", text=f"Message du quartier sud {n}")
    told(server, sent.number, "messages du même appareil en 10 minutes", "messages from the same device in 10 minutes")


def test_ipv6_neighbours_are_one_network(server, open_article):
    for n in range(13):
        sent = Elsewhere(server, f"2001:db8:77:{n}::1").send(open_article, name="Six", text=f"Message du quartier est {n}")
    told(server, sent.number, "13 messages du même réseau", "13 messages from the same network")


def test_slow_mode_asks_for_patience_and_keeps_the_text(server, admin, article):
    set_options(admin, slow_seconds=3600)
    try:
        reader = server.reader()
        assert reader.send(article, name="Léa", text="Un premier message lent.").status == 200
        response = reader.post_message(article, "send", name="Léa", text="Un deuxième message lent.")
        assert response.status_code == 429 and "mode lent" in response.text
        kept_text(response, "Un deuxième message lent.")
        other = server.publish_article("Une autre", "Texte.")
        assert reader.send(other, name="Léa", text="Ailleurs, un message lent.").status == 200
    finally:
        set_options(admin, slow_seconds=0)


def test_what_is_sent_blindly_or_at_once_is_told(server, article):
    reader = server.reader()
    blind = palabre.Sent(reader.post_message(article, "send", name="Robot", text="Envoyé sans passer par la page."))
    told(server, blind.number, "envoyé sans passer par la page", "sent without the page")
    quick = reader.send(article, name="Robot", text="Envoyé dès que la page est là.")
    told(server, quick.number, "après l’affichage du formulaire", "after the form was shown")


# --- Bans


def ban(moderator, number, kind, days=7, note="Récidive"):
    form = form_fields(find_form(moderator.page(f"/moderation/comments/{number}"), f"/moderation/comments/{number}/ban"))
    return moderator.post(f"/moderation/comments/{number}/ban", {**form, "kind": kind, "days": days, "note": note})


def test_a_banned_device_is_refused_kindly_until_it_is_revoked(server, article):
    reader, maud = server.reader(), server.moderator("maud")
    in_language(maud, "fr")
    sent = reader.send(article, name="Troll", text="Un message de trop, disons.")
    reader.send(article, name="Troll", text="Et un second, par le même.")
    response = ban(maud, sent.number, "device")
    assert response.status_code == 200 and "exclusion jusqu’au" in response.text
    refused = reader.post_message(article, "send", name="Troll", text="Un troisième message.")
    assert refused.status_code == 403 and "ne prennent pas de messages" in refused.text
    kept_text(refused, "Un troisième message.")
    assert server.reader().send(article, name="Autre", text="Un autre appareil, lui, le peut.").status == 200
    page = maud.page("/moderation/bans")
    row = [li for li in page.cssselect(".bans li") if "Troll" in li.text_content()][0]
    assert "Récidive" in row.text_content()
    action = row.cssselect("form")[0].get("action")
    assert "levée" in maud.post(action, {"csrf": maud.csrf()}).text
    assert reader.send(article, name="Troll", text="De retour, plus calme.").status == 200
    acts = [act for (act,) in server.database().execute("SELECT act FROM journal WHERE act LIKE 'ban.%' ORDER BY id")]
    assert acts[-2:] == ["ban.set", "ban.revoke"]


def test_a_banned_network_holds_its_neighbours_and_nobody_else(server, article):
    sent = Elsewhere(server, "203.0.113.9").send(article, name="Troll", text="Depuis un réseau malveillant.")
    assert ban(server.moderator("maud"), sent.number, "network").status_code == 200
    neighbour = Elsewhere(server, "203.0.113.77").post_message(article, "send", name="Voisin", text="Je n'y suis pour rien.")
    assert neighbour.status_code == 403
    assert Elsewhere(server, "203.0.114.9").send(article, name="Loin", text="D'un tout autre réseau.").status == 200


def test_an_address_that_is_not_kept_cannot_be_banned(server, article):
    maud = server.moderator("maud")
    sent = server.reader().send(article, name="Local", text="Depuis cette machine même, sans réseau.")
    assert ban(maud, sent.number, "network").status_code == 422
    assert ban(maud, sent.number, "device", days=0).status_code == 422
    assert ban(maud, sent.number, "device", days=99999).status_code == 422


# --- Proof of work


def solve(challenge):
    """The number, found as the widget finds it."""
    for number in range(challenge["maxnumber"] + 1):
        if hashlib.sha256(f"{challenge['salt']}{number}".encode()).hexdigest() == challenge["challenge"]:
            return number
    raise AssertionError("no number solves it")


def payload(given, **changes):
    proof = {
        "algorithm": given["algorithm"],
        "challenge": given["challenge"],
        "number": solve(given),
        "salt": given["salt"],
        "signature": given["signature"],
        "took": 12,
        **changes,
    }
    return base64.b64encode(json.dumps(proof).encode()).decode()


def asked_form(reader, article, text):
    """Sends; is asked for a proof; gives the form that came back."""
    response = reader.post_message(article, "send", name="Léa", text=text)
    assert response.status_code == 403, response.text[:2000]
    kept_text(response, text)
    page = lxml.html.fromstring(response.content)
    return page, form_fields(find_form(page, f"/articles/{article}/comments"))


@pytest.fixture
def challenged(admin):
    set_options(admin, challenge="always")
    yield
    set_options(admin, challenge="pressure")


def test_a_solved_challenge_lets_a_message_pass_once(server, challenged, open_article):
    reader = server.reader()
    page, form = asked_form(reader, open_article, "Un message avec sa preuve.")
    widget = page.cssselect("altcha-widget")[0]
    for address in (widget.get("workerurl"), page.cssselect(".proof script")[0].get("src"), page.cssselect(".proof link")[0].get("href")):
        assert reader.get(address).headers["Cache-Control"].startswith("public")
    challenge = reader.get(widget.get("challengeurl")).json()
    assert challenge["algorithm"] == "SHA-256"
    proof = payload(challenge)
    sent = palabre.Sent(reader.post_message(open_article, "send", form={**form, "altcha": proof}))
    assert sent.status == 200 and f"comment-{sent.number}" in server.get(f"/articles/{open_article}").text
    # The same proof for another form, or another message with the same key: nothing new.
    _, other = asked_form(reader, open_article, "Un autre message, même preuve.")
    other["made"] = ""  # a slow machine must not pass by waiting
    replayed = reader.post_message(open_article, "send", form={**other, "altcha": proof})
    assert replayed.status_code == 403
    before = server.database().execute("SELECT COUNT(*) FROM comment").fetchone()
    reader.post_message(open_article, "send", form={**form, "altcha": proof, "text": "Autre texte, même clef."})
    assert server.database().execute("SELECT COUNT(*) FROM comment").fetchone() == before


def test_a_false_proof_is_none(server, challenged, article):
    reader = server.reader()
    page, form = asked_form(reader, article, "Un message sans bonne preuve.")
    challenge = reader.get(page.cssselect("altcha-widget")[0].get("challengeurl")).json()
    number = solve(challenge)
    tampered = challenge["salt"].replace("expires=", "expires=9")
    false = hashlib.sha256(f"{tampered}{number}".encode()).hexdigest()
    for proof in (
        payload(challenge, number=number + 1),
        payload(challenge, signature="0" * 64),
        payload(challenge, salt=tampered, challenge=false),
        payload(challenge, algorithm="SHA-1"),
        payload(challenge, number=str(number)),
        "pas du base64 !",
        base64.b64encode(b"[]").decode(),
        "A" * 10000,
    ):
        form["made"] = ""  # nor does waiting help who forges its stamp
        assert reader.post_message(article, "send", form={**form, "altcha": proof}).status_code == 403
    assert requests.get(server.url + "/challenge", timeout=120).status_code == 400


def test_without_scripts_waiting_is_enough_and_told(server, challenged, open_article):
    reader = server.reader()
    page, form = asked_form(reader, open_article, "Un message sans JavaScript.")
    assert "Sans JavaScript" in page.cssselect("noscript")[0].text_content()
    deadline = time.monotonic() + 60
    response = reader.post_message(open_article, "send", form=form)
    while response.status_code == 403 and time.monotonic() < deadline:
        form = form_fields(find_form(lxml.html.fromstring(response.content), f"/articles/{open_article}/comments"))
        response = reader.post_message(open_article, "send", form=form)
    sent = palabre.Sent(response)
    assert sent.status == 200
    told(server, sent.number, "envoyé sans le calcul demandé", "sent without the computation that was asked for")
    assert f"comment-{sent.number}" not in server.get(f"/articles/{open_article}").text


def test_pressure_asks_for_proofs(server, admin, article):
    page = server.get(f"/articles/{article}").text
    assert "altcha" not in page
    reader = server.reader()
    set_options(admin, pressure=5)
    try:
        assert reader.send(article, name="Léa", text="Avant que la pression monte.").status == 200
        form = reader.message_form(article)
        for n in range(5):
            trapped = reader.post_message(article, "send", form={**form, "address2": "x"}, name="Bot", text=f"Achetez {n}")
            assert trapped.status_code == 422
            kept_text(trapped, f"Achetez {n}")
        asked_form(reader, article, "Maintenant que la pression est là.")
        assert "altcha" not in server.get(f"/articles/{article}").text
    finally:
        set_options(admin, pressure=100000)


def test_the_house_is_not_asked(server, challenged, open_article):
    maud = server.moderator("maud")
    assert maud.send(open_article, name="Maud", text="La rédaction répond : https://exemple.org/c").status == 200
