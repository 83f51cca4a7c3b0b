"""Following a discussion: what followers are told, when, and who may follow."""

import http.client
import json
import socket
import time
from urllib.parse import urlsplit

import pytest

import palabre
from palabre import find_form, form_fields

PATIENCE_S = 120


class Event:
    def __init__(self, fields):
        self.id = fields.get("id")
        self.kind = fields.get("event")
        self.data = json.loads(fields["data"]) if "data" in fields else None


class Follower:
    """A client of the stream, as EventSource reads it (WHATWG HTML 9.2.6), but that comments are kept as well."""

    def __init__(self, server, path, headers=None):
        address = urlsplit(server.url)
        self.connection = http.client.HTTPConnection(address.hostname, address.port, timeout=PATIENCE_S)
        self.connection.request("GET", path, headers=headers or {})
        self.response = self.connection.getresponse()
        self.status, self.headers = self.response.status, self.response.headers
        self.last_id, self.retry_ms, self.comments = None, None, 0
        if self.status == 200:
            self.first = self.read_block()

    def read_block(self):
        """The fields up to the next empty line; None at the end of the stream."""
        fields = {}
        while True:
            line = self.response.readline().decode()
            if not line:
                return None
            line = line.rstrip("\n")
            if not line:
                break
            name, _, value = line.partition(":")
            if name == "":
                self.comments += 1
            else:
                fields[name] = value.removeprefix(" ")
        self.last_id = fields.get("id", self.last_id)
        self.retry_ms = int(fields["retry"]) if "retry" in fields else self.retry_ms
        return fields

    def event(self):
        """The next event; None at the end."""
        while True:
            fields = self.read_block()
            if fields is None:
                return None
            if "data" in fields:
                return Event(fields)

    def close(self):
        self.connection.close()


@pytest.fixture(scope="module")
def live():
    with palabre.Server(settings={"live_heartbeat": 1}) as server:
        yield server


@pytest.fixture()
def article(live):
    return live.publish_article("Le canal", "On discute du canal.")


def follow(server, article, **headers):
    follower = Follower(server, f"/articles/{article}/live", headers)
    assert follower.status == 200
    return follower


def version_of(server, article):
    with server.database() as database:
        return database.execute("SELECT version FROM article WHERE id = ?", (article,)).fetchone()[0]


def publish(server, article, text="Un message à publier", name="Léa"):
    sent = server.reader().send(article, name=name, text=text)
    response = server.moderator().decide(sent.number, "publish")
    assert response.status_code == 200
    return sent.number


def test_what_the_stream_says_of_itself(live, article):
    before = version_of(live, article)
    follower = follow(live, article)
    assert follower.headers["Content-Type"] == "text/event-stream"
    assert follower.headers["Cache-Control"] == "no-store"
    assert follower.headers["X-Accel-Buffering"] == "no"
    assert follower.headers["X-Content-Type-Options"] == "nosniff"
    assert "Content-Length" not in follower.headers
    assert 1000 <= follower.retry_ms <= 10000
    assert follower.last_id == str(before) and "data" not in follower.first
    with_slug = Follower(live, f"/articles/{article}-le-canal/live")
    assert with_slug.status == 200 and with_slug.last_id == str(before)
    follower.close()
    with_slug.close()


def test_a_publication_reaches_every_follower(live, article):
    followers = [follow(live, article) for _ in range(5)]
    elsewhere = follow(live, live.publish_article("Ailleurs", "Rien ici."))
    number = publish(live, article)
    version = version_of(live, article)
    for follower in followers:
        event = follower.event()
        assert event.kind == "published" and event.id == str(version)
        assert event.data == {"number": number, "kind": "published", "version": version, "count": 1}
    for follower in followers + [elsewhere]:
        follower.close()


def test_whoever_is_told_finds_it_on_the_page(live, article):
    """The event leaves after the renewed page is there, and before the decision is answered: ask as fast as possible."""
    from threading import Thread

    reader, moderator = live.reader(), live.moderator()
    waiting = [reader.send(article, name=f"Attend {i}", text=f"Le message {i} attend son tour").number for i in range(12)]
    follower = follow(live, article)
    page = http.client.HTTPConnection(urlsplit(live.url).netloc, timeout=PATIENCE_S)
    for number in waiting:
        deciding = Thread(target=moderator.decide, args=(number, "publish"))
        deciding.start()
        assert follower.event().data["number"] == number
        page.request("GET", f"/articles/{article}-le-canal")
        shown = page.getresponse().read().decode()
        assert f'id="comment-{number}"' in shown
        deciding.join()
    page.close()
    follower.close()


