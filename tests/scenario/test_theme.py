"""A theme: files in a folder take the place of the built-in ones; a mistake is said, with its line, and the built-in file
stays."""

import os
import shutil
import tempfile
import urllib.parse

import pytest

import palabre

TEMPLATES = os.path.join(os.path.dirname(__file__), "../../web/templates")


@pytest.fixture
def folder():
    data = tempfile.mkdtemp(prefix="palabre-theme-")
    yield data
    shutil.rmtree(data)


def write(data, name, text):
    path = os.path.join(data, "theme", name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())


def built_in(name):
    with open(os.path.join(TEMPLATES, name), encoding="utf-8") as file:
        return file.read()


def check(data):
    return palabre.run("config", "check", "--data", data, env=palabre.environment())


def test_a_template_a_style_sheet_and_a_new_file_take_their_places(folder):
    write(folder, "templates/home.mustache", built_in("home.mustache").replace("{{$main}}", "{{$main}}<p id=\"ours\">{{#t}}Archive{{/t}}</p>", 1))
    write(folder, "static/site.css", "/* le nôtre */ body { color: teal }\n")
    write(folder, "static/logo.txt", "un logo")
    done = check(folder)
    assert done.returncode == 0 and "3 files" in done.stdout, done.stdout + done.stderr
    with palabre.Server(data=folder) as server:
        home = server.page("/")
        assert [p.text_content() for p in home.cssselect("#ours")] == ["Archives"], "translated as the built-in ones are"
        style = home.cssselect("link[rel=stylesheet]")[0].get("href")
        answer = server.get(style)
        assert answer.text == "/* le nôtre */ body { color: teal }\n" and "immutable" in answer.headers["Cache-Control"]
        assert server.get("/static/logo.txt").text == "un logo"
        assert server.get("/sign-in").status_code == 200


@pytest.mark.parametrize("spaces, start", [(1, "data:image/svg+xml,"), (2000, "/static/")])
def test_a_small_icon_stands_in_the_page_and_a_large_one_is_fetched(folder, spaces, start):
    icon = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2">{" " * spaces}<path fill="#f00" d="M0 0h2v2H0z"/></svg>'
    write(folder, "static/icon.svg", icon)
    with palabre.Server(data=folder) as server:
        link = server.page("/").cssselect("link[rel=icon]")[0].get("href")
        assert link.startswith(start), link
        got = server.get(link).text if start == "/static/" else urllib.parse.unquote(link[len(start) :])
        assert got == icon


def test_without_a_theme_nothing_changes(folder):
    done = check(folder)
    assert done.returncode == 0 and "theme" not in done.stdout


MISTAKES = [
    ("templates/home.mustache", "<p>\n\n{{#articles}}\n<p>encore ouvert\n", "theme/templates/home.mustache:3: "),
    ("templates/home.mustache", "{{/articles}}", "theme/templates/home.mustache:1: "),
    ("templates/home.mustache", "<p>\n{{>nulle-part}}", "theme/templates/home.mustache:2: "),
    ("templates/home.mustache", b"<p>\xff</p>", "theme/templates/home.mustache: not UTF-8"),
    ("static/site.css", "body { color: teal }\n\n.a {\n  color: red;\n", "theme/static/site.css:3: "),
    ("static/site.css", "body { }\n/* jamais fini\n", "theme/static/site.css:2: "),
    ("static/site.css", "a::after { content: \"x\n\" }", "theme/static/site.css:1: "),
    ("static/site.css", "a { } }", "theme/static/site.css:1: "),
    ("notes/lisez-moi.txt", "?", "theme/notes/lisez-moi.txt: "),
]


@pytest.mark.parametrize("name, text, words", MISTAKES)
def test_a_mistake_is_said_and_the_built_in_file_stays(folder, name, text, words):
    write(folder, name, text)
    write(folder, "static/ok.css", "p { margin: 0 }")
    done = check(folder)
    assert done.returncode == 65 and words in done.stderr, done.stdout + done.stderr
    with palabre.Server(data=folder) as server:
        home = server.page("/")
        assert home.cssselect("h1, .masthead"), "the built-in page"
        assert "{" in server.get(home.cssselect("link[rel=stylesheet]")[0].get("href")).text
        assert server.get("/static/ok.css").text == "p { margin: 0 }", "what is right is used all the same"
        assert words in server.process.log().replace('\\"', '"'), server.process.log()


def test_a_built_in_template_that_misses_a_part_of_ours_leads_back_to_the_built_in_ones(folder):
    """layout is used by every page: one that cannot be compiled takes nothing else with it."""
    write(folder, "templates/layout.mustache", "<html>{{#page}}")
    write(folder, "templates/home.mustache", built_in("home.mustache").replace("{{$main}}", "{{$main}}<p id=\"ours\"></p>", 1))
    done = check(folder)
    assert done.returncode == 65 and "theme/templates/layout.mustache:1: " in done.stderr
    with palabre.Server(data=folder) as server:
        assert server.page("/").cssselect("#ours"), "the other template is used"


def test_another_folder_by_its_setting(folder):
    elsewhere = tempfile.mkdtemp(prefix="palabre-elsewhere-")
    os.rename(elsewhere, folder + "-theme")
    try:
        os.makedirs(folder + "-theme/static")
        with open(folder + "-theme/static/site.css", "w", encoding="utf-8") as file:
            file.write("body { color: plum }")
        with palabre.Server({"theme": folder + "-theme"}, data=folder) as server:
            style = server.page("/").cssselect("link[rel=stylesheet]")[0].get("href")
            assert server.get(style).text == "body { color: plum }"
    finally:
        shutil.rmtree(folder + "-theme")
