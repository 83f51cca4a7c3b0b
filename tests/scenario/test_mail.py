"""Mail: the courier against a real server; following a discussion; what authors are told."""

import re
import signal
import time

import lxml.html
import pytest
import requests

import palabre
from mail_server import MailServer, make_certificates
from palabre import find_form, form_fields

PATIENCE_S = 150


def wait_until(what, told):
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if what():
            return
        time.sleep(0.05)
    raise AssertionError(told)


@pytest.fixture(scope="module")
def mail():
    with MailServer() as server:
        yield server


@pytest.fixture(scope="module")
def site(mail):
    with palabre.Server(settings=mail.settings()) as server:
        yield server
        server.check()


@pytest.fixture()
def article(site):
    return site.publish_article("Le pont & l’été", "Du texte.")


counter = iter(range(1, 10**6))


def somebody():
    return f"somebody{next(counter)}@example.net"


def ask(site, article, address, frequency="each", reader=None):
    reader = reader or site.reader()
    fields = form_fields(find_form(reader.page(f"/articles/{article}"), f"/articles/{article}/follow"))
    response = reader.post(f"/articles/{article}/follow", {**fields, "email": address, "frequency": frequency})
    assert response.status_code == 200, response.text
    return response


def follow(site, mail, article, address, frequency="each", reader=None):
    """Asks and confirms; gives the path of the page to manage it."""
    before = len(mail.to(address))
    ask(site, article, address, frequency, reader)
    letter = mail.wait_for(address, before + 1)
    [confirm] = letter.links("/confirm")
    page = site.reader().post(confirm, {})
    assert page.status_code == 200, page.text
    return confirm.removesuffix("/confirm")


def publish(site, article, reply_to=None, reader=None, **fields):
    sent = (reader or site.reader()).send(article, reply_to, **{"name": "Léa", "text": f"Un texte {next(counter)}", **fields})
    assert site.moderator().decide(sent.number, "publish").status_code == 200
    return sent


def unsubscribe_path(letter):
    return re.sub(r"[\s<>]|https?://[^/]+", "", letter["List-Unsubscribe"])


def rows(site, sql, *values):
    with site.database() as database:
        return database.execute(sql, values).fetchall()


def outbox_is_empty(site):
    wait_until(lambda: rows(site, "SELECT COUNT(*) FROM outbox WHERE state = 'waiting'")[0][0] == 0, "mails still wait")


# --- Following --------------------------------------------------------------------------------------------------------


def test_double_opt_in_then_one_mail_for_each_message(site, mail, article):
    address = somebody()
    answer = ask(site, article, address)
    letter = mail.wait_for(address)
    assert letter.sender == "journal@example.org"
    assert letter["From"].addresses[0].addr_spec == "journal@example.org"
    assert letter["Subject"] == "À confirmer\u00a0: suivre «\u00a0Le pont & l’été\u00a0»"
    assert letter["Auto-Submitted"] == "auto-generated" and letter["List-Unsubscribe"] is None
    assert letter["Message-ID"].endswith("@example.org>") and letter["Date"].datetime is not None
    assert "Le pont & l’été" in letter.text and "&amp;" not in letter.text
    [confirm] = letter.links("/confirm")
    assert letter.links("/confirm")[0] in letter.html
    # a machine that opens links confirms nothing
    assert site.get(confirm).status_code == 200
    assert rows(site, "SELECT state FROM subscription WHERE email = ?", address) == [("asked",)]
    publish(site, article)
    outbox_is_empty(site)
    assert len(mail.to(address)) == 1
    # a person does
    page = site.reader().page(confirm)
    form = find_form(page, "/confirm")
    assert form.get("method").lower() == "post"
    done = site.reader().post(confirm, form_fields(form))
    assert "C’est fait" in done.text
    sent = publish(site, article, name="Ana", text="Voici *mon* avis.\n\nEt < un & autre.")
    letter = mail.wait_for(address, 2)
    assert "Ana" in letter["Subject"] and "Le pont & l’été" in letter["Subject"]
    assert f"#{sent.number}" in letter.text and "Voici *mon* avis." in letter.text
    assert "<em>mon</em>" in letter.html and "&lt; un &amp; autre" in letter.html
    assert letter["List-Id"].endswith(f"<discussion-{article}.example.org>")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"<http://127\.0\.0\.1:\d+/follow/\S+/stop>", re.sub(r"\s", "", letter["List-Unsubscribe"]))
    assert letter["Precedence"] == "list"
    assert letter["In-Reply-To"] == f"<discussion-{article}@example.org>"
    assert all(len(line) <= 998 and b"\r" not in line for line in letter.raw.split(b"\r\n"))
    assert "Encore un pas" in answer.text


