"""Writing: preview, send, errors that lose nothing, the author's private page, limits."""

import re
import time

import lxml.html
import pytest

import palabre
import store
from palabre import find_form, form_fields


@pytest.fixture(scope="module")
def article(server):
    return server.publish_article("Une halle pour le marché", "Le conseil a voté.")


def text_of(response):
    return lxml.html.fromstring(response.content).text_content()


def typed(response, field="text"):
    """What the form that came back holds."""
    page = lxml.html.fromstring(response.content)
    return form_fields(find_form(page, "/comments"))[field].replace("\r\n", "\n")


def test_preview_shows_the_message_and_sends_nothing(server, article):
    reader = server.reader()
    preview = reader.preview(article, name="Léa", text="Bonjour *tous* ! Une question : https://example.org ?")
    page = lxml.html.fromstring(preview.content)
    content = page.cssselect(".e-content")[0]
    assert content.cssselect("em")[0].text == "tous"
    assert "\u202f!" in content.text_content() and "\u00a0:" in content.text_content()
    link = content.cssselect("a")[0]
    assert link.get("href") == "https://example.org" and "nofollow" in link.get("rel") and "ugc" in link.get("rel")
    assert typed(preview) == "Bonjour *tous* ! Une question : https://example.org ?"
    with server.database() as database:
        assert database.execute("SELECT count(*) FROM comment WHERE name = 'Léa'").fetchone() == (0,)


def test_a_pseudonym_and_a_text_are_enough(server, article):
    sent = server.reader().send(article, name="Paul", text="Je suis d'accord.")
    assert sent.status == 200 and sent.number and sent.secret
    assert sent.response.history[0].status_code == 303, "reloading the receipt must send nothing again"
    assert sent.response.url.startswith(f"{server.url}/messages/{sent.secret}")
    with server.database() as database:
        row = database.execute("SELECT state, name, text_source FROM comment WHERE number = ?", (sent.number,)).fetchone()
    assert row == ("pending", "Paul", "Je suis d'accord.")


def test_the_form_of_the_page_itself_may_send(server, article):
    reader = server.reader()
    response = reader.post_message(article, "send", name="Zoé", text="Sans passer par l'aperçu.")
    assert response.status_code == 200 and "/messages/" in response.url


def test_the_same_form_sent_twice_is_one_message(server, article):
    reader = server.reader()
    preview = reader.preview(article, name="Deux", text="Envoyé deux fois, compté une.")
    form = form_fields(find_form(lxml.html.fromstring(preview.content), "/comments"))
    first = reader.post_message(article, "send", form=form)
    second = reader.post_message(article, "send", form=form)
    assert first.status_code == 200 and second.status_code == 200
    assert first.url == second.url, "the same form leads to the same private page"
    lost = server.reader().post_message(article, "send", form=form)  # the first answer, and its cookie, never came
    assert lost.url == first.url
    with server.database() as database:
        assert database.execute("SELECT count(*) FROM comment WHERE name = 'Deux'").fetchone() == (1,)


def test_a_double_click_on_the_pages_own_form_is_one_message(server, article):
    reader = server.reader()
    form = {**reader.message_form(article), "name": "Clic", "text": "Cliqué deux fois sur le bouton"}
    answers = [palabre.requests.post(f"{server.url}/articles/{article}/comments", data={**form, "action": "send"}, timeout=120) for _ in range(3)]
    assert len({answer.url for answer in answers}) == 1 and "/messages/" in answers[0].url
    with server.database() as database:
        assert database.execute("SELECT count(*) FROM comment WHERE name = 'Clic'").fetchone() == (1,)


def test_a_reply_works_without_a_script(server, article):
    reader, moderator = server.reader(), server.moderator()
    root = reader.send(article, name="Racine", text="Le premier message du fil")
    moderator.decide(root.number, "publish")
    page = reader.page(f"/comments/{root.number}/reply")
    assert "Le premier message du fil" in page.text_content()
    reply = reader.send(article, reply_to=root.number, name="Feuille", text="Une réponse au premier")
    moderator.decide(reply.number, "publish")
    second = reader.send(article, reply_to=reply.number, name="Branche", text="Une réponse à la réponse")
    moderator.decide(second.number, "publish")
    page = server.page(f"/comments/{second.number}")
    shown = page.cssselect(f"#comment-{second.number}")[0].text_content()
    assert "Feuille" in shown and f"#{reply.number}" in shown


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "", "text": "Sans nom, mais avec un texte."},
        {"name": "Nom", "text": ""},
        {"name": "N" * 200, "text": "Un nom bien trop long"},
        {"name": "Nom", "text": "x" * 6000},
        {"name": "Nom", "text": "Courriel faux", "email": "pas une adresse"},
        {"name": "Nom", "text": "Site faux", "website": "javascript:alert(1)"},
        {"name": "Nom\u202e", "text": "Un nom qui se retourne"},
        {"name": "Nom", "text": "Un contrôle \x07 dedans"},
    ],
)
def test_errors_give_the_text_back(server, article, fields):
    for action in ("preview", "send"):
        response = server.reader().post_message(article, action, **fields)
        assert response.status_code == 422, response.text[:500]
        page = lxml.html.fromstring(response.content)
        assert page.cssselect("[aria-invalid=true]")
        if "\x07" not in fields["text"]:
            assert typed(response) == fields["text"]