def test_removal_edit_and_undo_are_told(live, article):
    follower = follow(live, article)
    moderator = live.moderator()
    number = publish(live, article)
    path = f"/moderation/comments/{number}/edit"
    form = form_fields(find_form(moderator.page(path), path))
    assert moderator.post(path, {**form, "text": "Un message corrigé par la rédaction"}).status_code == 200
    moderator.decide(number, "remove")
    events = [follower.event() for _ in range(3)]
    assert [event.kind for event in events] == ["published", "edited", "removed"]
    assert [event.data["number"] for event in events] == [number] * 3
    assert [event.data["count"] for event in events] == [1, 1, 0]
    versions = [event.data["version"] for event in events]
    assert versions == sorted(set(versions)) and versions[-1] == version_of(live, article)
    follower.close()


def test_what_readers_do_not_see_is_not_told(live, article):
    follower = follow(live, article)
    refused = live.reader().send(article, name="Refusé", text="Un message qui sera refusé")
    live.moderator().decide(refused.number, "reject")
    number = publish(live, article, "Un autre message, lui publié")
    assert follower.event().data["number"] == number
    follower.close()


def test_the_author_withdraws(live, article):
    follower = follow(live, article)
    reader = live.reader()
    sent = reader.send(article, name="Repenti", text="Je le regretterai bientôt")
    live.moderator().decide(sent.number, "publish")
    path = f"/messages/{sent.secret}"
    reader.post(path + "/withdraw", form_fields(find_form(reader.page(path), path + "/withdraw")))
    assert [follower.event().kind for _ in range(2)] == ["published", "removed"]
    follower.close()


def test_an_article_that_is_saved_and_then_withdrawn(live, article):
    follower = follow(live, article)
    editor = live.moderator("edith")
    path = f"/moderation/articles/{article}"

    def save(action):
        form = form_fields(find_form(editor.page(path), path))
        response = editor.post(path, {**form, "headline": f"Le canal, {action}", "action": action})
        assert response.status_code == 200, response.text[:1000]

    save("save")
    event = follower.event()
    assert event.kind == "article" and event.data["number"] == 0
    assert event.data["version"] == version_of(live, article)
    save("withdraw")
    assert follower.event().kind == "article"
    assert follower.event() is None
    assert Follower(live, f"/articles/{article}/live").status == 404
    save("publish")
    again = follow(live, article)
    publish(live, article)
    assert again.event().kind == "published"
    again.close()


def test_who_comes_back_learns_what_was_missed(live, article):
    follower = follow(live, article)
    publish(live, article)
    first = follower.event()
    follower.close()
    publish(live, article, "Publié pendant une absence")
    version = version_of(live, article)
    for headers, query in [({"Last-Event-ID": first.id}, ""), ({}, "?after=" + first.id)]:
        late = Follower(live, f"/articles/{article}/live{query}", headers)
        assert late.first["event"] == "missed" and late.last_id == str(version) and late.retry_ms
        assert json.loads(late.first["data"]) == {"number": 0, "kind": "missed", "version": version, "count": 2}
        late.close()
    for known in (str(version), "", "abc", "-3"):
        same = follow(live, article, **{"Last-Event-ID": known})
        assert "data" not in same.first
        same.close()


def test_heartbeats(live, article):
    """As often as the setting says, whatever time they take: those who follow a server with a long one get none meanwhile."""
    with palabre.Server(settings={"live_heartbeat": 3600}) as calm:
        other = follow(calm, calm.publish_article("Le lac", "On discute du lac."))
        since = time.monotonic()
        follower = follow(live, article)
        while follower.comments < 3:
            assert follower.read_block() is not None
        assert time.monotonic() - since > 1, "there is a second between two of them"
        calm.process.process.terminate()
        assert other.event() is None and other.comments == 0
        follower.close()


