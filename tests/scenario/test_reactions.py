"""Recommendations, editors' picks, the orders of a discussion, folding."""

import itertools
import re
import time
from urllib.parse import urlsplit

import lxml.html
import pytest

import palabre
from palabre import find_form, form_fields


counter = itertools.count(1)


def numbers_on(page):
    return [int(e.get("id").removeprefix("comment-")) for e in page.cssselect("article.h-entry[id^=comment-]")]


def set_options(server, **options):
    """The options of the site, by the administrator's form."""
    admin = server.moderator("admin")
    fields = form_fields(find_form(admin.page("/moderation/site"), "/moderation/site"))
    fields.update({f"option_{name}": value for name, value in options.items()})
    response = admin.post("/moderation/site", fields)
    assert response.status_code == 200, response.text[:2000]


def publish(server, article, count, **fields):
    reader, moderator = server.reader(), server.moderator()
    numbers = []
    for i in range(count):
        sent = reader.send(article, name=f"Lecteur {i}", text=f"Un avis, le {next(counter)}e, sur ce qui est dit ici.", **fields)
        moderator.decide(sent.number, "publish")
        numbers.append(sent.number)
    return numbers


@pytest.fixture(scope="module")
def lively():
    """A site where readers recommend and the house picks; counts are renewed at once."""
    with palabre.Server(settings={"comments_per_page": 3, "replies_per_page": 2, "recount": 0}) as server:
        set_options(server, recommendations="1", picks="1")
        server.article = server.publish_article("Le pont", "Un paragraphe.")
        server.numbers = publish(server, server.article, 8)
        server.path = urlsplit(server.get(f"/articles/{server.article}").url).path
        yield server


def recommend(reader, number, path, **fields):
    """Presses the button beside a message, as a browser without scripts does."""
    page = reader.page(path)
    token = page.cssselect("form#recommend input[name=token]")[0].get("value")
    button = page.cssselect(f'button[data-recommend="{number}"]')[0]
    assert button.get("form") == "recommend"
    return reader.post(button.get("formaction"), {"token": token, **fields})


def count_on(server, number, path):
    for tally in server.page(path).cssselect(f"#comment-{number} .recommend b"):
        return int(tally.text_content())
    return None


def wait_for_count(server, number, path, count):
    """The page is renewed in the background: asked for until it is."""
    deadline = time.monotonic() + 30
    while count_on(server, number, path) != count:
        assert time.monotonic() < deadline, (count_on(server, number, path), count)
        time.sleep(0.02)


def test_both_are_off_by_default(server):
    article = server.publish_article("Sans avis", "Rien.")
    number = publish(server, article, 1)[0]
    page = server.page(f"/articles/{article}")
    assert not page.cssselect("[data-recommend], #recommend, .picks, [href*=recommended]")
    assert "upvoteCount" not in lxml.html.tostring(page, encoding="unicode")
    server.page(f"/comments/{number}/recommend", 404)
    path = urlsplit(server.get(f"/articles/{article}").url).path
    server.page(f"{path}/recommended", 404)
    maud = server.moderator()
    assert maud.post(f"/moderation/comments/{number}/pick", {"csrf": maud.csrf(), "picked": "1"}).status_code == 404


def test_a_reader_recommends_once_and_takes_it_back(lively):
    reader, number, page = lively.reader(), lively.numbers[0], f"{lively.path}/comments/1"
    assert count_on(lively, number, page) == 0
    assert not reader.session.cookies
    response = recommend(reader, number, page)
    assert response.status_code == 200 and urlsplit(response.url).path == f"/comments/{number}/recommend"
    assert "Vous recommandez ce message" in response.text
    assert list(reader.session.cookies.keys()) == ["palabre_reader"], "not the author's: pages stay shared"
    wait_for_count(lively, number, page, 1)
    recommend(reader, number, page)
    assert "Un lecteur le recommande" in reader.get(f"/comments/{number}/recommend").text
    form = form_fields(find_form(reader.page(f"/comments/{number}/recommend"), "/recommend"))
    back = reader.post(f"/comments/{number}/recommend", {**form, "undo": "1"})
    assert "Recommander ce message" in back.text and "Personne ne le recommande" in back.text
    wait_for_count(lively, number, page, 0)
    lively.check()


def test_nobody_recommends_a_message_of_their_own_nor_forges(lively):
    author = lively.reader()
    sent = author.send(lively.article, name="Nina", text="Un message dont je suis très contente.")
    lively.moderator().decide(sent.number, "publish")
    page = f"{lively.path}/comments/3"
    response = recommend(author, sent.number, page)
    assert response.status_code == 403 and "le vôtre" in response.text
    forged = lively.reader().post(f"/comments/{sent.number}/recommend", {"token": "1.abc"})
    assert forged.status_code == 403
    foreign = lively.reader().post(
        f"/comments/{sent.number}/recommend", {"token": "1.abc"}, headers={"Origin": "https://ailleurs.example"}
    )
    assert foreign.status_code == 403
    assert count_on(lively, sent.number, page) == 0


def test_one_block_of_addresses_has_so_many_voices(lively):
    number, page = lively.numbers[1], f"{lively.path}/comments/1"
    answers = [recommend(lively.reader(), number, page).status_code for _ in range(7)]
    assert answers == [200] * 5 + [429] * 2
    wait_for_count(lively, number, page, 5)