def test_one_click_stops_and_erases(site, mail, article):
    address = somebody()
    manage = follow(site, mail, article, address)
    publish(site, article)
    letter = mail.wait_for(address, 2)
    stop = unsubscribe_path(letter)
    assert site.get(stop).status_code == 200  # a page with a button: nothing has happened
    assert len(rows(site, "SELECT 1 FROM subscription WHERE email = ?", address)) == 1
    # as a mail program does: no cookie, no token, and mostly multipart
    gone = requests.post(site.url + stop, files={"List-Unsubscribe": (None, "One-Click")}, timeout=120)
    assert gone.status_code == 200
    assert rows(site, "SELECT 1 FROM subscription WHERE email = ?", address) == []
    publish(site, article)
    outbox_is_empty(site)
    assert len(mail.to(address)) == 2
    assert site.get(manage).status_code == 404


def test_nothing_says_whether_an_address_is_known(site, mail, article):
    address = somebody()
    first = ask(site, article, address)
    follow_page = mail.wait_for(address).links("/confirm")[0]
    site.reader().post(follow_page, {})
    again = ask(site, article, address)
    strip = lambda text: re.sub(r"[0-9]{6,}\.[A-Za-z0-9_-]+", "", text)  # noqa: E731
    assert strip(first.text) == strip(again.text)
    letter = mail.wait_for(address, 2)
    assert "déjà" in letter["Subject"]
    [manage] = [path for path in letter.links("/follow/") if not path.endswith("/confirm")]
    assert site.get(manage).status_code == 200
    # and no more than a few mails for one address, the answer being the same
    for _ in range(5):
        assert strip(ask(site, article, address).text) == strip(first.text)
    outbox_is_empty(site)
    assert len(mail.to(address)) == 3


def test_what_is_asked_wrongly_comes_back(site, article):
    reader = site.reader()
    form = form_fields(find_form(reader.page(f"/articles/{article}/follow"), "/follow"))
    wrong = reader.post(f"/articles/{article}/follow", {**form, "email": "lea@@example", "frequency": "daily"})
    assert wrong.status_code == 422
    page = lxml.html.fromstring(wrong.content)
    back = form_fields(find_form(page, "/follow"))
    assert back["email"] == "lea@@example" and back["frequency"] == "daily"
    assert page.cssselect("#follow-email[aria-invalid=true]")
    assert "laisser ce champ vide" not in page.text_content(), "nobody follows without an address"
    injected = reader.post(f"/articles/{article}/follow", {**form, "email": "lea@example.net\r\nBcc: x@example.net"})
    assert injected.status_code == 422
    stale = reader.post(f"/articles/{article}/follow", {"email": somebody()})
    assert stale.status_code == 403
    assert site.get(f"/articles/{article}9999/follow").status_code == 404
    for broken in ("/follow/1.2.x", "/follow/x", f"/follow/{article}.1.AAAAAAAAAAAAAAAAAAAAAA"):
        assert site.get(broken).status_code == 404
        assert site.reader().post(broken + "/stop", {}).status_code == 404


def test_nobody_is_told_of_their_own_message(site, mail, article):
    reader, other = site.reader(), somebody()
    reader.send(article, name="Paul", text="Pour avoir le cookie de cet appareil")
    mine, by_mail = somebody(), somebody()
    follow(site, mail, article, mine, reader=reader)
    follow(site, mail, article, by_mail)
    follow(site, mail, article, other)
    publish(site, article, reader=reader, name="Paul", email=by_mail)
    mail.wait_for(other, 2)
    outbox_is_empty(site)
    assert len(mail.to(mine)) == 1 and len(mail.to(by_mail)) == 1
    publish(site, article)
    mail.wait_for(mine, 2)
    mail.wait_for(by_mail, 2)


