"""script/extract-messages finds the messages the engine finds, and refuses translations that do not fit."""
import importlib.machinery
import importlib.util
import os
import sys

import pytest

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "script", "extract-messages")
sys.dont_write_bytecode = True
LOADER = importlib.machinery.SourceFileLoader("extract_messages", PATH)
tool = importlib.util.module_from_spec(importlib.util.spec_from_loader("extract_messages", LOADER))
LOADER.exec_module(tool)

TEMPLATE, SOURCE = "web/templates/a.mustache", "src/app/a.c"
NBSP, NNBSP = "\u00a0", "\u202f"


def problems(message, *forms, plural=None, place=TEMPLATE, language="fr", flags=()):
    entry = tool.Entry(message, plural)
    entry.forms, entry.places, entry.flags = list(forms), [place], set(flags)
    return list(tool.problems(entry, language))


@pytest.mark.parametrize("message, form", [
    ("Hello {{name}}", "Bonjour {{name}}"),
    ("{{a}} before {{b}}", "{{b}} après {{a}}"),
    ('By <a href="{{url}}">{{name}}</a>', 'Par <a href="{{url}}">{{name}}</a>'),
    ("a &amp; b", "a &amp; b &#8239;&nbsp;c"),
    ("Why?", "Pourquoi" + NNBSP + "?"),
    ("Quote", "«" + NBSP + "l’eau" + NBSP + "»" + NBSP + ": …"),
])
def test_fits(message, form):
    assert problems(message, form) == []


@pytest.mark.parametrize("message, form, part", [
    ("Hello", "", "not translated"),
    ("Hello {{name}}", "Bonjour", "lacks {{name}}"),
    ("Hello {{name}}", "Bonjour {{name}} {{nom}}", "has a {{nom}}"),
    ("{{a}}", "{{a}} {{a}}", "has a {{a}}"),
    ("a <b>x</b>", "a <i>x</i>", "other HTML elements"),
    ("x", "<script>x</script>", "holds a script"),
    ("x", 'un "x"', 'holds a "'),
    ("a &amp; b", "a & b", "bare &"),
    ("the water", "l'eau", "typography"),
    ("Why?", "Pourquoi ?", "typography"),
    ("Why?", "Pourquoi" + NBSP + "?", "typography"),
    ("Quote", "« x »", "typography"),
    ("and so on", "etc...", "typography"),
])
def test_does_not_fit(message, form, part):
    assert any(part in problem for problem in problems(message, form))


def test_a_fuzzy_one_does_not_fit():
    assert problems("Hello", "Bonjour", flags=["fuzzy"]) == ["is fuzzy"]


def test_messages_of_the_code_are_text():
    assert problems('R&D "x" <y>', 'R&D "x" <y>', place=SOURCE) == []
    assert problems("By {name}", "Par {nom}", place=SOURCE) == ["lacks {name}", "has a {nom} that its message has not"]


@pytest.mark.parametrize("forms, fits", [
    (["un commentaire de {{who}}", "{{count}} commentaires de {{who}}"], True),
    (["{{count}} commentaire de {{who}}", "{{count}} commentaires de {{who}}"], True),
    (["un commentaire", "{{count}} commentaires de {{who}}"], False),
    (["un commentaire de {{who}}", "{{nombre}} commentaires de {{who}}"], False),
    (["un commentaire de {{who}}", ""], False),
])
def test_plural(forms, fits):
    found = problems("one comment by {{who}}", *forms, plural="{{count}} comments by {{who}}")
    assert (found == []) == fits


def test_sets_french_typography_outside_of_tags():
    form = 'l\'un <a title="l\'x" href="{{url ; x}}">quoi ?</a> « {{name}} » &#39; {a\'b}...'
    assert tool.set_french(form) == ('l’un <a title="l\'x" href="{{url ; x}}">quoi' + NNBSP + "?</a> «" + NBSP +
                                     "{{name}}" + NBSP + "» &#39; {a’b}…")
    assert tool.set_french(tool.set_french(form)) == tool.set_french(form)


def found_in(text):
    return [(e.msgid, e.plural, e.places[0], e.notes) for e in tool.template_entries(text, "x")]


def test_finds_the_messages_of_a_template():
    text = ("{{! TRANSLATORS: a verb }}\n{{#t}} Re\n  ply {{{who}}} {{/t}}{{! no }}{{#t}}b{{/t}}\n"
            "{{#tn}}n|one {{x|y}} | {{n}} many{{/tn}}{{=<% %>=}}<%#t%>{{no tag}}<%/t%><%! {{#t}}x{{/t}} %>")
    assert found_in(text) == [
        ("Re ply {{{who}}}", None, "x:2", ["TRANSLATORS: a verb"]),
        ("b", None, "x:3", []),
        ("one {{x|y}}", "{{n}} many", "x:4", []),
        ("{{no tag}}", None, "x:4", []),
    ]


@pytest.mark.parametrize("text, mistake", [
    ("a\n{{#t}}b", "x:2: a message is not closed"),
    ("{{#t}} {{/t}}", "x:1: a message is empty"),
    ("{{#t}}a{{#tn}}", "x:1: a message cannot hold another one"),
    ("{{#t}}a{{=<% %>=}}", "x:1: a message cannot hold another one"),
    ("{{#tn}}a|b{{/tn}}", "x:1: a plural message is"),
    ("{{#tn}}a|b|c|d{{/tn}}", "x:1: a plural message is"),
    ("\n\n{{a", "x:3: a tag is not closed"),
])
def test_says_where_a_mistake_is(text, mistake):
    with pytest.raises(tool.Mistake, match=mistake):
        found_in(text)


def test_reads_what_it_writes(tmp_path):
    entry = tool.Entry('a "b"\\\t<c>\nd', "many é")
    entry.places, entry.notes = ["src/a.c:1"], ["TRANSLATORS: x"]
    tool.write_pot([entry], tmp_path / "x.pot")
    back, = tool.read_po((tmp_path / "x.pot").read_text(encoding="utf-8"))
    assert (back.msgid, back.plural, back.places, back.notes) == (entry.msgid, entry.plural, entry.places, entry.notes)
    assert back.forms == ["", ""]