def test_the_shortest_heartbeat_is_kept(live, article):
    """One second means one: in one of several tries, as a busy machine makes it longer."""
    follower = follow(live, article)
    for _ in range(10):
        assert follower.read_block() is not None
        first, since = follower.comments, time.monotonic()
        while follower.comments < first + 3:
            assert follower.read_block() is not None
        if time.monotonic() - since < 5:
            break
    else:
        raise AssertionError("never three heartbeats of a second in five seconds")
    follower.close()


def test_head_and_unknown_articles(live, article):
    head = palabre.requests.head(f"{live.url}/articles/{article}/live", timeout=PATIENCE_S)
    assert head.status_code == 200 and head.headers["Content-Type"] == "text/event-stream" and head.content == b""
    editor = live.moderator("edith")
    draft = editor.post(
        "/moderation/articles/new",
        {**form_fields(find_form(editor.page("/moderation/articles/new"), "/moderation/articles/new")),
         "headline": "Un brouillon", "body": "Pas encore.", "action": "save"},
    )
    assert draft.status_code == 200
    number = int(draft.url.split("?")[0].rstrip("/").rsplit("/", 1)[1])
    for path in (f"/articles/{number}/live", "/articles/999999/live", "/articles/999999-rien/live"):
        assert live.get(path).status_code == 404, path
        assert palabre.requests.head(live.url + path, timeout=PATIENCE_S).status_code == 404
    assert live.get("/articles/abc/live").status_code == 404
    assert live.reader().post(f"/articles/{article}/live", {}).status_code == 405


def test_too_many_are_refused_and_pages_are_not():
    with palabre.Server(settings={"live_connections": 3, "connections": 4}) as server:
        article = server.publish_article("Complet", "Texte.")
        followers = [follow(server, article) for _ in range(3)]
        refused = server.get(f"/articles/{article}/live")
        assert refused.status_code == 503 and int(refused.headers["Retry-After"]) > 0
        assert server.get(f"/articles/{article}").status_code == 200
        followers.pop().close()
        deadline = time.monotonic() + PATIENCE_S
        while (follower := Follower(server, f"/articles/{article}/live")).status != 200:
            follower.close()
            assert time.monotonic() < deadline
        for follower in followers + [follower]:
            follower.close()


def test_who_does_not_read_holds_nobody_up(live, article):
    address = urlsplit(live.url)
    deaf = []
    for _ in range(20):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        connection.connect((address.hostname, address.port))
        connection.sendall(f"GET /articles/{article}/live HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        deaf.append(connection)
    follower = follow(live, article)
    number = publish(live, article)
    assert follower.event().data["number"] == number
    for connection in deaf:
        connection.close()
    follower.close()


def test_stopping_ends_the_streams_at_once():
    with palabre.Server(settings={"drain": 3600}) as server:
        article = server.publish_article("Fin", "Texte.")
        followers = [follow(server, article) for _ in range(10)]
        server.process.process.terminate()
        for follower in followers:
            assert follower.event() is None
        server.process.process.wait(palabre.STOP_TIMEOUT_S)


@pytest.mark.threads
def test_many_followers_get_every_event_in_order():
    """Followers come and go while several people publish on the same article at once."""
    from concurrent.futures import ThreadPoolExecutor

    with palabre.Server(settings={"loops": 2, "workers": 2, "live_heartbeat": 1}) as server:
        article = server.publish_article("La foule suit", "Texte.", moderation="post")
        messages, followers = 24, [follow(server, article) for _ in range(12)]

        def send(i):
            response = server.reader().post_message(article, "send", name=f"Foule {i}", text=f"Le message {i} d'une foule qui suit")
            assert response.status_code == 200

        def pass_by(i):
            passer = follow(server, article)
            passer.close()
            return i

        with ThreadPoolExecutor(8) as pool:
            sending = [pool.submit(send, i) for i in range(messages)]
            passing = [pool.submit(pass_by, i) for i in range(24)]
            for future in sending + passing:
                future.result()
        last = version_of(server, article)
        for follower in followers:
            events = [follower.event() for _ in range(messages)]
            versions = [event.data["version"] for event in events]
            assert versions == sorted(set(versions)) and versions[-1] == last
            assert len({event.data["number"] for event in events}) == messages
            assert {event.kind for event in events} == {"published"}
            follower.close()
        server.check()