def test_managing_everything_an_address_follows(site, mail, article):
    address, other = somebody(), site.publish_article("Le lavoir", "Texte.")
    manage = follow(site, mail, article, address)
    second = follow(site, mail, other, address)
    page = site.reader().get(manage).text
    assert "Le lavoir" in page and "Le pont" in page and address in page
    saved = site.reader().post(manage, {"action": "daily"})
    assert saved.status_code == 200 and "Enregistré" in saved.text
    assert rows(site, "SELECT frequency FROM subscription WHERE email = ? AND article_id = ?", address, article) == [
        ("daily",)
    ]
    assert site.reader().post(manage, {"action": "all"}).status_code == 200
    assert rows(site, "SELECT 1 FROM subscription WHERE email = ?", address) == []
    assert site.get(second).status_code == 404
    # never again
    manage = follow(site, mail, article, address)
    count = len(mail.to(address))
    assert site.reader().post(manage, {"action": "never"}).status_code == 200
    answer = ask(site, other, address)
    assert "Encore un pas" in answer.text
    outbox_is_empty(site)
    assert len(mail.to(address)) == count
    for sql in ("SELECT email FROM subscription", "SELECT email FROM mail_address", "SELECT error FROM outbox",
                "SELECT data FROM journal", "SELECT email FROM comment"):
        assert not any(address in value for (value,) in rows(site, sql)), sql


def test_undone_and_published_again_is_told_once(site, mail, article):
    address = somebody()
    follow(site, mail, article, address)
    sent = publish(site, article)
    mail.wait_for(address, 2)
    moderator = site.moderator()
    for _ in range(2):
        moderator.decide(sent.number, "remove")
        moderator.post(f"/moderation/comments/{sent.number}/undo", {"csrf": moderator.csrf()})
    outbox_is_empty(site)
    assert rows(site, "SELECT state FROM comment WHERE number = ?", sent.number) == [("published",)]
    assert len(mail.to(address)) == 2


# --- What authors are told --------------------------------------------------------------------------------------------


def test_the_author_is_told_and_can_stop(site, mail, article):
    address = somebody()
    sent = publish(site, article, name="Léa", email=address, notify="1")
    letter = mail.wait_for(address)
    assert "est publié" in letter["Subject"]
    private = [path for path in letter.links("/messages/") if not path.endswith("/notices")][0]
    page = site.reader().page(private)
    assert f"{sent.number}" in page.cssselect("h1")[0].text_content()
    # a forged one is none
    assert site.get(private[:-2] + ("AA" if not private.endswith("AA") else "BB")).status_code == 404
    # answered: only once the answer is published
    answer = site.reader().send(article, sent.number, name="Ana", text="Une réponse à lire")
    outbox_is_empty(site)
    assert len(mail.to(address)) == 1
    site.moderator().decide(answer.number, "publish")
    letter = mail.wait_for(address, 2)
    assert "Ana vous a répondu" in letter["Subject"] and "Une réponse à lire" in letter.text
    # one's own answer is no news
    publish(site, article, reply_to=sent.number, name="Léa", email=address)
    outbox_is_empty(site)
    assert len(mail.to(address)) == 2
    # removed, with the reason
    site.moderator().decide(sent.number, "remove", reason="Pas de noms de tiers.", rule="")
    letter = mail.wait_for(address, 3)
    assert "retiré" in letter["Subject"] and "Pas de noms de tiers." in letter.text
    # stop, as a mail program does it
    stop = unsubscribe_path(letter)
    assert "Arrêter" in site.get(stop).text
    assert site.reader().post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert rows(site, "SELECT notify FROM comment WHERE number = ?", sent.number) == [(0,)]
    moderator = site.moderator()
    moderator.post(f"/moderation/comments/{sent.number}/undo", {"csrf": moderator.csrf()})
    outbox_is_empty(site)
    assert len(mail.to(address)) == 3


def test_refused_and_spam(site, mail, article):
    refused, spam, silent = somebody(), somebody(), somebody()
    one = site.reader().send(article, name="Léa", text="Un message refusé", email=refused, notify="1")
    two = site.reader().send(article, name="Bot", text="Achetez des montres", email=spam, notify="1")
    three = site.reader().send(article, name="Zoé", text="Sans demander de nouvelles", email=silent)
    moderator = site.moderator()
    moderator.decide(one.number, "reject", reason="Hors sujet.")
    moderator.decide(two.number, "spam")
    moderator.decide(three.number, "publish")
    letter = mail.wait_for(refused)
    assert "n’a pas été publié" in letter["Subject"] and "Hors sujet." in letter.text and "Hors sujet." in letter.html
    outbox_is_empty(site)
    assert not mail.to(spam) and not mail.to(silent)


