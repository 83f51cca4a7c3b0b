"""Proofreading: what the preview says, what it corrects, what the site requires, what the moderator is told; names after '@'."""

import json
import time

import lxml.html
import pytest

import palabre
from palabre import find_form, form_fields

TYPOS = "Exellent article, l'hommme a raison. Aujourd'hui la soeur de Zorglub dit-elle vrai ?"
ENGLISH = "I do not agree with you at all: the bridge should have been rebuilt a very long time ago."


@pytest.fixture(scope="module")
def article(server):
    return server.publish_article("Le pont de Lussange", "Monsieur Grabouillon a parlé.", language="fr")


@pytest.fixture(scope="module")
def english(server):
    return server.publish_article("The bridge", "It was rebuilt.", language="en")


@pytest.fixture(scope="module")
def admin(server):
    return server.moderator("admin")


def parse(response):
    return lxml.html.fromstring(response.content)


def all_fields(page, article):
    """The form's fields, those outside of it that belong to it (form=) too."""
    fields = form_fields(find_form(page, f"/articles/{article}/comments"))
    for field in page.xpath("//*[@form='form'][@name]"):
        if field.tag == "select":
            fields[field.get("name")] = field.value or ""
        elif field.get("type") == "hidden" or (field.get("type") == "checkbox" and field.checked):
            fields[field.get("name")] = field.get("value")
    return fields


def marked(page):
    return [word.text_content() for word in page.xpath("//*[contains(@class, 'e-content')]//u[@class='unknown']")]


def suggestions(page):
    rows = {}
    for row in page.xpath("//*[@data-fix]"):
        word = row.xpath(".//input")[0].get("value")
        rows[word] = [option.get("value") for option in row.xpath(".//option") if option.get("value")]
    return rows


def preview_until_ready(reader, article, text):
    """Suggestions that were not ready are computed afterwards: the next previews have them."""
    for _ in range(200):
        page = parse(reader.preview(article, name="Léa", text=text))
        if "on their way" not in page.text_content() and "propositions arrivent" not in page.text_content():
            return page
        time.sleep(0.05)
    raise AssertionError("the suggestions never came")


def set_options(admin, **options):
    path = "/moderation/site"
    form = form_fields(find_form(admin.page(path), path))
    admin.post(path, {**form, **{f"option_{name}": value for name, value in options.items()}})


def test_unknown_words_are_marked_and_nothing_else(server, article):
    text = TYPOS + "\n\n> une fôte citée\n\nVoilà `fôte`, https://example.org/fôte et @fôte, « une fôte » de Grabouillon. SNCF, 3e."
    preview = server.reader().preview(article, name="Léa", text=text)
    page = parse(preview)
    assert preview.status_code == 200 and marked(page) == ["Exellent", "hommme"]
    plain = parse(server.reader().preview(article, name="Léa", text="> une fôte citée\n\nLe pont."))
    assert not marked(plain) and not plain.xpath("//*[@id='proofreading']")
    content = lxml.html.tostring(page.xpath("//*[contains(@class, 'e-content')]")[0], encoding="unicode")
    assert "l’<u class=\"unknown\" data-word=\"1\" data-at=\"20\">hommme</u>" in content
    assert TYPOS.index("hommme") == 20


def test_a_choice_in_the_form_corrects_the_text(server, article):
    reader = server.reader()
    page = preview_until_ready(reader, article, TYPOS)
    offered = suggestions(page)
    assert "Excellent" in offered["Exellent"] and "homme" in offered["hommme"]
    assert all(len(words) <= 5 for words in offered.values())
    fields = all_fields(page, article)
    assert fields["fix_0"] == "" and fields["fix_1"] == ""
    again = reader.post(f"/articles/{article}/comments", {**fields, "fix_1": "homme", "action": "preview"})
    assert marked(parse(again)) == ["Exellent"]
    fields = all_fields(parse(again), article)
    assert "l'homme a raison" in fields["text"] and "Exellent" in fields["text"]
    sent = reader.post(f"/articles/{article}/comments", {**fields, "fix_0": "Excellent", "action": "send"})
    assert "/messages/" in sent.url
    with server.database() as database:
        text, checks = database.execute("SELECT text_source, checks FROM comment ORDER BY number DESC LIMIT 1").fetchone()
    assert text == TYPOS.replace("Exellent", "Excellent").replace("hommme", "homme")
    assert "spelling" not in checks


