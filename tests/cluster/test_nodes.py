"""Several nodes on one database serve one publication: what one does, the others know."""

import json
import re
import subprocess
import tempfile
import threading
import time
import os

import pytest
import requests

import cluster
import palabre


@pytest.fixture(scope="module")
def pair():
    with cluster.Cluster(nodes=2) as c:
        yield c


def shows(node, path, text):
    return lambda: text in node.get(path).text


def publish(node, number):
    assert node.moderator().decide(number, "publish").status_code == 200


@pytest.mark.threads
def test_what_one_node_publishes_all_show(pair):
    first, second = pair.nodes
    article = first.publish_article("Le pont neuf")
    path = f"/articles/{article}"
    assert "Un paragraphe." in second.get(path).text
    sent = second.reader().send(article, name="Léa", text="Vu de l’autre côté")
    publish(first, sent.number)
    assert "Vu de l’autre côté" in first.get(path).text, "whoever decided sees it at once"
    cluster.wait_for("the other node to show it", shows(second, path, "Vu de l’autre côté"))
    cluster.wait_for("its home page to count it", shows(second, "/", "1 commentaire"))
    pair.check()


def test_a_session_and_an_article_hold_on_every_node(pair):
    first, second = pair.nodes
    editor = palabre.Moderator(first, "edith")
    article = editor.publish_article("Un titre provisoire", "Du texte.")
    editor.server = second
    form = palabre.find_form(editor.page(f"/moderation/articles/{article}"), f"/moderation/articles/{article}")
    editor.post(f"/moderation/articles/{article}", {**palabre.form_fields(form), "headline": "Le titre définitif", "action": "save"})
    cluster.wait_for("the new headline", shows(first, f"/articles/{article}", "Le titre définitif"))


def test_the_name_of_the_site_changes_everywhere(pair):
    first, second = pair.nodes
    assert "Le Courrier des deux rives" not in second.get("/").text
    administrator = palabre.Moderator(first, "admin")
    form = palabre.find_form(administrator.page("/moderation/site"), "/moderation/site")
    administrator.post("/moderation/site", {**palabre.form_fields(form), "publication": "Le Courrier des deux rives"})
    cluster.wait_for("the new name", shows(second, "/", "Le Courrier des deux rives"))


def test_a_second_decision_on_another_node_is_told_of_the_first(pair):
    first, second = pair.nodes
    article = first.publish_article("Deux décisions")
    number = first.reader().send(article, name="Léa", text="À décider une fois").number
    maud, marc = palabre.Moderator(first, "maud"), palabre.Moderator(second, "marc")
    page = f"/moderation/comments/{number}"
    form = palabre.form_fields(palabre.find_form(marc.page(page), page + "/decide"))
    assert maud.decide(number, "publish").status_code == 200
    late = marc.post(page + "/decide", {**form, "act": "reject"})
    assert "maud" in late.text and f"{number}" in late.text
    journal = pair.primary.sql(f"SELECT act FROM decision WHERE comment_number = {number}")
    assert journal == [["publish"]]


def test_who_has_a_message_open_is_seen_from_the_other_node(pair):
    first, second = pair.nodes
    article = first.publish_article("Qui lit quoi")
    number = first.reader().send(article, name="Léa", text="Ouvert chez Maud").number
    maud, marc = palabre.Moderator(first, "maud"), palabre.Moderator(second, "marc")
    maud.page(f"/moderation/comments/{number}")

    def seen():
        said = marc.get("/moderation/presence").json()
        return any(o.get("number") == number for o in json.loads(json.dumps(said)).get("open", []))

    cluster.wait_for("the other moderator to see it", seen)


@pytest.mark.threads
def test_a_follower_hears_what_another_node_publishes(pair):
    first, second = pair.nodes
    article = first.publish_article("En direct de l’autre nœud")
    number = first.reader().send(article, name="Léa", text="À entendre").number
    heard, there = [], threading.Event()

    def follow():
        with requests.get(f"{second.url}/articles/{article}/live", stream=True, timeout=120) as stream:
            there.set()
            for line in stream.iter_lines(chunk_size=1):
                if line.startswith(b"data:"):
                    heard.append(json.loads(line[5:]))
                    return

    follower = threading.Thread(target=follow)
    follower.start()
    assert there.wait(30)
    publish(first, number)
    follower.join(60)
    assert [(e["number"], e["kind"]) for e in heard] == [(number, "published")]


