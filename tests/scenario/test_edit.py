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


WXR = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Avant</title><link>http://avant.example</link><wp:wxr_version>1.2</wp:wxr_version>
<wp:base_site_url>http://avant.example</wp:base_site_url><wp:base_blog_url>http://avant.example</wp:base_blog_url>
<item><title>Importé</title><link>http://avant.example/importe/</link><dc:creator>ana</dc:creator>
<content:encoded><![CDATA[<p>Du <strong>gras</strong>.</p>]]></content:encoded><excerpt:encoded></excerpt:encoded>
<wp:post_id>7</wp:post_id><wp:post_date>2020-01-02 10:00:00</wp:post_date>
<wp:post_date_gmt>2020-01-02 09:00:00</wp:post_date_gmt><wp:comment_status>open</wp:comment_status>
<wp:post_name>importe</wp:post_name><wp:status>publish</wp:status><wp:post_parent>0</wp:post_parent>
<wp:post_type>post</wp:post_type></item></channel></rss>"""


def test_an_imported_article_is_edited_as_html_and_cleaned_again(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "export.xml").write_text(WXR, encoding="utf-8")
    done = palabre.run("import", "wordpress", str(tmp_path / "export.xml"), "--data", str(tmp_path / "data"))
    assert done.returncode == 0, done.stderr
    with palabre.Server(data=str(tmp_path / "data")) as server:
        edith = server.moderator("edith")
        href = edith.page("/moderation/articles").xpath("//h2/a/@href")[0]
        page = edith.page(href)
        fields = form_fields(find_form(page, href))
        assert fields["body"].strip() == "<p>Du <strong>gras</strong>.</p>"
        assert "HTML" in page.xpath("//*[@id='help-body']")[0].text_content()
        body = "<p>Du <em onclick=x>neuf</em>.</p><script>alert(1)</script><a href='javascript:x'>clic</a>"
        preview = parse(edith.post(href, {**fields, "body": body, "action": "preview"}))
        assert preview.xpath("//div[contains(@class,'e-content')]//em")[0].text_content() == "neuf"
        saved = edith.post(href, {**fields, "body": body, "action": "save"})
        assert saved.status_code == 200
        assert form_fields(find_form(parse(saved), href))["body"].strip() == body  # the source is kept as typed
        article = re.search(r"\d+$", href).group(0)
        text = server.page(f"/articles/{article}").xpath("//div[contains(@class,'e-content')]")[0]
        assert text.xpath(".//em") and not text.xpath(".//@onclick | .//script | .//a[starts-with(@href,'java')]")
        server.check()


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
    article = id_of(write(edith, "save", headline="À qui le droit", body="x"))
    editors = ("/articles/new", f"/articles/{article}", f"/articles/{article}/discussion")
    editors += ("/sections", "/sections/new", "/sections/1")
    administrators = ("/charter", "/accounts/new", "/accounts/1", "/accounts/1/password", "/site", "/site/strict")
    for path in editors + administrators:
        for who in (maud,) if path in editors else (maud, edith):
            form = {"csrf": who.csrf("/moderation/sessions"), "headline": "x", "body": "y", "action": "publish"}
            response = who.post("/moderation" + path, form, allow_redirects=False)
            assert response.status_code == 403, (who.name, path)


def test_no_act_without_the_sessions_token(server, edith):
    admin = server.moderator("admin")
    for path in EDITORS[1:] + ADMINISTRATORS + ("/moderation/password",):
        for csrf in ("", "x" * 32):
            response = admin.post(path, {"csrf": csrf, "headline": "Volé", "body": "y", "action": "publish"})
            assert response.status_code == 403, path
    assert "Volé" not in edith.get("/moderation/articles").text


# --- Sections ---------------------------------------------------------------------------------------------------------


def test_sections_are_made_ordered_and_followed(server, edith):
    for title in ("Culture", "Société", "Sports"):
        form = form_fields(find_form(edith.page("/moderation/sections/new"), "/moderation/sections/new"))
        done = edith.post("/moderation/sections/new", {**form, "title": title, "description": f"Tout {title}"})
        assert done.status_code == 200 and "Enregistré" in text_of(done), done.text[:2000]
    titles = lambda page: [" ".join(a.text_content().split()) for a in page.xpath("//ol//h2/a")]
    page = edith.page("/moderation/sections")
    assert titles(page) == ["Culture", "Société", "Sports"]
    sports = page.xpath("//ol/li[3]//button[@name='up']/@value")[0]
    csrf = edith.csrf("/moderation/sections")
    assert titles(parse(edith.post("/moderation/sections", {"csrf": csrf, "up": sports}))) == [
        "Culture",
        "Sports",
        "Société",
    ]
    assert server.page("/").xpath("//nav//a/text()") == ["Culture", "Sports", "Société"]
    assert edith.post("/moderation/sections", {"csrf": csrf, "down": "999"}).status_code == 404

    article = id_of(write(edith, "publish", headline="Vernissage", body="Ce soir.", section="culture"))
    assert "Vernissage" in server.get("/sections/culture").text
    assert server.page(f"/articles/{article}").xpath("//a[@class='p-category']/@href") == ["/sections/culture"]
    edit(edith, article, "save", section="")
    assert "Vernissage" not in server.get("/sections/culture").text


def test_a_sections_rule_holds_for_its_articles(server, edith):
    href = edith.page("/moderation/sections").xpath("//ol/li[1]//h2/a/@href")[0]
    article = id_of(write(edith, "publish", headline="Sous la rubrique", body="x", section="culture"))
    form = form_fields(find_form(edith.page(href), href))
    edith.post(href, {**form, "moderation": "closed"})
    with pytest.raises(AssertionError):
        find_form(server.page(f"/articles/{article}"), f"/articles/{article}/comments")
    edith.post(href, {**form, "moderation": "", "title": "Arts & culture"})
    assert find_form(server.page(f"/articles/{article}"), f"/articles/{article}/comments") is not None
    assert "Arts & culture" in server.page("/").xpath("//nav//a/text()")  # and its address has stayed
    assert server.get("/sections/culture").status_code == 200


def test_what_is_wrong_in_a_section(edith):
    path = "/moderation/sections/new"
    form = form_fields(find_form(edith.page(path), path))
    empty = edith.post(path, {**form, "title": " ", "description": "gardée"})
    assert empty.status_code == 422 and parse(empty).xpath("//*[@id='wrong-title']") and "gardée" in empty.text
    taken = edith.post(path, {**form, "title": "Autre", "slug": "culture"})
    assert taken.status_code == 409 and parse(taken).xpath("//*[@id='wrong-slug']")
    odd = edith.post(path, {**form, "title": "Autre", "slug": "../x"})
    assert odd.status_code == 422 and parse(odd).xpath("//*[@id='wrong-slug']")
    edith.get("/moderation/sections/999", 404)


# --- The charter ------------------------------------------------------------------------------------------------------

CHARTER = "/moderation/charter"


@pytest.fixture(scope="module")
def admin(server):
    return server.moderator("admin")


def charter_form(admin):
    return form_fields(find_form(admin.page(CHARTER), CHARTER))


def press(admin, form, action):
    """A button that rearranges the form; gives the form as it comes back, and the page."""
    response = admin.post(CHARTER, {**form, "action": action})
    assert response.status_code == 200, response.text[:2000]
    return form_fields(find_form(parse(response), CHARTER)), response


def test_rules_are_added_moved_and_taken_out_without_scripts(server, admin):
    form = charter_form(admin)
    version, count = int(form["version"]), int(form["rules"])
    second = form["code_1"]
    form, _ = press(admin, form, "up-1")
    assert form["code_0"] == second
    form, page = press(admin, form, "add")
    assert int(form["rules"]) == count + 1 and "Rien n’est encore enregistré" in text_of(page)
    form[f"title_fr_{count}"] = "Rester bref"
    form[f"title_en_{count}"] = "Keep it short"
    form[f"text_fr_{count}"] = "Parler de *l'article*."
    form, _ = press(admin, form, "remove-1")
    assert form[f"title_fr_{count - 1}"] == "Rester bref"
    assert "Rester bref" not in server.get("/charter").text
    saved = admin.post(CHARTER, {**form, "action": "save"})
    assert saved.status_code == 200 and "nouvelle version" in text_of(saved), saved.text[:3000]
    now = charter_form(admin)
    assert int(now["version"]) == version + 1
    assert now[f"code_{count - 1}"] == "rester-bref"
    assert "<em>l’article</em>" in server.get("/charter").text
    assert "Keep it short" in server.get("/charter?lang=en").text
    old = admin.get(f"{CHARTER}/{version}")
    assert "Rester bref" not in old.text
    assert "Keep it short" in admin.get(f"{CHARTER}/{version + 1}?language=en").text
    admin.get(f"{CHARTER}/999", 404)


def test_what_is_wrong_in_a_charter(admin):
    form, _ = press(admin, charter_form(admin), "add")
    last = int(form["rules"]) - 1
    form[f"title_fr_{last}"] = "Sans traduction"
    form["code_0"] = form["code_1"]
    response = admin.post(CHARTER, {**form, "action": "save"})
    assert response.status_code == 422
    page = parse(response)
    assert page.xpath(f"//*[@id='wrong-title_en_{last}']")
    assert page.xpath("//*[@id='wrong-code_1']")
    assert page.xpath(f"//*[@id='problems']//a[@href='#field-title_en_{last}']")
    assert form_fields(find_form(page, CHARTER))[f"title_fr_{last}"] == "Sans traduction"
    empty = admin.post(CHARTER, {"csrf": form["csrf"], "version": form["version"], "rules": "0", "action": "save"})
    assert empty.status_code == 422


def test_a_language_left_empty_is_left_out(server, admin):
    form = charter_form(admin)
    for name in list(form):
        if re.match(r"(introduction|title|text|legal_ground)_en", name):
            form[name] = " "
    assert admin.post(CHARTER, {**form, "action": "save"}).status_code == 200
    assert form["title_fr_0"] in " ".join(server.page("/charter?lang=en").text_content().split()).replace("’", "'")
    assert charter_form(admin)["title_en_0"] == ""


def test_two_administrators_and_one_charter(server, admin):
    form = charter_form(admin)
    other = server.moderator("admin")
    assert other.post(CHARTER, {**charter_form(other), "introduction_fr": "De l'autre", "action": "save"}).ok
    late = admin.post(CHARTER, {**form, "introduction_fr": "De moi", "action": "save"})
    assert late.status_code == 409
    again = form_fields(find_form(parse(late), CHARTER))
    assert again["introduction_fr"].strip() == "De moi" and int(again["version"]) == int(form["version"]) + 1
    assert admin.post(CHARTER, {**again, "action": "save"}).status_code == 200
    assert "De moi" in server.get("/charter").text


def test_fifty_rules_and_no_more(admin):
    form = charter_form(admin)
    while int(form["rules"]) < 50:
        form, _ = press(admin, form, "add")
    response = admin.post(CHARTER, {**form, "action": "add"})
    assert response.status_code == 200 and parse(response).xpath("//*[@id='problems']")
    for i in range(50):
        form[f"title_fr_{i}"] = f"Règle {i}"
        form[f"title_en_{i}"] = f"Rule {i}"
    assert admin.post(CHARTER, {**form, "action": "save"}).status_code == 200


# --- Accounts ---------------------------------------------------------------------------------------------------------

ACCOUNTS = "/moderation/accounts"
NEW = ACCOUNTS + "/new"
LONG = "une phrase assez longue pour servir"


def account_path(admin, name):
    for item in admin.page(ACCOUNTS).xpath("//li[contains(@class,'desk-item')]"):
        if name in item.text_content():
            return item.xpath(".//h2/a/@href")[0]
    raise AssertionError(name)


def add_account(admin, name, role, fields=None):
    form = form_fields(find_form(admin.page(NEW), NEW))
    filled = {**form, "account": name, "display_name": f"{name} nommée", "role": role, "password": LONG}
    return admin.post(NEW, {**filled, "password_again": LONG, **(fields or {})})


def test_an_account_from_its_making_to_its_closing(server, admin):
    done = add_account(admin, "zoe", "moderator")
    assert done.status_code == 200 and "zoe nommée" in text_of(done), done.text[:3000]
    zoe = palabre.Moderator(server, "zoe", LONG)
    zoe.get("/moderation/articles", 403)
    path = account_path(admin, "zoe")
    form = form_fields(find_form(admin.page(path), path))
    assert admin.post(path, {**form, "role": "editor"}).status_code == 200
    zoe.get("/moderation/articles", 200)  # at once, in the session she has
    changed = admin.post(path + "/password", {"csrf": form["csrf"], "password": LONG + "!", "password_again": LONG + "!"})
    assert changed.status_code == 200 and "nouveau mot de passe" in text_of(changed)
    assert "/sign-in" in zoe.session.get(zoe.url("/moderation")).url
    zoe = palabre.Moderator(server, "zoe", LONG + "!")
    assert admin.post(path, {**form, "role": "editor", "disabled": "1"}).status_code == 200
    assert "/sign-in" in zoe.session.get(zoe.url("/moderation")).url
    with pytest.raises(AssertionError):
        palabre.Moderator(server, "zoe", LONG + "!")


def test_what_is_wrong_in_an_account(admin):
    wrong = lambda response, field: parse(response).xpath(f"//*[@id='wrong-{field}']")
    for fields, field, status in (
        ({"account": "maud"}, "account", 409),
        ({"account": "a b/c"}, "account", 422),
        ({"account": ""}, "account", 422),
        ({"password": "court", "password_again": "court"}, "password", 422),
        ({"password_again": "autre"}, "password_again", 422),
        ({"role": "king"}, "role", 422),
    ):
        response = add_account(admin, "nouvelle", "moderator", fields)
        assert response.status_code == status, (fields, response.status_code)
        assert wrong(response, field), fields
        assert "nouvelle nommée" in response.text and LONG not in response.text


def test_the_last_administrator_stays(admin):
    path = account_path(admin, "admin")
    form = form_fields(find_form(admin.page(path), path))
    for fields in ({"role": "editor"}, {"disabled": "1"}):
        response = admin.post(path, {**form, **fields})
        assert response.status_code == 409 and parse(response).xpath("//*[@id='wrong-role']")
    admin.get(ACCOUNTS, 200)


def test_everybody_changes_their_own_password(server):
    marc = server.moderator("marc")
    path = "/moderation/password"
    form = form_fields(find_form(marc.page(path), path))
    wrong = marc.post(path, {**form, "password_now": "faux", "password": LONG, "password_again": LONG})
    assert wrong.status_code == 422 and parse(wrong).xpath("//*[@id='wrong-password_now']")
    short = marc.post(path, {**form, "password_now": palabre.PASSWORD, "password": "x", "password_again": "x"})
    assert short.status_code == 422 and parse(short).xpath("//*[@id='wrong-password']")
    done = marc.post(path, {**form, "password_now": palabre.PASSWORD, "password": LONG, "password_again": LONG})
    assert done.status_code == 200 and "changé" in text_of(done)
    marc.get("/moderation", 200)  # this session goes on
    palabre.Moderator(server, "marc", LONG)


# --- The site ---------------------------------------------------------------------------------------------------------


def test_the_site_is_renamed_everywhere_at_once(server, admin):
    path = "/moderation/site"
    form = form_fields(find_form(admin.page(path), path))
    done = admin.post(path, {**form, "publication": "Le Palabreur & fils", "tagline": "Tous les jours", "close_after_days": "30"})
    assert done.status_code == 200 and "Enregistré" in text_of(done)
    assert "Le Palabreur &amp; fils" in server.get("/").text
    again = form_fields(find_form(admin.page(path), path))
    assert again["close_after_days"] == "30" and again["gives_reasons"] == "1"
    del again["gives_reasons"]
    admin.post(path, {**again, "close_after_days": "0", "removed": "hide"})
    again = form_fields(find_form(admin.page(path), path))
    assert "gives_reasons" not in again and again["removed"] == "hide"


def test_what_is_wrong_about_the_site(admin):
    path = "/moderation/site"
    form = form_fields(find_form(admin.page(path), path))
    response = admin.post(path, {**form, "publication": "", "time_zone": "Mars/Olympus", "close_after_days": "-3"})
    assert response.status_code == 422
    for field in ("publication", "time_zone", "close_after_days"):
        assert parse(response).xpath(f"//*[@id='wrong-{field}']"), field
    assert "Mars/Olympus" in response.text
    assert admin.post(path, {**form, "publication": "x" * 121}).status_code == 422
    assert admin.post(path, {**form, "moderation": ""}).status_code == 422


def test_an_option_of_the_site_is_set_and_journalled(server, admin):
    path = "/moderation/site"
    form = form_fields(find_form(admin.page(path), path))
    assert form["option_spelling"] == "advise" and form["option_short_below"] == "12"
    bad = admin.post(path, {**form, "option_short_below": "many", "option_spelling": "never", "option_long_above": "5000"})
    assert bad.status_code == 422
    for option in ("short_below", "spelling"):
        assert parse(bad).xpath(f"//*[@id='wrong-option_{option}']"), option
        assert parse(bad).xpath(f"//*[@id='problems']//a[@href='#field-option_{option}']"), option
    kept = form_fields(find_form(parse(bad), path))
    assert kept["option_short_below"] == "many" and kept["option_long_above"] == "5000"
    admin.post(path, {**form, "option_spelling": "require"})
    again = form_fields(find_form(admin.page(path), path))
    assert again["option_spelling"] == "require" and again["option_long_above"] == form["option_long_above"]
    assert '\\"option_spelling\\":{\\"from\\":\\"advise\\"' in admin.get("/moderation/journal.jsonl").text
    bare = {name: value for name, value in again.items() if not name.startswith("option")}
    admin.post(path, {**bare, "tagline": "sans les options"})  # a form without them leaves them
    assert form_fields(find_form(admin.page(path), path))["option_spelling"] == "require"
    admin.post(path, {**again, "option_spelling": "advise"})


def test_one_switch_puts_the_whole_site_under_pre_moderation(server, edith, admin):
    article = id_of(write(edith, "publish", headline="Jour difficile", body="x", moderation="post"))
    reader = server.reader()
    reader.send(article, name="Léa", text="Avant le commutateur")
    assert "Avant le commutateur" in server.get(f"/articles/{article}").text
    shown = server.get(f"/articles/{article}").text
    switch = find_form(admin.page("/moderation/site"), "/moderation/site/strict")
    csrf = form_fields(switch)["csrf"]
    on = admin.post("/moderation/site/strict", {"csrf": csrf, "strict": "1"})
    assert on.status_code == 200 and "Activé" in text_of(on)
    assert server.get(f"/articles/{article}").text != shown  # the form says that a moderator reads first
    reader.send(article, name="Léa", text="Après le commutateur")
    assert "Après le commutateur" not in server.get(f"/articles/{article}").text
    form = form_fields(find_form(admin.page("/moderation/site"), "/moderation/site"))
    admin.post("/moderation/site", {**form, "tagline": "autre"})  # saving the rest leaves the switch
    assert "Activé" in text_of(admin.get("/moderation/site"))
    admin.post("/moderation/site/strict", {"csrf": csrf, "strict": "0"})
    reader.send(article, name="Léa", text="De nouveau aussitôt")
    assert "De nouveau aussitôt" in server.get(f"/articles/{article}").text


def test_all_of_it_is_in_the_journal_and_the_books_are_in_order(server, admin):
    acts = {row.split("|")[0] for row in re.findall(r'"act":"([^"]+)"', admin.get("/moderation/journal.jsonl").text)}
    for act in ("article.save", "article.state", "article.discussion", "section.save", "charter.save", "site.save",
                "account.add", "account.save", "account.password"):
        assert act in acts, (act, acts)
    server.check()


def test_a_very_long_article_can_be_saved(server, edith):
    body = "Un paragraphe assez long pour compter.\n\n" * 12_000  # about 480 kB
    article = id_of(write(edith, "publish", headline="Un long article", body=body))
    assert server.get(f"/articles/{article}").text.count("Un paragraphe assez long") >= 12_000