def test_a_correction_touches_only_marked_words(server, article):
    reader = server.reader()
    text = "Une hommme et `hommme`.\n\n> hommme\n\nhttps://example.org/hommme hommme"
    fields = all_fields(preview_until_ready(reader, article, text), article)
    again = reader.post(f"/articles/{article}/comments", {**fields, "fix_0": "homme", "action": "preview"})
    wanted = "Une homme et `hommme`.\n\n> hommme\n\nhttps://example.org/hommme homme"
    assert all_fields(parse(again), article)["text"].replace("\r\n", "\n") == wanted
    hostile = {**fields, "word_0": "hommme", "fix_0": "<script>alert(1)</script>", "action": "preview"}
    assert "<script>alert" not in reader.post(f"/articles/{article}/comments", hostile).text


def test_a_correction_that_is_refused_is_not_lost(server, article):
    reader = server.reader()
    reader.send(article, name="Zoé", text="Un homme passe sur le pont de Lussange.")
    fields = all_fields(preview_until_ready(reader, article, "Un hommme passe sur le pont de Lussange."), article)
    refused = reader.post(f"/articles/{article}/comments", {**fields, "fix_0": "homme", "action": "preview"})
    assert refused.status_code == 422
    assert all_fields(parse(refused), article)["text"].strip() == "Un homme passe sur le pont de Lussange."


def test_each_discussion_has_its_language(server, english):
    page = preview_until_ready(server.reader(), english, "Teh bridge’s colour, its color, and Dupond's word: I don’t recieve it.")
    assert marked(page) == ["Teh", "recieve"]
    assert "The" in suggestions(page)["Teh"] and "receive" in suggestions(page)["recieve"]


def test_advice_is_given_in_words(server, article, english):
    def said(where, text):
        page = parse(server.reader().preview(where, name="Léa", text=text))
        return [item.text_content() for item in page.xpath("//*[@id='proofreading']//*[@class='advice']/li")], marked(page)

    advice, words = said(article, ENGLISH)
    assert len(advice) == 1 and "anglais" in advice[0] and not words
    advice, words = said(english, "Je ne suis pas du tout d’accord avec vous : ce pont devait être refait depuis bien longtemps.")
    assert len(advice) == 1 and "French" in advice[0] and not words
    advice, _ = said(article, "Dieser Text ist weder auf Französisch noch auf Englisch geschrieben worden, sondern auf Deutsch.")
    assert len(advice) == 1 and "français" in advice[0] and "anglais" not in advice[0]
    assert any("capitales" in one for one in said(article, "CE PONT EST UNE HONTE POUR LA VALLÉE")[0])
    assert any("très court" in one for one in said(article, "Oui !")[0])
    assert any("long" in one for one in said(article, "Le pont est là. " * 200)[0])
    assert said(article, "Je suis bien d’accord avec tout ce que dit cet article sur le pont.") == ([], [])


def test_what_repeats_an_earlier_message_is_told(server, article, english):
    reader = server.reader()
    reader.send(article, name="Rose", text="Voilà des mots que je vais répéter ailleurs, exactement.")
    page = parse(reader.preview(english, name="Rose", text="Voilà des mots que je vais répéter ailleurs, exactement."))
    assert "already sent these words" in page.text_content()


def test_required_spelling_asks_once(server, article, admin):
    set_options(admin, spelling="require")
    try:
        reader = server.reader()
        text = "Une fôtte que je veux garder."
        fields = all_fields(parse(reader.preview(article, name="Léa", text=text)), article)
        assert "meant" not in fields
        refused = reader.post(f"/articles/{article}/comments", {**fields, "action": "send"})
        page = parse(refused)
        assert refused.status_code == 422 and page.xpath("//*[@id='problems']") and page.xpath("//input[@id='meant']")
        assert marked(page) == ["fôtte"] and all_fields(page, article)["text"] == text
        confirmed = reader.post(f"/articles/{article}/comments", {**all_fields(page, article), "meant": "1", "action": "preview"})
        assert all_fields(parse(confirmed), article)["meant"] == "1"  # asked once
        sent = reader.post(f"/articles/{article}/comments", {**all_fields(parse(confirmed), article), "action": "send"})
        assert "/messages/" in sent.url
    finally:
        set_options(admin, spelling="advise")


