"""Editors and administrators at the desk, without scripts: articles, sections, charter, accounts, the site."""

import re

import lxml.html
import pytest
import requests

import palabre
from palabre import find_form, form_fields

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.fixture(scope="module")
def edith(server):
    return server.moderator("edith")


def parse(response):
    return lxml.html.fromstring(response.content)


def text_of(response):
    return " ".join(parse(response).text_content().split())


def edit(editor, article, action, path=None, **fields):
    """Sends the form of an article as it stands, with some fields changed; redirects followed."""
    path = path or f"/moderation/articles/{article}"
    form = form_fields(find_form(editor.page(path), path))
    return editor.post(path, {**form, **fields, "action": action})


def write(editor, action, **fields):
    return edit(editor, None, action, "/moderation/articles/new", **fields)


def id_of(response):
    assert response.status_code == 200, response.text[:2000]
    return int(re.search(r"/moderation/articles/(\d+)", response.url).group(1))


# --- Articles ---------------------------------------------------------------------------------------------------------


def test_a_draft_is_nobodys_but_the_newsrooms(server, edith):
    draft = id_of(write(edith, "save", headline="Brouillon du matin", body="Du texte."))
    assert server.get(f"/articles/{draft}").status_code == 404
    assert "Brouillon du matin" not in server.get("/").text
    assert "Brouillon du matin" in edith.get("/moderation/articles").text
    assert "Brouillon du matin" in edith.get(f"/moderation/articles/{draft}/preview").text


def test_publishing_shows_it_at_once(server, edith):
    assert server.get("/").status_code == 200  # the home page is in the cache
    done = write(edith, "publish", headline="La halle rouvre", body="Enfin.", standfirst="Après deux ans.", byline="Ana")
    article = id_of(done)
    assert "est publié" in text_of(done)
    assert "La halle rouvre" in server.get("/").text
    page = server.page(f"/articles/{article}")
    assert page.xpath("//h1")[0].text_content() == "La halle rouvre"
    assert page.xpath("//*[@class='p-author h-card']")[0].text_content() == "Ana"
    assert "Après deux ans." in page.text_content()


def test_a_correction_is_seen_at_once_and_the_earlier_text_is_kept(server, edith):
    article = id_of(write(edith, "publish", headline="Dix ponts", body="Il y a dix ponts."))
    address = server.get(f"/articles/{article}").url
    assert "dix ponts" in server.get(address).text
    done = edit(edith, article, "save", headline="Onze ponts", body="Il y a onze ponts.")
    assert done.status_code == 200 and "Enregistré" in text_of(done)
    page = server.get(address)
    assert page.status_code == 200 and page.url == address  # what readers know stays
    assert "onze ponts" in page.text and "dix ponts" not in page.text
    form = form_fields(find_form(parse(done), f"/moderation/articles/{article}"))
    assert form["revision"] == "2"
    old = edith.get(f"/moderation/articles/{article}/revisions/1")
    assert "Il y a dix ponts." in old.text and "Edith" in text_of(old) or "edith" in text_of(old)
    restored = edith.page(f"/moderation/articles/{article}?from=1")
    assert form_fields(find_form(restored, f"/moderation/articles/{article}"))["body"].strip() == "Il y a dix ponts."
    edith.get(f"/moderation/articles/{article}/revisions/2", 404)


def test_saving_what_is_unchanged_makes_no_revision(edith):
    article = id_of(write(edith, "publish", headline="Tel quel", body="Un.\n\nDeux."))
    done = edit(edith, article, "save")
    assert form_fields(find_form(parse(done), f"/moderation/articles/{article}"))["revision"] == "1"


def test_withdrawing_and_publishing_again(server, edith):
    article = id_of(write(edith, "publish", headline="Retirable", body="Texte."))
    assert server.get(f"/articles/{article}").status_code == 200
    assert "retiré" in text_of(edit(edith, article, "withdraw"))
    assert server.get(f"/articles/{article}").status_code == 404
    assert "Retirable" not in server.get("/").text
    edit(edith, article, "publish")
    assert server.get(f"/articles/{article}").status_code == 200
    assert "brouillon" in text_of(edit(edith, article, "draft"))
    assert server.get(f"/articles/{article}").status_code == 404