def test_the_box_needs_an_address(site, article):
    reader = site.reader()
    preview = reader.preview(article, name="Léa", text="Un message", notify="1")
    assert preview.status_code == 422
    page = lxml.html.fromstring(preview.content)
    assert page.cssselect("#field-email[aria-invalid=true]") and page.cssselect("#field-notify[checked]")


def test_a_name_cannot_leave_its_header(site, mail, article):
    address = somebody()
    follow(site, mail, article, address)
    sent = site.reader().send(article, name="Eve <eve@example.com>, Bcc: all@example.com =?utf-8?q?x?=", text="Bonjour à vous")
    if sent.number is None:
        pytest.fail("the name was refused: choose another")
    site.moderator().decide(sent.number, "publish")
    letter = mail.wait_for(address, 2)
    assert letter["Bcc"] is None and letter["From"].addresses[0].addr_spec == "journal@example.org"
    assert "Eve <eve@example.com>, Bcc: all@example.com" in letter["Subject"]


# --- A decision that is undone at once -------------------------------------------------------------------------------


def test_held_for_a_while_and_the_daily_digest():
    with MailServer() as mail:
        settings = mail.settings(mail_delay_s=30, digest_hour=8)
        with palabre.Server(settings=settings) as site:
            article = site.publish_article("Le canal", "Texte.")
            author, daily = somebody(), somebody()
            follow(site, mail, article, daily, "daily")
            sent = site.reader().send(article, name="Léa", text="Publié par erreur", email=author, notify="1")
            moderator = site.moderator()
            moderator.decide(sent.number, "publish")
            assert rows(site, "SELECT kind, held FROM outbox") == [("state", 1)]
            moderator.post(f"/moderation/comments/{sent.number}/undo", {"csrf": moderator.csrf()})
            assert rows(site, "SELECT 1 FROM outbox") == []
            kept = publish(site, article, name="Ana", text="Ce message-ci reste là")
            removed = publish(site, article, name="Max", text="Ce message-là s’en va")
            with_clock(site, 40)
            wait_until(lambda: rows(site, "SELECT kind FROM outbox") == [("digest",)], "no digest waits")
            assert len(mail.to(daily)) == 1 and not mail.to(author)
            site.moderator().decide(removed.number, "remove")
            with_clock(site, 26 * 3600)
            letter = mail.wait_for(daily, 2)
            assert f"#{kept.number}" in letter.text and "s’en va" not in letter.text
            assert "Un nouveau message dans la discussion." in letter.text
            outbox_is_empty(site)
            # nothing new, no digest
            with_clock(site, 52 * 3600)
            outbox_is_empty(site)
            assert len(mail.to(daily)) == 2


def with_clock(site, seconds):
    """Starts the server again, its clock so many seconds ahead."""
    site.process.stop()
    environment = palabre.environment

    def ahead():
        return {**environment(), "PALABRE_CLOCK": str(seconds)}

    palabre.environment = ahead
    try:
        site.start()
    finally:
        palabre.environment = environment


# --- Servers of every mood --------------------------------------------------------------------------------------------


def wait_for_log(site, words):
    wait_until(lambda: words in site.process.log(), f"the log does not say '{words}': {site.process.log()[-2000:]}")


def test_greylisted_then_taken_with_the_same_id(site, mail, article):
    address = somebody()
    mail.put_off[address] = 2
    ask(site, article, address)
    mail.wait_for(address)
    assert mail.tried.count(address) == 3
    # what was taken twice bears the same id: the answer to the content was lost on the way
    again = somebody()
    mail.data_answers.append("451 4.3.0 Not sure")
    ask(site, article, again)
    mail.wait_for(again)
    assert "outcome=later" in site.process.log()