def test_what_can_be_counted_blocks_until_it_is_mended(server, article, admin):
    set_options(admin, capitals="require", short="require", short_below="20")
    try:
        reader = server.reader()
        fields = all_fields(parse(reader.preview(article, name="Léa", text="CE PONT EST UNE HONTE")), article)
        refused = reader.post(f"/articles/{article}/comments", {**fields, "meant": "1", "action": "send"})
        assert refused.status_code == 422 and "capitales" in refused.text and "À corriger" in refused.text
        direct = reader.post_message(article, "send", name="Léa", text="Trop court")  # not through the preview
        assert direct.status_code == 422 and "très court" in direct.text
        sent = reader.post(f"/articles/{article}/comments", {**fields, "text": "Ce pont est une honte.", "action": "send"})
        assert "/messages/" in sent.url
    finally:
        set_options(admin, capitals="advise", short="advise", short_below="12")


def test_an_edit_is_proofread_too(server, article, admin):
    reader, modo = server.reader(), server.moderator("maud")
    sent = reader.send(article, name="Léa", text="Le pont est là depuis longtemps, et tout le monde le sait.")
    own = f"/messages/{sent.secret}"
    set_options(admin, capitals="require")
    try:
        fields = form_fields(find_form(reader.page(own), own))
        refused = reader.post(own, {**fields, "text": "CE PONT EST UNE HONTE POUR LA VALLÉE"})
        page = parse(refused)
        assert refused.status_code == 422 and "corrigez d’abord" in page.xpath("//*[@id='problems']")[0].text_content()
        assert "capitales" in page.xpath("//*[@id='proofreading']")[0].text_content()
        assert page.xpath("//textarea[@name='text']")[0].text.strip() == "CE PONT EST UNE HONTE POUR LA VALLÉE"
        fields = form_fields(find_form(page, own))
        saved = reader.post(own, {**fields, "text": "Ce pont est une bellle grumelotte pour la vallée entière."})
        assert saved.status_code == 200 and not parse(saved).xpath("//*[@id='proofreading']")
    finally:
        set_options(admin, capitals="advise")
    assert "2 mots inconnus\u00a0: bellle, grumelotte" in modo.page(f"/moderation/comments/{sent.number}").text_content()


def test_what_is_off_is_not_looked_at(server, article, admin):
    set_options(admin, spelling="off", foreign="off", capitals="off")
    try:
        page = parse(server.reader().preview(article, name="Léa", text=TYPOS + " " + ENGLISH))
        assert not page.xpath("//*[@id='proofreading']") and not marked(page)
    finally:
        set_options(admin, spelling="advise", foreign="advise", capitals="advise")


def test_the_moderator_is_told_in_words_and_adds_a_word_with_one_click(server, article, admin):
    modo = server.moderator("maud")
    text = "La brouchtoulle de chez nous est exellente."
    sent = server.reader().send(article, name="Léa", text=text)
    server.wait_until_read()
    page = modo.page(f"/moderation/comments/{sent.number}")
    assert "2 mots inconnus\u00a0: brouchtoulle, exellente" in page.text_content()
    form = page.xpath("//form[@id='words']")[0]
    assert [button.get("value") for button in form.xpath(".//button")] == ["brouchtoulle", "exellente"]
    done = modo.post("/moderation/dictionary", {**form_fields(form), "add": "brouchtoulle"})
    assert done.status_code == 200 and done.url.endswith(f"/moderation/comments/{sent.number}#words")
    assert [b.get("value") for b in parse(done).xpath("//form[@id='words']//button")] == ["exellente"]
    assert marked(parse(server.reader().preview(article, name="Léa", text="Encore : " + text))) == ["exellente"]
    assert marked(parse(server.reader().preview(article, name="Léa", text="Brouchtoulle ou brouchtoulle."))) == []
    foreign = server.reader().send(article, name="Léa", text=ENGLISH)
    server.wait_until_read()
    assert "en anglais, semble-t-il" in modo.page(f"/moderation/comments/{foreign.number}").text_content()


STORY = ("Le pont est fermé depuis trois ans et la mairie ne dit rien de plus que ce qui était écrit dans le journal "
         "au printemps, alors que tout le monde attend une réponse avant que la rivière ne monte encore une fois. ")


def found(server, number):
    with server.database() as database:
        return json.loads(database.execute("SELECT checks FROM comment WHERE number = ?", (number,)).fetchone()[0])