def test_a_lost_connection_between_nodes_is_made_again_and_pages_are_compared(pair):
    first, second = pair.nodes
    article = first.publish_article("Connexion coupée")
    path = f"/articles/{article}"
    assert second.get(path).status_code == 200
    number = first.reader().send(article, name="Léa", text="Publié pendant la coupure").number
    maud = first.moderator()
    form = palabre.form_fields(palabre.find_form(maud.page(f"/moderation/comments/{number}"), "/decide"))
    found = second.process.log().count("nodes_found")
    pair.primary.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'palabre-nodes'")
    maud.post(f"/moderation/comments/{number}/decide", {**form, "act": "publish"})
    cluster.wait_for("the connection", lambda: second.process.log().count("nodes_found") > found)
    assert "Publié pendant la coupure" in second.get(path).text


def test_a_node_with_another_secret_does_not_start(pair):
    with tempfile.TemporaryDirectory() as data:
        with open(os.path.join(data, "palabre.conf"), "w", encoding="utf-8") as file:
            file.write(f"store = {pair.store}\n")
        done = subprocess.run([palabre.BINARY, "serve", "--data", data, "--listen", "127.0.0.1:0"], timeout=120,
                              capture_output=True, text=True, env=palabre.environment())
        assert done.returncode == 77, done.stderr
        assert re.search(r"secret\.key.*another node", done.stderr), done.stderr


def test_a_thousand_decisions_from_two_nodes_at_once(pair):
    """Each node decides its half of one queue; every message once, ordinals without a gap, chains whole."""
    first, second = pair.nodes
    article = first.publish_article("Une longue file")
    reader = first.reader()
    form = reader.message_form(article)
    numbers = []
    for i in range(60):
        sent = palabre.Sent(reader.post(f"/articles/{article}/comments",
                                        {**form, "name": "Léa", "text": f"Message {i} de la file", "action": "send"}))
        numbers.append(sent.number)
    assert None not in numbers and len(set(numbers)) == 60

    def decide(node, mine):
        moderator = palabre.Moderator(node, "maud" if node is first else "marc")
        for number in mine:
            moderator.decide(number, "publish")

    threads = [threading.Thread(target=decide, args=(node, order)) for node, order in
               ((first, numbers), (second, numbers[::-1]))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = pair.primary.sql(f"SELECT ordinal FROM comment WHERE article_id = {article} ORDER BY ordinal")
    assert [int(row[0]) for row in rows] == list(range(1, 61))
    published = pair.primary.sql(f"SELECT comment_number FROM decision WHERE article_id = {article} AND act = 'publish'")
    assert sorted(int(row[0]) for row in published) == sorted(numbers)
    pair.check()


def test_a_flood_is_one_whichever_nodes_it_goes_through(pair):
    first, second = pair.nodes
    article = first.publish_article("Un débit soutenu")
    reader = first.reader()
    for n in range(6):
        reader.send(article, name="Léa", text=f"Message de passage, le {n} de la série.")
    time.sleep(1.1)  # a node reads every second at most what came by the others
    reader.server = second
    sent = reader.send(article, name="Léa", text="Et celui qui passe par l'autre porte.")
    page = second.moderator().page(f"/moderation/comments/{sent.number}").text_content()
    assert "7 messages du même appareil" in page.replace("\xa0", " ").replace("\u202f", " ")


def test_pressure_on_one_node_is_felt_on_all(pair):
    first, second = pair.nodes
    article = first.publish_article("Une presse")
    admin = palabre.Moderator(first, "admin")

    def set_pressure(challenge, most):
        form = palabre.form_fields(palabre.find_form(admin.page("/moderation/site"), "/moderation/site"))
        admin.post("/moderation/site", {**form, "option_challenge": challenge, "option_pressure": str(most)})

    set_pressure("pressure", 5)
    try:
        attacker, victim = first.reader(), second.reader()
        form = attacker.message_form(article)
        for n in range(6):
            trapped = attacker.post_message(article, "send", form={**form, "address2": "x"}, name="Bot", text=f"Achetez {n}")
            assert trapped.status_code == 422

        tries = iter(range(10**6))

        def asks():
            response = victim.post_message(article, "send", name="Léa", text=f"Un avis sous la pression, le {next(tries)}.")
            return response.status_code == 403 and "altcha" in response.text

        # the first is told at once, the others a second later, with the next that is turned away
        time.sleep(1.1)
        attacker.post_message(article, "send", form={**form, "address2": "x"}, name="Bot", text="Achetez enfin")
        cluster.wait_for("the other node to ask for a proof", asks)
    finally:
        set_pressure("off", 30)
