"""Press excerpts: the editor gives an address, Palabre reads the page; never from where it must not, whatever is asked."""

import gzip
import http.server
import socket
import threading
import time

import pytest

import palabre

LONG_ONE = "La passerelle rouvrira en mars, a dit le maire, et personne ne l’a cru dans la salle ce soir-là."
LONG_TWO = "Les riverains attendent depuis neuf ans, et comptent les hivers comme d’autres comptent les moutons."
PAGE = f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>La passerelle - Le Journal</title>
<meta property="og:site_name" content="Le Journal d’en face">
<script type="application/ld+json">{{"@type":"NewsArticle","headline":"La passerelle rouvre","author":{{"name":"Ada Roux"}},
"datePublished":"2026-11-02T07:00:00Z"}}</script></head><body><nav><p>{LONG_ONE.upper()}</p></nav>
<article><h1>La passerelle</h1><p>{LONG_ONE}</p><p>{LONG_TWO}</p></article></body></html>"""


class Elsewhere(http.server.ThreadingHTTPServer):
    """Somebody else's site, on an address of its own of this machine; counts who asked."""

    daemon_threads = True
    address_family = socket.AF_INET

    def __init__(self, address):
        self.asked = []
        super().__init__((address, 0), Visited)
        self.url = f"http://{address}:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Visited(http.server.BaseHTTPRequestHandler):
    def do_GET(self):  # pylint: disable=invalid-name
        self.server.asked.append((self.path, dict(self.headers)))
        name = self.path.split("?")[0].strip("/")
        getattr(self, "show_" + name, self.show_missing)()

    def reply(self, body, content_type="text/html; charset=utf-8", status=200, **headers):
        body = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        try:
            self.wfile.write(body)
        except ConnectionError:
            pass

    def show_article(self):
        self.reply(PAGE)

    def show_latin(self):
        self.reply(PAGE.replace("utf-8", "iso-8859-1").replace("’", "'").encode("latin-1"), "text/html")

    def show_liar(self):
        self.reply(PAGE, "text/html; charset=iso-8859-1")

    def show_missing(self):
        self.reply("non", status=404)

    def show_pdf(self):
        self.reply(b"%PDF-1.4", "application/pdf")

    def show_empty(self):
        self.reply("")

    def show_huge(self):
        self.reply(b"<p>" + b"x" * (3 * 1024 * 1024))

    def show_bomb(self):
        self.reply(gzip.compress(b"<p>" + b"x" * (200 * 1024 * 1024), 9), Content_Encoding="gzip")

    def show_endless(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"<p>encore</p>\n" * 10)
                time.sleep(0.05)
        except OSError:
            pass

    def show_silent(self):
        time.sleep(20)

    def show_to(self):
        self.reply("", status=302, Location=self.path.split("?", 1)[1])

    def show_loop(self):
        self.reply("", status=302, Location="/loop")

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site():
    """Reads from 127.0.0.2 alone, as a house might from its own network."""
    with palabre.Server({"excerpt_networks": "127.0.0.2"}) as server:
        yield server


@pytest.fixture(scope="module")
def elsewhere():
    server = Elsewhere("127.0.0.2")
    yield server
    server.shutdown()


@pytest.fixture(scope="module")
def private():
    """What must not be reached."""
    server = Elsewhere("127.0.0.1")
    yield server
    assert server.asked == [], "nobody may have come here"
    server.shutdown()


@pytest.fixture(scope="module")
def editor(site):
    return palabre.Moderator(site, "edith")


def read(editor, url, path="/moderation/articles/new", **typed):
    """'Read this page'; the status, and the form as it comes back."""
    form = palabre.find_form(editor.page(path), path)
    response = editor.post(path, {**palabre.form_fields(form), "source_url": url, **typed, "action": "read"})
    page = palabre.lxml.html.fromstring(response.content)
    wrong = page.cssselect("#wrong-source_url")
    return response.status_code, palabre.form_fields(palabre.find_form(page, path)), wrong[0].text_content() if wrong else "", page


def test_the_page_fills_the_form_and_is_quoted(site, elsewhere, editor):
    status, form, wrong, _ = read(editor, elsewhere.url + "/article")
    assert (status, wrong) == (200, "")
    assert form["kind"] == "excerpt" and form["headline"] == "La passerelle rouvre"
    assert form["source_author"] == "Ada Roux" and form["source_site"] == "Le Journal d’en face"
    assert form["source_title"] == "La passerelle rouvre" and form["source_date"] == "2026-11-02"
    assert form["body"] == f"{LONG_ONE}\n\n{LONG_TWO}"
    assert elsewhere.asked[-1][1].get("Cookie") is None and elsewhere.asked[-1][1].get("Referer") is None
    published = editor.post("/moderation/articles/new", {**form, "action": "publish"})
    article = palabre.re.search(r"/moderation/articles/(\d+)", published.url).group(1)
    page = site.page(f"/articles/{article}")
    quotation = page.cssselect("blockquote.excerpt")[0]
    assert quotation.get("cite") == elsewhere.url + "/article"
    assert [p.text_content() for p in quotation.cssselect("p")] == [LONG_ONE.replace(" :", " :"), LONG_TWO]
    last = page.cssselect("a[href='%s']" % (elsewhere.url + "/article"))[-1]
    assert "Lire la suite de l’article sur 127.0.0.2" in last.getparent().text_content()