def test_one_refused_address_is_paused_and_resumed_at_the_desk(site, mail, article):
    bad, good = somebody(), somebody()
    manage = follow(site, mail, article, bad)
    follow(site, mail, article, good)
    mail.refuse[bad] = "550 5.1.1 No such mailbox"
    publish(site, article)
    mail.wait_for(good, 2)
    wait_until(
        lambda: rows(site, "SELECT email FROM mail_address WHERE paused_at IS NOT NULL") == [(bad,)], "it is not paused"
    )
    tries = mail.tried.count(bad)
    publish(site, article)
    mail.wait_for(good, 3)
    outbox_is_empty(site)
    assert mail.tried.count(bad) == tries
    admin = site.moderator("admin")
    page = admin.get("/moderation/mail").text
    assert bad in page and "No such mailbox" in page
    del mail.refuse[bad]
    form = find_form(admin.page("/moderation/mail"), "/moderation/mail/resume")
    assert admin.post("/moderation/mail/resume", form_fields(form)).status_code == 200
    publish(site, article)
    mail.wait_for(bad, 2)
    assert rows(site, "SELECT email FROM mail_address WHERE email != ''") == []
    assert site.get(manage).status_code == 200
    failed = find_form(admin.page("/moderation/mail"), "/moderation/mail/failed")
    assert admin.post("/moderation/mail/failed", {**form_fields(failed), "action": "forget"}).status_code == 200
    assert rows(site, "SELECT 1 FROM outbox WHERE state = 'failed'") == []
    acts = [act for (act,) in rows(site, "SELECT act FROM journal WHERE act LIKE 'mail.%' ORDER BY id")]
    assert acts[-3:] == ["mail.pause", "mail.resume", "mail.forget"]


def test_refused_three_times_without_saying_why(site, mail, article):
    address = somebody()
    follow(site, mail, article, address)
    mail.refuse[address] = "554 5.7.1 We do not like you"
    for _ in range(2):
        publish(site, article)
        outbox_is_empty(site)
    assert rows(site, "SELECT 1 FROM mail_address WHERE paused_at IS NOT NULL") == []
    publish(site, article)
    wait_until(
        lambda: rows(site, "SELECT email FROM mail_address WHERE paused_at IS NOT NULL") == [(address,)], "not paused"
    )
    admin = site.moderator("admin")
    form = find_form(admin.page("/moderation/mail"), "/moderation/mail/resume")
    admin.post("/moderation/mail/resume", form_fields(form))


def test_a_server_that_is_down_and_comes_back():
    with MailServer() as mail:
        with palabre.Server(settings=mail.settings()) as site:
            article = site.publish_article("Le canal", "Texte.")
            mail.stop()
            address = somebody()
            ask(site, article, address)
            wait_for_log(site, "outcome=server_failed")
            assert rows(site, "SELECT attempts, state FROM outbox") == [(0, "waiting")]
            site.restart()  # it waits on the disk
            mail.start()
            mail.wait_for(address)
            outbox_is_empty(site)


def test_a_slow_server_is_given_up_and_tried_again():
    with MailServer() as mail:
        with palabre.Server(settings=mail.settings(smtp_timeout=2)) as site:
            article = site.publish_article("Le canal", "Texte.")
            mail.slow_s = 4
            address = somebody()
            ask(site, article, address)
            wait_for_log(site, "outcome=later")
            mail.slow_s = 0
            wait_until(lambda: not rows(site, "SELECT 1 FROM outbox"), "it still waits")
            letters = mail.to(address)
            assert len({letter["Message-ID"] for letter in letters}) == 1 and letters


@pytest.mark.threads
def test_killed_while_sending_loses_nothing():
    """The one that was being sent does not wait for the end of a lease either: the server knows its own."""
    with MailServer() as mail:
        with palabre.Server(settings=mail.settings(smtp_timeout=5)) as site:
            article = site.publish_article("Le canal", "Texte.")
            addresses = [somebody() for _ in range(6)]
            for address in addresses:
                follow(site, mail, article, address)
            mail.slow_s = 0.3
            publish(site, article)
            mail.wait_for_tries(addresses[1], 2)
            site.process.kill()
            mail.slow_s = 0
            site.start()
            for address in addresses:
                mail.wait_for(address, 2)
            outbox_is_empty(site)
            doubled = [address for address in addresses if len(mail.to(address)) > 2]
            assert len(doubled) <= 1  # the one that was being sent
            for address in doubled:
                assert mail.to(address)[1]["Message-ID"] == mail.to(address)[2]["Message-ID"]
            site.check()