def test_the_preview_is_the_readers_page_and_loses_nothing(server, edith):
    typed = {"headline": "Avant l'heure", "body": "Un *mot*.\n\n> cité\n\nFin.", "standfirst": "Chapô\nsur deux lignes"}
    preview = write(edith, "preview", **typed)
    assert preview.status_code == 200
    page = parse(preview)
    assert page.xpath("//div[contains(@class,'e-content')]//em")[0].text_content() == "mot"
    assert page.xpath("//div[contains(@class,'e-content')]//blockquote")
    assert not page.xpath("//h1[contains(@class,'p-name')]/ancestor::*[contains(@class,'desk')]")
    assert "Avant" not in server.get("/").text
    form = find_form(page, "/moderation/articles/new")
    again = edith.post("/moderation/articles/new", {**form_fields(form), "action": "edit"})
    fields = form_fields(find_form(parse(again), "/moderation/articles/new"))
    for name, value in typed.items():
        assert fields[name].replace("\r\n", "\n").strip("\n") == value, name
    published = id_of(edith.post("/moderation/articles/new", {**form_fields(form), "action": "publish"}))
    plain = lambda page: re.sub(r"\s+", " ", page.xpath("//div[contains(@class,'e-content')]")[0].text_content())
    assert plain(server.page(f"/articles/{published}")) == plain(page)


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(edith):
    response = write(
        edith,
        "publish",
        headline="  ",
        body="Gardé <tel> quel & entier",
        byline="B" * 201,
        kind="excerpt",
        source_url="javascript:alert(1)",
        source_date="31/12/2025",
        section="nulle-part",
    )
    assert response.status_code == 422
    page = parse(response)
    for field in ("headline", "byline", "source_url", "source_date", "section"):
        assert page.xpath(f"//*[@id='wrong-{field}']"), field
        assert page.xpath(f"//*[@id='field-{field}'][@aria-invalid='true']"), field
        assert page.xpath(f"//*[@id='problems']//a[@href='#field-{field}']"), field
    assert "200" in page.xpath("//*[@id='wrong-byline']")[0].text_content()
    fields = form_fields(find_form(page, "/moderation/articles/new"))
    assert fields["body"].strip() == "Gardé <tel> quel & entier"
    assert fields["source_url"] == "javascript:alert(1)" and fields["byline"] == "B" * 201


def test_two_editors_never_overwrite_each_other_unseen(server, edith):
    article = id_of(write(edith, "publish", headline="À deux", body="Premier."))
    path = f"/moderation/articles/{article}"
    admin = server.moderator("admin")
    form = form_fields(find_form(edith.page(path), path))
    assert edit(admin, article, "save", body="Du collègue.").status_code == 200
    late = edith.post(path, {**form, "body": "D'Edith.", "action": "save"})
    assert late.status_code == 409
    assert "Du collègue." in late.text and "admin" in text_of(late)
    fields = form_fields(find_form(parse(late), path))
    assert fields["body"].strip() == "D'Edith."
    assert "Du collègue." in server.get(f"/articles/{article}").text
    settled = edith.post(path, {**fields, "action": "save"})
    assert settled.status_code == 200
    assert "D’Edith." in server.get(f"/articles/{article}").text
    assert "Du collègue." in edith.get(f"{path}/revisions/2").text


def test_a_press_excerpt_carries_its_credit(server, edith):
    article = id_of(
        write(
            edith,
            "publish",
            headline="Vu ailleurs",
            body="Le premier paragraphe.",
            kind="excerpt",
            source_url="https://www.example.org/a?b=1&c=2",
            source_site="Le Courrier",
            source_author="Jeanne Martin",
            source_title="Le titre d'origine",
            source_date="2026-01-31",
        )
    )
    page = server.page(f"/articles/{article}")
    quote = page.xpath("//blockquote[contains(@class,'h-cite')]")[0]
    assert quote.get("cite") == "https://www.example.org/a?b=1&c=2"
    source = page.xpath("//p[@class='source']")[0]
    assert source.xpath("a/@href") == ["https://www.example.org/a?b=1&c=2"]
    assert "example.org" in source.text_content()
    for words in ("Jeanne Martin", "Le Courrier", "31 janvier 2026"):
        assert words in source.text_content()
    fields = form_fields(find_form(edith.page(f"/moderation/articles/{article}"), f"/moderation/articles/{article}"))
    assert fields["source_date"] == "2026-01-31" and fields["kind"] == "excerpt"


def test_a_page_of_the_house_stands_in_no_list(server, edith):
    article = id_of(write(edith, "publish", headline="Qui sommes-nous", body="Nous.", kind="page"))
    assert server.get(f"/articles/{article}").status_code == 200
    assert "Qui sommes-nous" not in server.get("/").text
    assert "Qui sommes-nous" in edith.get("/moderation/articles").text