def test_invalid_utf8_is_refused_with_a_clear_page(server, article):
    form = server.reader().message_form(article)
    body = f"token={form['token']}&name=A&action=send&text=Un+texte+%FF%FE+%C3%A0+garder%00".encode()
    response = palabre.requests.post(
        f"{server.url}/articles/{article}/comments",
        data=body,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        timeout=120,
    )
    assert response.status_code == 400 and 'lang="fr"' in response.text
    kept = lxml.html.fromstring(response.content).xpath("//textarea")[0].text_content()
    assert kept.strip() == "Un texte \ufffd\ufffd à garder\ufffd"


def test_a_forged_or_missing_token_gives_the_form_again(server, article):
    for token in ("", "1.abc", "99999999.AAAAAAAAAAAAAAAAAAAAAA"):
        response = server.reader().post_message(article, "send", name="Forge", text="Un texte à garder", token=token)
        assert response.status_code == 403
        assert typed(response) == "Un texte à garder"


def test_another_articles_token_does_not_do(server, article):
    other = server.publish_article("Un autre", "Texte.")
    form = server.reader().message_form(other)
    response = server.reader().post_message(article, "send", name="Autre", text="Jeton d'ailleurs", token=form["token"])
    assert response.status_code == 403 and typed(response) == "Jeton d'ailleurs"


def test_the_honeypot_catches_and_keeps_the_text(server, article):
    reader = server.reader()
    page = reader.page(f"/articles/{article}")
    trap = page.cssselect(".honey input, [aria-hidden=true] input")[0].get("name")
    response = reader.post_message(article, "send", name="Robot", text="Achetez !", **{trap: "x"})
    assert response.status_code == 422 and typed(response) == "Achetez !"


def test_replies_to_what_is_gone_or_elsewhere_keep_the_text(server, article):
    reader, moderator = server.reader(), server.moderator()
    root = reader.send(article, name="Parti", text="Ce message sera retiré bientôt")
    moderator.decide(root.number, "publish")
    form = reader.message_form(article, reply_to=root.number)
    moderator.decide(root.number, "remove")
    gone = reader.post_message(article, "send", form={**form, "reply_to": str(root.number)}, name="Rép", text="Trop tard, mais gardé")
    assert gone.status_code == 422 and typed(gone) == "Trop tard, mais gardé"
    other = server.publish_article("Ailleurs", "Texte.")
    there = reader.send(other, name="Là-bas", text="Un message d'un autre article")
    moderator.decide(there.number, "publish")
    form = reader.message_form(article)
    misdirected = {**form, "name": "Rép", "text": "Mal adressé, mais gardé", "reply_to": str(there.number)}
    elsewhere = reader.post_message(article, "send", form=misdirected)
    assert elsewhere.status_code == 422 and typed(elsewhere) == "Mal adressé, mais gardé"


def test_a_form_that_is_too_large_is_413(server, article):
    response = server.reader().post(f"/articles/{article}/comments", {"text": "é" * 100_000, "action": "send"})
    assert response.status_code == 413
    page = lxml.html.fromstring(response.content)
    assert page.get_element_by_id("kept").text.strip() == "é" * 100_000, "what was typed comes back"
    beyond = server.reader().post(f"/articles/{article}/comments", {"text": "x" * 1_100_000, "action": "send"})
    assert beyond.status_code == 413 and len(beyond.content) < 1000


def test_an_editors_form_may_be_larger(server):
    article = server.publish_article("Un long récit", "mot " * 100_000)
    assert len(server.get(f"/articles/{article}").content) > 400_000
    response = server.reader().post("/moderation/articles/new", {"body": "x" * 400_000})
    assert response.status_code == 413