def test_what_the_editor_wrote_stays(elsewhere, editor):
    _, form, _, page = read(editor, elsewhere.url + "/article", headline="Mon titre", body="Mon introduction.")
    assert form["headline"] == "Mon titre" and form["body"] == "Mon introduction."
    assert LONG_ONE in page.text_content(), "what could be quoted is shown beside"


@pytest.mark.parametrize("path", ["/latin", "/liar", "/to?/article"])
def test_charsets_and_redirects_are_followed(elsewhere, editor, path):
    status, form, wrong, _ = read(editor, elsewhere.url + path)
    assert (status, wrong) == (200, "")
    assert form["body"].startswith("La passerelle rouvrira en mars") and "ce soir-là." in form["body"]


@pytest.mark.parametrize("path, words", [
    ("/missing", "a répondu par une erreur"), ("/loop", "a répondu par une erreur"), ("/pdf", "pas de page à citer"),
    ("/empty", "pas de page à citer"), ("/huge", "trop grande"), ("/bomb", "trop grande"),
    ("/endless", "trop de temps"), ("/silent", "trop de temps"),
])
def test_hostile_and_broken_pages_get_a_clear_word(elsewhere, editor, path, words):
    status, form, wrong, _ = read(editor, elsewhere.url + path, headline="À garder", body="Ce texte aussi.")
    assert status == 422 and words in wrong, wrong
    assert form["headline"] == "À garder" and form["body"].strip() == "Ce texte aussi."
    assert form["source_url"] == elsewhere.url + path


PRIVATE = [
    "http://127.0.0.1:{port}/article", "http://localhost:{port}/article", "http://[::1]:{port}/article",
    "http://[::ffff:127.0.0.1]:{port}/article", "http://[::ffff:7f00:1]:{port}/article", "http://127.1:{port}/article",
    "http://2130706433:{port}/article", "http://0x7f000001:{port}/article", "http://0177.0.0.1:{port}/article",
    "http://0.0.0.0:{port}/article", "http://127.0.0.3:{port}/article", "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/", "http://192.168.1.1/", "http://172.16.0.1/", "http://[fe80::1]/", "http://[fd00:ec2::254]/",
    "http://[64:ff9b::7f00:1]/",
]


@pytest.mark.parametrize("url", PRIVATE)
def test_private_addresses_are_not_reached(private, editor, url):
    url = url.format(port=private.server_address[1])
    status, form, wrong, _ = read(editor, url)
    assert status == 422 and "réseau privé" in wrong, (url, wrong)
    assert form["source_url"] == url


@pytest.mark.parametrize("url", PRIVATE[:6])
def test_nor_by_a_redirect(private, elsewhere, editor, url):
    url = url.format(port=private.server_address[1])
    status, _, wrong, _ = read(editor, f"{elsewhere.url}/to?{url}")
    assert status == 422 and "réseau privé" in wrong, (url, wrong)


def test_nor_by_what_a_name_resolves_to(private, editor):
    """The machine's own name leads to the machine."""
    name = socket.gethostname()
    addresses = {info[4][0] for info in socket.getaddrinfo(name, None)}
    assert addresses, "the machine's own name resolves"
    status, _, wrong, _ = read(editor, f"http://{name}:{private.server_address[1]}/article")
    assert status == 422 and "réseau privé" in wrong, (addresses, wrong)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/", "gopher://127.0.0.1:70/", "javascript:alert(1)",
                                 "http://", "//example.org/", "example", "", "http://user:secret@example.org/"])
def test_other_schemes_are_no_addresses(editor, url):
    status, _, wrong, _ = read(editor, url)
    assert status == 422 and wrong, (url, wrong)


def test_a_redirect_to_another_scheme_is_not_followed(elsewhere, editor):
    status, form, wrong, _ = read(editor, elsewhere.url + "/to?file:///etc/passwd")
    assert status == 422 and wrong
    assert "root:" not in form["body"]


def test_an_unknown_name_is_said(editor):
    status, _, wrong, _ = read(editor, "http://aucun-site-ici.invalid/")
    assert status == 422 and "nom est inconnu" in wrong


def test_readers_cannot_make_the_server_read(site, elsewhere):
    before = len(elsewhere.asked)
    response = site.reader().post("/moderation/articles/new", {"source_url": elsewhere.url + "/article", "action": "read"})
    assert response.status_code in (401, 403) or "/sign-in" in response.url
    assert len(elsewhere.asked) == before
