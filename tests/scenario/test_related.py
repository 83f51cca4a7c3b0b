"""'See also': proposed by likeness, or chosen by an editor; the pages that show it follow every change."""

import pytest

import palabre


@pytest.fixture(scope="module")
def site():
    with palabre.Server() as server:
        server.editor = server.moderator("edith")
        server.tram = server.editor.publish_article(
            "Le tramway arrive place Gambetta", "Les rails du tramway longent le canal jusqu'à la gare.")
        server.bees = server.editor.publish_article("Des ruches sur les toits", "Les abeilles butinent les tilleuls du parc.")
        server.again = server.editor.publish_article(
            "Tramway : le chantier de Gambetta reprend", "Les rails sont posés, le canal attend, la gare aussi.")
        yield server
        server.check()


def shown(server, article):
    links = server.page(f"/articles/{article}").cssselect(".related li a")
    return [int(link.get("href").split("/")[2].split("-")[0]) for link in links]


def form_of(server, article):
    page = server.editor.page(f"/moderation/articles/{article}")
    return palabre.form_fields(palabre.find_form(page, f"/moderation/articles/{article}"))


def save(server, article, related, action="save", status=200):
    fields = {**form_of(server, article), "related": related, "action": action}
    response = server.editor.post(f"/moderation/articles/{article}", fields)
    assert response.status_code == status, response.text
    return palabre.lxml.html.fromstring(response.content)


def test_likes_are_proposed_both_ways(site):
    assert shown(site, site.again) == [site.tram]
    assert shown(site, site.tram) == [site.again]
    assert shown(site, site.bees) == []


def test_an_editor_chooses_by_number_and_address_in_order(site):
    save(site, site.again, f"{site.bees}\r\n{site.url}/articles/{site.tram}-le-tramway\r\n")
    assert shown(site, site.again) == [site.bees, site.tram]
    kept = form_of(site, site.again)["related"].split()
    assert [line.split("/")[2].split("-")[0] for line in kept] == [str(site.bees), str(site.tram)]
    save(site, site.again, "")
    assert shown(site, site.again) == [site.tram]


def test_proposals_can_be_taken(site):
    page = save(site, site.again, "", action="accept")
    text = page.cssselect("textarea[name=related]")[0].text_content()
    assert f"/articles/{site.tram}-" in text
    assert form_of(site, site.again)["related"].strip() == ""


@pytest.mark.parametrize("wrong", ["douze", "99999", "1\n1", "\n".join("123456789"), "/articles/x"])
def test_what_cannot_stand_there_comes_back(site, wrong):
    page = save(site, site.again, wrong, status=422)
    assert page.cssselect("#wrong-related")
    assert page.cssselect("textarea[name=related]")[0].text_content().split() == wrong.split()
    assert shown(site, site.again) == [site.tram]


def test_pages_follow_the_articles_they_name(site):
    fields = {**form_of(site, site.tram), "headline": "Le tramway de Gambetta est là", "action": "save"}
    assert site.editor.post(f"/moderation/articles/{site.tram}", fields).status_code == 200
    assert "Le tramway de Gambetta est là" in site.page(f"/articles/{site.again}").cssselect(".related")[0].text_content()
    fields = {**form_of(site, site.tram), "action": "withdraw"}
    assert site.editor.post(f"/moderation/articles/{site.tram}", fields).status_code == 200
    assert shown(site, site.again) == []
    fields = {**form_of(site, site.tram), "action": "publish"}
    assert site.editor.post(f"/moderation/articles/{site.tram}", fields).status_code == 200
    assert shown(site, site.again) == [site.tram]