def test_a_form_may_name_the_site_as_readers_know_it():
    """A proxy that puts its own Host into the request; the browser's Origin is the site's address."""
    with palabre.Server(settings={"base_url": "https://journal.example:8443"}) as server:
        server.url = "http://127.0.0.1:" + re.search(r" port=(\d+)", server.process.log()).group(1)
        article = server.publish_article("Le pont", "Texte.")
        form = server.reader().message_form(article)
        fields = {**form, "name": "A", "text": "Bonjour", "action": "preview"}
        path = f"{server.url}/articles/{article}/comments"
        statuses = [
            palabre.requests.post(path, data=fields, headers={"Origin": origin}, timeout=120).status_code
            for origin in ("https://journal.example:8443", "https://journal.example", "null")
        ]
        assert statuses == [200, 403, 403]


def test_a_form_from_elsewhere_is_refused(server, article):
    form = server.reader().message_form(article)
    response = palabre.requests.post(
        f"{server.url}/articles/{article}/comments",
        data={**form, "name": "A", "text": "Venu d'ailleurs", "action": "send"},
        headers={"Origin": "https://ailleurs.example"},
        timeout=120,
    )
    assert response.status_code == 403 and "Venu d" in text_of(response)


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[clic](javascript:alert(1))",
    "[clic](data:text/html;base64,PHNjcmlwdD4=)",
    "[clic](vbscript:x) <svg onload=alert(1)>",
    "![image](https://example.org/x.png)",
    "{{{html}}} {{>layout}} </textarea><script>x</script>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_scripts_are_inert_in_every_field(server, article, text):
    reader, moderator = server.reader(), server.moderator()
    fields = {"name": text[:50], "text": text + " bonjour", "title": text[:100]}
    preview = reader.preview(article, **fields)
    assert_inert(preview)
    sent = reader.send(article, **fields)
    assert_inert(sent.response)
    assert_inert(reader.get(f"/messages/{sent.secret}"))
    assert_inert(moderator.get("/moderation"))
    assert_inert(moderator.get(f"/moderation/comments/{sent.number}"))
    moderator.decide(sent.number, "publish")
    assert_inert(server.get(f"/comments/{sent.number}"))


def assert_inert(response):
    assert response.status_code < 300, response.text[:500]
    page = lxml.html.fromstring(response.content)
    for element in page.iter():
        if not isinstance(element.tag, str):
            continue
        assert element.tag != "script" or element.get("src") or element.get("type") == "application/ld+json", element
        assert not [a for a in element.attrib if a.startswith("on")], element.attrib
        assert element.tag != "img" or not (element.get("src") or "").startswith(("x", "https://example.org")), element
        if element.tag == "link" and element.get("rel") == "icon":
            assert element.get("href").startswith("data:image/svg+xml,%3Csvg"), element.get("href")  # the page's own
            continue
        for attribute in ("href", "src", "action", "cite"):
            assert not (element.get(attribute) or "").strip().lower().startswith(("javascript:", "data:", "vbscript:"))


def test_the_private_page_shows_edits_and_withdraws(server, article):
    reader = server.reader()
    sent = reader.send(article, name="Anne", text="Une faute dan ce texte")
    path = f"/messages/{sent.secret}"
    page = reader.page(path)
    assert "Une faute dan ce texte" in page.text_content()
    form = form_fields(find_form(page, path))
    edited = reader.post(path, {**form, "text": "Plus de faute dans ce texte"})
    assert edited.status_code == 200 and "Plus de faute dans ce texte" in edited.text
    stale = reader.post(path, {**form, "text": "Écrit sur une version ancienne"})
    assert stale.status_code == 409 and "Écrit sur une version ancienne" in stale.text
    bad = reader.post(path, {**form_fields(find_form(reader.page(path), path)), "text": ""})
    assert bad.status_code == 422
    withdrawal = form_fields(find_form(reader.page(path), path + "/withdraw"))
    gone = reader.post(path + "/withdraw", withdrawal)
    assert gone.status_code == 200
    with server.database() as database:
        assert database.execute("SELECT state FROM comment WHERE number = ?", (sent.number,)).fetchone() == ("withdrawn",)
        assert database.execute("SELECT count(*) FROM comment_revision WHERE comment_number = ?", (sent.number,)).fetchone() == (1,)


def test_the_private_page_tells_when_it_is_published(server, article):
    reader = server.reader()
    sent = reader.send(article, name="Bea", text="Sera publié sous peu")
    server.moderator().decide(sent.number, "publish")
    page = reader.page(f"/messages/{sent.secret}")
    assert f"/comments/{sent.number}" in lxml.html.tostring(page).decode()