def test_tls_with_an_authority_of_its_own_and_a_password(tmp_path):
    authority, certificate, key = make_certificates(str(tmp_path))
    with MailServer(tls=(certificate, key), password="sésame") as mail:
        settings = mail.settings(smtp_ca=authority, smtp_user="palabre", smtp_password="sésame")
        with palabre.Server(settings=settings) as site:
            article = site.publish_article("Le canal", "Texte.")
            address = somebody()
            ask(site, article, address)
            mail.wait_for(address)
            done = palabre.run("mail", "test", "ops@example.net", "--data", site.data, env=palabre.environment())
            assert done.returncode == 0, done.stderr
            assert "250 2.0.0 Taken" in done.stdout
            assert mail.wait_for("ops@example.net")["Subject"].startswith("Un essai de")


def test_a_bad_certificate_and_what_the_command_says(tmp_path):
    _, certificate, key = make_certificates(str(tmp_path))
    with MailServer(tls=(certificate, key)) as mail:
        with palabre.Server(settings=mail.settings()) as site:
            article = site.publish_article("Le canal", "Texte.")
            ask(site, article, somebody())
            wait_for_log(site, "outcome=server_failed")
            assert "certificate" in site.process.log()
            assert not mail.letters
            done = palabre.run("mail", "test", "ops@example.net", "--data", site.data, env=palabre.environment())
            assert done.returncode != 0 and "certificate" in done.stderr
    with MailServer() as mail:
        with palabre.Server(settings=mail.settings(smtp_tls="require")) as site:
            done = palabre.run("mail", "test", "ops@example.net", "--data", site.data, env=palabre.environment())
            assert done.returncode != 0 and not mail.letters
            mail.refuse["gone@example.net"] = "550 5.1.1 No such mailbox"
            plain = {**palabre.environment(), "PALABRE_SMTP_TLS": "no"}
            done = palabre.run("mail", "test", "gone@example.net", "--data", site.data, env=plain)
            assert done.returncode != 0 and "550 5.1.1 No such mailbox" in done.stderr
            for wrong in (["mail"], ["mail", "test"], ["mail", "test", "not an address"], ["mail", "send", "x@example.net"]):
                assert palabre.run(*wrong, env=palabre.environment()).returncode == 2


def test_few_wishes_from_one_address_of_the_net(mail):
    with palabre.Server(settings=mail.settings(mail_asked=2)) as site:
        article = site.publish_article("Le canal", "Texte.")
        form = form_fields(find_form(site.reader().page(f"/articles/{article}"), f"/articles/{article}/follow"))
        answers = [
            site.reader().post(f"/articles/{article}/follow", {**form, "email": somebody()}).status_code for _ in range(3)
        ]
        assert answers == [200, 200, 429]


def test_without_a_server_nothing_is_offered():
    with palabre.Server() as site:
        article = site.publish_article("Le canal", "Texte.")
        page = site.get(f"/articles/{article}").text
        assert "/follow" not in page and 'name="notify"' not in page
        assert site.get(f"/articles/{article}/follow").status_code == 404
        done = palabre.run("mail", "test", "ops@example.net", "--data", site.data, env=palabre.environment())
        assert done.returncode != 0 and "smtp_url" in done.stderr


@pytest.mark.parametrize(
    "settings,word",
    [
        ({"smtp_url": "http://mail.example"}, "smtp_url"),
        ({"smtp_url": "smtp://mail.example"}, "mail_from"),
        ({"smtp_url": "smtp://mail.example", "mail_from": "Journal <journal@example.org>"}, "mail_from"),
        ({"smtp_url": "smtp://mail.example", "mail_from": "a@example.org", "smtp_tls": "perhaps"}, "smtp_tls"),
        ({"smtp_url": "smtp://mail.example", "mail_from": "a@example.org", "smtp_ca": "/nowhere.pem"}, "smtp_ca"),
    ],
)
def test_settings_that_are_wrong(tmp_path, settings, word):
    (tmp_path / "palabre.conf").write_text("".join(f"{name} = {value}\n" for name, value in settings.items()))
    done = palabre.run("config", "check", "--data", str(tmp_path), env=palabre.environment())
    assert done.returncode != 0 and word in done.stderr


# --- Reports ----------------------------------------------------------------------------------------------------------