def test_words_are_read_after_the_message_was_taken_whatever_ends_in_between():
    """In the place and in the words in which they were told had they been read at once."""
    with palabre.Server() as own:
        article = own.publish_article()
        admin = own.moderator("admin")
        form = form_fields(find_form(admin.page("/moderation/words"), "/moderation/words#add"))
        added = admin.post("/moderation/words", {**form, "kind": "word", "patterns": "printemps", "action": "note"})
        assert added.status_code == 200, added.text[:2000]
        links = " ".join(f"https://example.org/{n}" for n in range(3))
        first = own.reader().send(article, name="Ana", text="Un brouchtoulle.").number
        own.process.kill()
        own.start()
        second = own.reader().send(article, name="Bob", text=STORY + "Un brouchtoulle ? " + links).number
        own.process.kill()
        own.start()
        third = own.reader().send(article, name="Cal", text=STORY + "Une brouchtoulle ? " + links).number
        own.wait_until_read()
        spelling = {"check": "spelling", "count": 1, "words": ["brouchtoulle"]}
        assert [one for one in found(own, first) if one["check"] != "quick"] == [spelling]
        for number in (second, third):
            told = [one for one in found(own, number) if one["check"] not in ("quick", "links_first")]
            assert told[0] == {"check": "links", "count": 3} and told[1] == spelling, told
            assert told[2]["check"] == "word" and told[2]["as"] == "printemps", told
            assert [one["comments"] for one in told[3:]] == ([[second]] if number == third else []), told
        own.check()


def test_an_edit_before_the_words_were_read_is_told_by_its_own():
    with palabre.Server() as own:
        article = own.publish_article()
        reader = own.reader()
        sent = reader.send(article, name="Ana", text="Un brouchtoulle.")
        path = f"/messages/{sent.secret}"
        fields = form_fields(find_form(reader.page(path), path))
        saved = reader.post(path, {**fields, "text": "Un ponnnt et un carotttte."})
        assert saved.status_code == 200, saved.text[:2000]
        own.wait_until_read()
        assert [one for one in found(own, sent.number) if one["check"] == "spelling"] == [
            {"check": "spelling", "count": 2, "words": ["ponnnt", "carotttte"]}]


def test_the_list_of_words(server, article):
    modo = server.moderator("maud")
    csrf = form_fields(find_form(modo.page("/moderation/dictionary"), "/moderation/dictionary"))["csrf"]
    for bad in ("deux mots", "<b>", "x1", "", "-", "mot-"):
        wrong = modo.post("/moderation/dictionary", {"csrf": csrf, "add": bad})
        assert wrong.status_code == 422 and parse(wrong).xpath("//*[@id='wrong-add']"), bad
    for word in ("Quincampoix", "d’Artagnan", "saint-glinglin"):
        assert modo.post("/moderation/dictionary", {"csrf": csrf, "add": word}).status_code == 200
    listed = modo.page("/moderation/dictionary").xpath("//button[@name='remove']")
    assert {"Quincampoix", "d'Artagnan", "saint-glinglin"} <= {button.get("value") for button in listed}
    assert marked(parse(server.reader().preview(article, name="Léa", text="Quincampoix est là."))) == []
    assert modo.post("/moderation/dictionary", {"csrf": csrf, "remove": "Quincampoix"}).status_code == 200
    assert marked(parse(server.reader().preview(article, name="Léa", text="Quincampoix est là."))) == ["Quincampoix"]
    journal = [json.loads(line) for line in modo.get("/moderation/journal.jsonl").text.splitlines()]
    acts = [row["act"] for row in journal if "Quincampoix" in json.dumps(row)]
    assert acts == ["site_word.add", "site_word.remove"]
    assert server.reader().post("/moderation/dictionary", {"add": "Intrus"}, allow_redirects=False).status_code in (303, 403)
    server.check()


def test_names_of_the_discussion_are_offered_and_linked(server, article, admin):
    sent = server.reader().send(article, name="Jean Dupont", text="Je suis le premier à le dire ici.")
    server.moderator("maud").decide(sent.number, "publish")
    names = server.get(f"/articles/{article}/names").json()["names"]
    assert "Jean Dupont" in names and len(names) == len(set(names))
    page = parse(server.reader().preview(article, name="Léa", text="Comme @Jean Dupont, je le crois."))
    link = page.xpath("//*[contains(@class, 'e-content')]//a")[0]
    assert link.text_content() == "@Jean Dupont" and link.get("href") == f"/comments/{sent.number}"
    assert not marked(page)
    assert server.get("/articles/999999/names").status_code == 404


def test_without_dictionaries_everything_else_works():
    with palabre.Server(settings={"dictionaries": "/nonexistent", "language_models": "/nonexistent"}) as server:
        log = server.process.log()
        assert log.count("event=no_dictionary") == 2 and "language=fr" in log and "event=no_language_models" in log
        article = server.publish_article("Le pont", "Un paragraphe.")
        reader = server.reader()
        assert not marked(parse(reader.preview(article, name="Léa", text=TYPOS)))
        assert reader.send(article, name="Léa", text=TYPOS).number