def test_the_author_alone_sees_the_pending_message_in_its_place(server, article):
    reader = server.reader()
    sent = reader.send(article, name="Moi", text="Visible de moi seule pour le moment")
    assert "Visible de moi seule" in reader.get(f"/articles/{article}").text
    assert "no-store" in reader.get(f"/articles/{article}").headers["Cache-Control"]
    assert "Visible de moi seule" not in server.get(f"/articles/{article}").text
    assert "Visible de moi seule" in reader.get(f"/articles/{article}/own").text
    assert "Visible de moi seule" not in server.get(f"/articles/{article}/own").text
    assert sent.number


def test_the_authors_cookie_is_guarded(server, article):
    sent = server.reader().send(article, name="Biscuit", text="Un biscuit, bien gardé")
    cookie = sent.response.history[0].headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" not in cookie
    form = server.reader().message_form(article)
    behind_tls = palabre.requests.post(
        f"{server.url}/articles/{article}/comments",
        data={**form, "name": "TLS", "text": "Derrière un mandataire", "action": "send"},
        headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"},
        timeout=120,
        allow_redirects=False,
    )
    assert behind_tls.status_code == 303 and "Secure" in behind_tls.headers["Set-Cookie"]


def test_repeating_oneself_is_noticed(server, article):
    reader = server.reader()
    reader.send(article, name="Écho", text="Toujours la même phrase, exactement")
    again = reader.post_message(article, "send", name="Écho", text="Toujours la même phrase, exactement")
    assert again.status_code == 422 and typed(again) == "Toujours la même phrase, exactement"


def test_post_moderation_publishes_at_once(server):
    article = server.publish_article("A posteriori", "Texte.", moderation="post")
    sent = server.reader().send(article, name="Vite", text="Publié tout de suite, lu après")
    assert f"comment-{sent.number}" in server.get(f"/articles/{article}").text


def test_a_closed_discussion_takes_nothing(server):
    article = server.publish_article("Fermé", "Texte.", discussion="closed")
    assert not server.page(f"/articles/{article}").cssselect("form[action$='/comments'] textarea")
    open_form = server.reader().message_form(server.publish_article("Ouvert", "Texte."))
    response = server.reader().post(f"/articles/{article}/comments", {**open_form, "name": "A", "text": "Trop tard", "action": "send"})
    assert response.status_code in (403, 422) and "Trop tard" in response.text


def test_reports_reach_the_desk(server, article):
    reader, moderator = server.reader(), server.moderator()
    sent = reader.send(article, name="Contesté", text="Un message que quelqu'un conteste")
    moderator.decide(sent.number, "publish")
    other = server.reader()
    path = f"/comments/{sent.number}/report"
    form = form_fields(find_form(other.page(path), path))
    empty = other.post(path, {**form, "rule": "", "text": ""})
    assert empty.status_code == 422
    done = other.post(path, {**form, "rule": "insult", "text": "C'est une insulte à peine voilée"})
    assert done.status_code == 200 and "/reports/" in done.url
    again = other.post(path, {**form, "rule": "insult", "text": "Encore"})
    assert again.status_code == 200
    assert "C'est une insulte" in moderator.get(f"/moderation/comments/{sent.number}").text.replace("&#39;", "'")


def test_limits_by_address():
    with palabre.Server(settings={"messages_per_address": 3, "messages_window": 3600}) as server:
        article = server.publish_article("Limité", "Texte.")
        reader = server.reader()
        statuses = [reader.post_message(article, "send", name="Vite", text=f"Le message {i} d'une série").status_code for i in range(5)]
        assert statuses == [200, 200, 200, 429, 429]
        last = reader.post_message(article, "send", name="Vite", text="Un texte qui reste là")
        assert typed(last) == "Un texte qui reste là"
        elsewhere = palabre.requests.post(
            f"{server.url}/articles/{article}/comments",
            data={**server.reader().message_form(article), "name": "Autre", "text": "D'une autre adresse", "action": "send"},
            headers={"X-Forwarded-For": "203.0.113.9"},
            timeout=120,
        )
        assert elsewhere.status_code == 200 and "/messages/" in elsewhere.url


@pytest.mark.threads
def test_many_at_once_lose_nothing(server):
    from concurrent.futures import ThreadPoolExecutor

    article = server.publish_article("La foule", "Texte.")

    def send(i):
        reader = server.reader()
        return reader.send(article, name=f"Foule {i}", text=f"Le message {i} de la foule, parmi d'autres").number

    started = time.monotonic()
    with ThreadPoolExecutor(16) as pool:
        numbers = list(pool.map(send, range(60)))
    assert len(set(numbers)) == 60, time.monotonic() - started
    with server.database() as database:
        assert database.execute("SELECT count(*) FROM comment WHERE name LIKE 'Foule %'").fetchone() == (60,)
    server.check()