def test_the_most_recommended_stand_first_and_page_on(lively):
    for at, voices in ((2, 4), (5, 2), (6, 1)):
        for _ in range(voices):
            assert recommend(lively.reader(), lively.numbers[at], f"{lively.path}/comments/{at // 3 + 1}").status_code == 200
    expected = [lively.numbers[at] for at in (1, 2, 5, 6)]
    path = f"{lively.path}/recommended"
    deadline = time.monotonic() + 30
    while numbers_on(lively.page(path)) != expected[:3]:
        assert time.monotonic() < deadline, numbers_on(lively.page(path))
        time.sleep(0.02)
    page = lively.page(path)
    assert page.cssselect("link[rel=canonical]")[0].get("href").endswith(lively.path)
    assert page.cssselect("meta[name=robots][content=noindex]")
    onward = page.cssselect(".pager a[rel=next]")[0].get("href")
    assert onward == f"{path}/2"
    assert numbers_on(lively.page(onward)) == expected[3:]
    assert lively.page(onward).cssselect(".pager a[rel=prev]")[0].get("href") == f"{path}/1"
    lively.page(f"{path}/3", 404)
    assert '"upvoteCount":5' in lively.get(path).text
    marks = [a.text_content() for a in page.cssselect(".choice [aria-current]")]
    assert marks == ["les plus recommandés"]
    tag = lively.get(path).headers["ETag"]
    assert lively.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_the_newest_first_has_addresses_of_its_own(lively):
    page = lively.page(f"{lively.path}/newest")
    last = numbers_on(lively.page(lively.path))
    assert numbers_on(page) == list(reversed(last))
    earlier = page.cssselect(".pager a[rel=prev]")[0].get("href")
    assert re.fullmatch(re.escape(lively.path) + r"/newest/\d+", earlier)
    assert numbers_on(lively.page(earlier))[0] > numbers_on(lively.page(earlier))[-1]
    assert lively.page(earlier).cssselect("link[rel=canonical]")[0].get("href").endswith("/comments/" + earlier.rsplit("/", 1)[1])
    assert lively.get(f"{lively.path}/newest").text == lively.get(f"{lively.path}?order=newest").text
    wrong = lively.get(f"/articles/{lively.article}-autre/newest", allow_redirects=False)
    assert wrong.status_code == 301 and wrong.headers["Location"] == f"{lively.path}/newest"


def test_each_order_shows_what_was_published_meanwhile_and_the_own_message(lively):
    author = lively.reader()
    for order in ("", "/newest", "/recommended"):
        lively.page(lively.path + order)
    sent = author.send(lively.article, name="Odile", text="Un message qui attend encore.")
    shown = {order: author.page(lively.path + order) for order in ("", "/newest", "/recommended")}
    for order, page in shown.items():
        own = page.cssselect(f"#comment-{sent.number}.own")
        assert own and "attend" in own[0].text_content(), order
    assert numbers_on(shown[""])[-1] == sent.number
    assert numbers_on(shown["/newest"])[0] == numbers_on(shown["/recommended"])[0] == sent.number
    lively.moderator().decide(sent.number, "publish")
    assert sent.number in numbers_on(lively.page(lively.path))
    assert sent.number in numbers_on(lively.page(f"{lively.path}/newest"))
    assert sent.number not in numbers_on(lively.page(f"{lively.path}/recommended"))


def test_the_house_picks_beside_the_message_and_at_the_desk(lively):
    maud, number = lively.moderator(), lively.numbers[3]
    page = maud.page(f"{lively.path}/comments/2")
    csrf = page.cssselect("form#pick input[name=csrf]")[0].get("value")
    button = page.cssselect(f"#comment-{number} button[form=pick]")[0]
    assert not lively.page(f"{lively.path}/comments/2").cssselect("button[form=pick]")
    response = maud.post(button.get("formaction"), {"csrf": csrf, "picked": button.get("value")})
    assert response.status_code == 200 and "/comments/2" in response.url
    shown = lively.page(lively.path)
    pinned = shown.cssselect(".picks article")
    assert len(pinned) == 1 and pinned[0].get("id") is None
    assert pinned[0].cssselect(f'a[href="/comments/{number}"]')
    assert lively.page(f"{lively.path}/comments/2").cssselect(f"#comment-{number} .badge.pick")
    desk = maud.page(f"/moderation/comments/{number}")
    form = find_form(desk, "/pick")
    maud.post(f"/moderation/comments/{number}/pick", {**form_fields(form), "picked": "0"})
    assert not lively.page(lively.path).cssselect(".picks")
    acts = maud.get(f"/moderation/journal?subject=comment:{number}").text
    assert "comment.pick" in acts or "sélection" in acts
    lively.check()


def test_clicks_are_gathered_into_one_rendering():
    with palabre.Server(settings={"recount": 3600}) as server:
        set_options(server, recommendations="1")
        article = server.publish_article("Le lavoir", "De l'eau.")
        number = publish(server, article, 1)[0]
        path = urlsplit(server.get(f"/articles/{article}").url).path
        tag = server.get(path).headers["ETag"]
        reader = server.reader()
        answer = reader.post(
            f"/comments/{number}/recommend",
            {"token": server.page(path).cssselect("#recommend input")[0].get("value")},
            headers={"Accept": "application/json"},
        )
        assert answer.json() == {"recommended": True, "count": 1}
        assert server.get(path).headers["ETag"] == tag, "the page was made again for one click"
        publish(server, article, 1)
        assert count_on(server, number, path) == 1, "what is made again anyway shows it"


def test_long_messages_fold_as_the_site_says(lively):
    text = "\n\n".join(f"Le paragraphe numéro {i} de ce long message." for i in range(40))
    sent = lively.reader().send(lively.article, name="Longin", text=text)
    lively.moderator().decide(sent.number, "publish")

    def fold():
        return [f.get("class") for f in lively.page(lively.path).cssselect(f"#comment-{sent.number} .fold")]

    assert fold() == ["fold fold-18"]
    set_options(lively, folding="8")
    assert fold() == ["fold fold-8"]
    set_options(lively, folding="never")
    assert fold() == []