def report(site, path, address, **fields):
    reader = site.reader()
    form = find_form(reader.page(path), "/report")
    rule = form.cssselect("input[name=rule]")[0].get("value")
    response = reader.post(path, {**form_fields(form), "rule": rule, "email": address, **fields})
    assert response.status_code == 200 and "/reports/" in response.url, response.text[:1500]


def test_a_reporter_is_told_of_receipt_and_decision(site, mail, article):
    address = somebody()
    number = publish(site, article).number
    report(site, f"/comments/{number}/report", address, text="Voyez la fin.")
    received = mail.wait_for(address)
    assert "signalement" in received["Subject"] and "Le pont & l’été" in received["Subject"]
    assert f"#{number}" in received.text and f"#{number}" in received.html
    assert "Voyez la fin." not in received.text + received.html, "nobody sends words to somebody else's address"
    assert received["List-Unsubscribe"] is None and received["Auto-Submitted"] == "auto-generated"
    [receipt] = received.links("/reports/")
    assert "Voyez la fin." in site.page(receipt).text_content()
    assert site.get(receipt[:-1] + ("A" if receipt[-1] != "A" else "B")).status_code == 404
    desk = site.moderator()
    form = find_form(desk.page(f"/moderation/comments/{number}"), "/dismiss")
    answer = {**form_fields(form), "answer": "Ce n'est qu'une opinion <ici>."}
    assert desk.post(f"/moderation/comments/{number}/dismiss", answer).status_code == 200
    decided = mail.wait_for(address, 2)
    assert "Suite donnée" in decided["Subject"]
    assert "n’a pas été retenu" in decided.text and "Ce n'est qu'une opinion <ici>." in decided.text
    assert "une opinion &lt;ici&gt;." in decided.html and "Règle de la charte" in decided.text
    assert "tribunal" in decided.text and "tribunal" in decided.html, "the law wants redress to be named"
    assert decided["In-Reply-To"] == received["In-Reply-To"]
    page = site.page(decided.links("/reports/")[0])
    assert page.cssselect(".state.refused") and "tribunal" in page.text_content()
    outbox_is_empty(site)
    # undone and decided otherwise: told again; decided the same again, without a new answer: not
    desk.post(f"/moderation/comments/{number}/undo", {"csrf": desk.csrf()})
    desk.decide(number, "remove")
    upheld = mail.wait_for(address, 3)
    assert "a été retenu" in upheld.text and "tribunal" not in upheld.text
    outbox_is_empty(site)
    desk.post(f"/moderation/comments/{number}/undo", {"csrf": desk.csrf()})
    desk.decide(number, "remove")
    outbox_is_empty(site)
    assert len(mail.to(address)) == 3


def test_a_report_of_an_article_is_answered_in_its_language(site, mail):
    english = site.publish_article("The bridge", "Text.", language="en")
    address = somebody()
    report(site, f"/articles/{english}/report", address, rule="", text="The figure is wrong.")
    assert "We have your report" in mail.wait_for(address).text
    desk = site.moderator()
    form = next(f for f in desk.page("/moderation/reports").forms if "/moderation/reports/" in (f.get("action") or ""))
    desk.post(form.get("action"), {**form_fields(form), "verdict": "upheld", "answer": "Corrected, thank you."})
    decided = mail.wait_for(address, 2)
    assert decided["Subject"].startswith("What became of your report") and "The bridge" in decided["Subject"]
    assert "Your report was upheld" in decided.text and "Corrected, thank you." in decided.html
    assert "You reported the article" in decided.text


def test_what_its_author_withdraws_is_settled_not_judged(site, mail, article):
    address = somebody()
    author = site.reader()
    sent = publish(site, article, reader=author)
    report(site, f"/comments/{sent.number}/report", address)
    mail.wait_for(address)
    own = f"/messages/{sent.secret}"
    author.post(f"{own}/withdraw", form_fields(find_form(author.page(own), "/withdraw")))
    told = mail.wait_for(address, 2)
    assert "retiré" in told.text and "modérateur a lu" not in told.text and "tribunal" not in told.text
    assert "Son auteur a retiré" in site.page(told.links("/reports/")[0]).text_content()


def test_no_address_no_mail(site, mail, article):
    number = publish(site, article).number
    before = len(mail.letters)
    report(site, f"/comments/{number}/report", "")
    site.moderator().decide(number, "remove")
    outbox_is_empty(site)
    assert len(mail.letters) == before