def test_edits_count_as_messages():
    with palabre.Server(settings={"messages_per_address": 3, "messages_window": 600}) as server:
        article = server.publish_article("Le pont", "Texte.")
        reader = server.reader()
        sent = reader.send(article, name="Léa", text="Bonjour")
        for expected in (303, 303, 429):
            form = find_form(reader.page(f"/messages/{sent.secret}"), sent.secret)
            fields = {**form_fields(form), "text": f"Bonjour, {time.monotonic()}"}
            response = reader.post(f"/messages/{sent.secret}", fields, allow_redirects=False)
            assert response.status_code == expected
        assert fields["text"] in response.text


def test_an_authors_own_page_of_very_long_messages(tmp_path):
    """As many messages as the settings let on one page, each as long as it may be."""
    del tmp_path
    settings = {"replies_per_page": 60, "message_characters": 100000, "form_kb": 2048}
    with palabre.Server(settings=settings) as server:
        article = server.publish_article("Le pont", "Texte.")
        reader, moderator = server.reader(), server.moderator()
        root = reader.send(article, name="Léa", text="\U0001f600" * 100000).number
        moderator.decide(root, "publish")
        reply = server.reader().send(article, reply_to=root, name="Bob", text="\U0001f601" * 100000).number
        moderator.decide(reply, "publish")
        reader.send(article, name="Léa", text="En attente")
        server.process.stop()
        copy_replies(server.data, reply, range(2, 61))
        server.start()
        reader.server = server
        page = reader.get(f"/articles/{article}")
        assert "En attente" in page.text and len(page.content) > 59 * 400000
        assert server.get("/healthz").status_code == 200


def copy_replies(data, reply, ordinals):
    """More replies like this one, without the days it takes to send them."""
    with store.connect(data, writes=True) as database:
        names = [name for name in store.columns(database, "comment") if name not in OWN_COLUMNS]
        columns = ", ".join(names)
        for ordinal in ordinals:
            database.execute(
                f"INSERT INTO comment ({columns}, ordinal, secret_hash) SELECT {columns}, ?, {store.new_secret()} "
                "FROM comment WHERE number = ?",
                (ordinal, reply),
            )


OWN_COLUMNS = ("number", "ordinal", "secret_hash")


@pytest.mark.parametrize("name", ["admin", "Admin", "аdmin", "maud"])
def test_nobody_passes_for_somebody_of_the_house(server, article, name):
    response = server.reader().post_message(article, "preview", name=name, text="Je suis de la maison, croyez-moi")
    assert response.status_code == 422 and typed(response) == "Je suis de la maison, croyez-moi"


def sign_in(server, account, password, address):
    reader = server.reader()
    reader.session.headers["X-Forwarded-For"] = address
    form = palabre.form_fields(palabre.find_form(reader.page("/sign-in"), "/sign-in"))
    return reader.post("/sign-in", {**form, "account": account, "password": password}).status_code


def test_many_addresses_do_not_get_more_attempts_at_one_password():
    with palabre.Server() as server:
        for i in range(10):
            assert sign_in(server, "marc", palabre.PASSWORD, f"192.0.2.{i + 1}") == 200  # these count for nothing
        names = ("maud", " MAUD", "ｍａｕｄ")
        told = [sign_in(server, names[i % 3], "falsch falsch", f"198.51.100.{i + 1}") for i in range(21)]
        assert told == [403] * 20 + [429]
        assert sign_in(server, "maud", palabre.PASSWORD, "203.0.113.1") == 429
        assert sign_in(server, "marc", palabre.PASSWORD, "203.0.113.1") == 200


def test_a_large_network_is_one_neighbourhood():
    with palabre.Server(settings={"messages_per_address": 2}) as server:
        article = server.publish_article()

        def send(address, text):
            reader = server.reader()
            reader.session.headers["X-Forwarded-For"] = address
            return reader.send(article, name="Léa", text=text).status

        told = [send(f"2001:db8:1:{i:x}::1", f"Message numéro {i} du même réseau.") for i in range(17)]
        assert told == [200] * 16 + [429]
        assert send("2001:db8:2::1", "Un message d'un autre réseau.") == 200
        assert send("192.0.2.1", "Un message de l'ancien monde.") == 200