def test_opening_and_closing_a_discussion_with_one_click(server, edith):
    article = id_of(write(edith, "publish", headline="À discuter", body="Texte."))
    assert find_form(server.page(f"/articles/{article}"), f"/articles/{article}/comments") is not None
    action = f"/moderation/articles/{article}/discussion"
    form = find_form(edith.page("/moderation/articles"), action)
    done = edith.post(action, {**form_fields(form), "discussion": "closed"})
    assert done.status_code == 200 and "/moderation/articles?" in done.url
    assert "fermée" in text_of(done)
    with pytest.raises(AssertionError):
        find_form(server.page(f"/articles/{article}"), f"/articles/{article}/comments")
    form = find_form(edith.page(f"/moderation/articles/{article}"), action)
    done = edith.post(action, {"csrf": form_fields(form)["csrf"], "discussion": "open", "moderation": "post"})
    assert done.url.endswith(f"/moderation/articles/{article}?done=opened")
    sent = server.reader().send(article, name="Léa", text="Tout de suite visible")
    assert sent.number and "Tout de suite visible" in server.get(f"/articles/{article}").text


def test_saving_a_text_leaves_a_switch_that_a_colleague_has_turned(server, edith):
    article = id_of(write(edith, "publish", headline="Commutateur", body="Un."))
    path = f"/moderation/articles/{article}"
    form = form_fields(find_form(edith.page(path), path))
    edith.post(path + "/discussion", {"csrf": form["csrf"], "discussion": "closed"})
    assert edith.post(path, {**form, "body": "Deux.", "action": "save"}).status_code == 200
    page = server.page(f"/articles/{article}")
    assert "Deux." in page.text_content()
    assert form_fields(find_form(edith.page(path), path))["discussion"] == "closed"


def test_the_list_goes_on(server, edith):
    for i in range(35):
        write(edith, "save", headline=f"Série {i:02}", body="x")
    seen, path = [], "/moderation/articles"
    for _ in range(10):
        page = edith.page(path)
        seen += page.xpath("//li[contains(@class,'desk-item')]//h2/a/@href")
        older = page.xpath("//a[contains(@href,'before=')][contains(@class,'button')]/@href")
        if not older:
            break
        path = older[0]
    with server.database() as database:
        (count,) = database.execute("SELECT count(*) FROM article").fetchone()
    assert len(seen) == len(set(seen)) == count


def test_hostile_words_are_words(server, edith):
    article = id_of(
        write(edith, "publish", headline=HOSTILE, standfirst=HOSTILE, byline=HOSTILE[:150], body=HOSTILE)
    )
    for response in (
        server.get(f"/articles/{article}"),
        server.get("/"),
        edith.get("/moderation/articles"),
        edith.get(f"/moderation/articles/{article}"),
        edith.get(f"/moderation/articles/{article}/preview"),
        edit(edith, article, "preview"),
    ):
        page = parse(response)
        assert not page.xpath("//script[not(@src) and not(@type='application/ld+json')]")
        assert not page.xpath("//*[@onerror]") and not page.xpath("//img[@src='x']")


def test_bad_text_is_refused_and_no_such_article_is_said(edith):
    response = write(edith, "save", headline="A\u0007B", body="Texte")
    assert response.status_code == 422 and parse(response).xpath("//*[@id='wrong-headline']")
    for path in ("/moderation/articles/999999", "/moderation/articles/999999/preview"):
        edith.get(path, 404)
    csrf = edith.csrf("/moderation/articles/new")
    assert edith.post("/moderation/articles/999999", {"csrf": csrf, "action": "save"}).status_code == 404
    assert edith.post("/moderation/articles/999999/discussion", {"csrf": csrf, "discussion": "open"}).status_code == 404


# --- Rights -----------------------------------------------------------------------------------------------------------

EDITORS = ("/moderation/articles", "/moderation/articles/new", "/moderation/sections")
ADMINISTRATORS = ("/moderation/charter", "/moderation/accounts/new", "/moderation/site")


def test_rights_by_role(server, edith):
    maud, admin = server.moderator("maud"), server.moderator("admin")
    for path in EDITORS + ADMINISTRATORS:
        maud.get(path, 403)
        admin.get(path, 200)
        edith.get(path, 200 if path in EDITORS else 403)
        anonymous = server.get(path, allow_redirects=False)
        assert anonymous.status_code == 303 and anonymous.headers["Location"].startswith("/sign-in?next=")
    for path in EDITORS[1:] + ADMINISTRATORS:
        csrf = maud.csrf("/moderation/sessions")
        assert maud.post(path, {"csrf": csrf, "headline": "x", "body": "y", "action": "publish"}).status_code == 403


def test_no_act_without_the_sessions_token(server, edith):
    admin = server.moderator("admin")
    for path in EDITORS[1:] + ADMINISTRATORS + ("/moderation/password",):
        for csrf in ("", "x" * 32):
            response = admin.post(path, {"csrf": csrf, "headline": "Volé", "body": "y", "action": "publish"})
            assert response.status_code == 403, path
    assert "Volé" not in edith.get("/moderation/articles").text
