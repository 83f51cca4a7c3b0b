#!/usr/bin/env python3
"""Check the demonstration publication: its shape, its references, its dates, its typography.

    python3 demo/check.py [PUBLICATION.json]

Prints one line for each problem and exits 1, or one line of figures and exits 0. Tests import `problems`.
"""

import json
import re
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
PUBLICATION = HERE / "publication.json"
STATIC = HERE.parent / "web" / "static"

LANGUAGES = ("fr", "en")
SEVERITIES = ("low", "medium", "high")
ROLES = ("moderator", "editor", "administrator")
STATES = ("published", "pending", "rejected", "spam", "removed", "withdrawn")
# What a reader has seen at one time, and may therefore have answered.
ONCE_PUBLISHED = ("published", "removed")
MAX_SVG_BYTES = 4096
ROOTS_A_PAGE = 10

SHAPES = {
    "publication": {"site": dict, "charter": dict, "sections": list, "accounts": list, "articles": list,
                    "messages": list},
    "site": {"name": str, "tagline": dict, "language": str, "time_zone": str},
    "charter": {"introduction": str, "rules": list},
    "rule": {"code": str, "title": str, "text": str, "severity": str, "legal_ground": (str, type(None))},
    "section": {"slug": str, "title": str, "description": str, "language": str},
    "account": {"name": str, "role": str, "display_name": str},
    "article": {"key": str, "section": str, "language": str, "kind": str, "headline": str, "standfirst": str,
                "byline": str, "body": str, "published": int, "discussion": str,
                "moderation": (str, type(None)), "source": (dict, type(None))},
    "source": {"url": str, "site": str, "author": str, "date": str, "title": str},
    "message": {"key": str, "article": str, "reply_to": (str, type(None)), "name": str, "title": (str, type(None)),
                "text": str, "website": (str, type(None)), "minutes_ago": int, "state": str,
                "rule": (str, type(None))},
    "report": {"rule": str, "text": str, "name": (str, type(None)), "minutes_ago": int},
}
OPTIONAL = {"message": {"reports": list, "edited": bool, "first_text": str, "edit_note": str}}

# The program sets the typography on display; the source stays as people type it.
SET_TYPOGRAPHY = re.compile("[\u00ab\u00bb\u2018\u2019\u201c\u201d\u2026\u00a0\u2009\u202f]")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
ADDRESS = re.compile(r"https?://([^/\s)\"]+)")
RESERVED_HOST = re.compile(r"(www\.)?example\.(org|com|net)\Z")  # RFC 2606
FIGURE = re.compile(r"!\[([^\]]+)\]\(/static/(demo/[a-z-]+\.svg) \"[^\"]+\"\)")
# Numbers the French regulator (Arcep) keeps for fiction.
TELEPHONE = re.compile(r"\b0\d(?: \d\d){4}\b")
FICTION_TELEPHONE = re.compile(r"0(?:1 99 00|2 61 91|3 53 01|4 65 71|5 36 49|6 39 98) ")


def check_shape(kind, value, where):
    """One problem for each key of `value` that is missing, unknown, empty or of another type."""
    if not isinstance(value, dict):
        return [f"{where}: not an object"]
    required, optional = SHAPES[kind], OPTIONAL.get(kind, {})
    found = [f"{where}: no '{key}'" for key in required if key not in value]
    for key, item in value.items():
        wanted = required.get(key) or optional.get(key)
        if wanted is None:
            found.append(f"{where}: unknown key '{key}'")
        elif not isinstance(item, wanted) or (isinstance(item, bool) and wanted is int):
            found.append(f"{where}: '{key}' is of the wrong type")
        elif isinstance(item, str) and (not item.strip() or CONTROL.search(item)):
            found.append(f"{where}: '{key}' is empty or has control characters")
    return found


def shape_problems(publication):
    found = check_shape("publication", publication, "publication")
    if found:
        return found
    found += check_shape("site", publication["site"], "site")
    for language, charter in publication["charter"].items():
        where = f"charter {language}"
        found += check_shape("charter", charter, where)
        for number, rule in enumerate(charter.get("rules", []), 1):
            found += check_shape("rule", rule, f"{where}, rule {number}")
    for kind in ("section", "account", "article", "message"):
        for number, value in enumerate(publication[kind + "s"], 1):
            name = value.get("key", number) if isinstance(value, dict) else number
            found += check_shape(kind, value, f"{kind} {name}")
            if kind == "article" and isinstance(value.get("source"), dict):
                found += check_shape("source", value["source"], f"article {name}, source")
            if kind == "message":
                for report in value.get("reports", []):
                    found += check_shape("report", report, f"message {name}, report")
    return found


def duplicates(kind, values):
    return [f"{kind} '{value}' stands {count} times" for value, count in Counter(values).items() if count > 1]


def site_problems(publication):
    found = []
    site, charter, sections = publication["site"], publication["charter"], publication["sections"]
    if sorted(site["tagline"]) != sorted(LANGUAGES) or sorted(charter) != sorted(LANGUAGES):
        return ["site: the tagline and the charter must be in French and in English"]
    rules = {language: [(rule["code"], rule["severity"]) for rule in charter[language]["rules"]]
             for language in LANGUAGES}
    if rules["fr"] != rules["en"]:
        found.append("charter: codes, severities or order differ between the languages")
    if not 5 <= len(rules["fr"]) <= 6:
        found.append("charter: five or six rules are wanted")
    for language in LANGUAGES:
        texts = [site["tagline"][language], charter[language]["introduction"]]
        for rule in charter[language]["rules"]:
            texts += [rule["title"], rule["text"], rule["legal_ground"] or ""]
        for text in texts + [section["description"] for section in sections if section["language"] == language]:
            found += text_problems(f"charter or site, {language}", text, language)
        found += duplicates(f"charter {language}, rule", [code for code, _ in rules[language]])
        found += [f"charter {language}, rule {code}: severity '{severity}'" for code, severity in rules[language]
                  if severity not in SEVERITIES]
        found += [f"no section in '{language}'"] * all(section["language"] != language for section in sections)
    found += duplicates("section", [section["slug"] for section in sections])
    found += [f"section '{section['slug']}': not a slug" for section in sections
              if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", section["slug"])]
    found += duplicates("account", [account["name"] for account in publication["accounts"]])
    if sorted(account["role"] for account in publication["accounts"]) != sorted(ROLES):
        found.append("accounts: one moderator, one editor and one administrator are wanted")
    return found


def figure_problems(where, body, static):
    found = []
    if body.count("![") != len(FIGURE.findall(body)):
        found.append(f"{where}: a figure without alternative text, caption or an address under /static/demo/")
    for _, name in FIGURE.findall(body):
        path = static / name
        if not path.is_file():
            found.append(f"{where}: no {name}")
            continue
        found += svg_problems(name, path.read_bytes())
    return found


def svg_problems(name, data):
    found = [f"{name}: {len(data)} bytes, more than {MAX_SVG_BYTES}"] * (len(data) > MAX_SVG_BYTES)
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        return found + [f"{name}: {error}"]
    if not (root.findtext("{http://www.w3.org/2000/svg}title") or "").strip():
        found.append(f"{name}: no title")
    for element in root.iter():
        tag = element.tag.rsplit("}", 1)[-1]
        if tag in ("script", "style", "foreignObject", "image", "a"):
            found.append(f"{name}: a <{tag}> element")
        for attribute, value in element.attrib.items():
            attribute = attribute.rsplit("}", 1)[-1]
            outside = attribute == "href" and not value.startswith("#")
            if outside or attribute.startswith("on") or attribute == "style":
                found.append(f"{name}: attribute {attribute}=\"{value}\"")
    return found


def text_problems(where, text, language):
    found = []
    if SET_TYPOGRAPHY.search(text):
        found.append(f"{where}: typographic quotation marks, apostrophes, ellipses or spaces")
    if language == "fr" and re.search(r"\w[?!;]|\w:(?=\s)", ADDRESS.sub("", re.sub(r"`[^`]*`|\([^\s)]+", "", text))):
        found.append(f"{where}: no space before a high punctuation mark")
    if text.count('"') % 2:
        found.append(f"{where}: an odd number of quotation marks")
    if re.search(r"</?[a-zA-Z]", text):
        found.append(f"{where}: HTML")
    found += [f"{where}: the host {host} is not one reserved for examples" for host in ADDRESS.findall(text)
              if not RESERVED_HOST.match(host)]
    found += [f"{where}: the number {number} may be somebody's" for number in TELEPHONE.findall(text)
              if not FICTION_TELEPHONE.match(number)]
    return found


def article_problems(publication, static):
    articles = publication["articles"]
    sections = {section["slug"]: section["language"] for section in publication["sections"]}
    found = duplicates("article", [article["key"] for article in articles])
    for article in articles:
        where = f"article {article['key']}"
        if article["section"] not in sections:
            found.append(f"{where}: no section '{article['section']}'")
        elif sections[article["section"]] != article["language"]:
            found.append(f"{where}: not in the language of its section")
        if (article["kind"] == "excerpt") != (article["source"] is not None) or \
                article["kind"] not in ("article", "excerpt"):
            found.append(f"{where}: an excerpt has a source, an article has none")
        if article["discussion"] not in ("open", "closed") or article["moderation"] not in (None, "pre", "post"):
            found.append(f"{where}: discussion or moderation")
        if article["source"] and not re.fullmatch(r"\d{4}-\d\d-\d\d", article["source"]["date"]):
            found.append(f"{where}: the date of the source")
        for text in (article["headline"], article["standfirst"], article["body"],
                     (article["source"] or {}).get("url", "")):
            found += text_problems(where, text, article["language"])
        found += figure_problems(where, article["body"], static)
    return found


def markdown_problems(where, text):
    """Messages know paragraphs, quotations, lists, emphasis, links and code: no headings, no images."""
    outside_code = re.sub(r"`[^`]*`", "", text)
    found = []
    if re.search(r"^#{1,6} ", outside_code, re.MULTILINE) or "![" in outside_code:
        found.append(f"{where}: a heading or an image in a message")
    if text != text.strip():
        found.append(f"{where}: space around the text")
    return found


def reply_problems(message, parent, where):
    if parent is None:
        return [f"{where}: answers '{message['reply_to']}', which does not stand before it"]
    found = []
    if parent["article"] != message["article"]:
        found.append(f"{where}: answers a message of another article")
    if parent["minutes_ago"] <= message["minutes_ago"]:
        found.append(f"{where}: not later than the message it answers")
    if parent["state"] not in ONCE_PUBLISHED:
        found.append(f"{where}: answers a message that was never published")
    return found


def decision_problems(message, rules, where):
    found = []
    if message["state"] not in STATES:
        found.append(f"{where}: state '{message['state']}'")
    if (message["state"] in ("rejected", "removed")) != (message["rule"] is not None):
        found.append(f"{where}: rejected and removed messages have a rule, the others none")
    if message["rule"] is not None and message["rule"] not in rules:
        found.append(f"{where}: no rule '{message['rule']}'")
    for report in message.get("reports", []):
        if report["rule"] not in rules:
            found.append(f"{where}: reported under '{report['rule']}', which is no rule")
        if not 0 <= report["minutes_ago"] < message["minutes_ago"]:
            found.append(f"{where}: reported before it was sent, or in the future")
        found += text_problems(f"{where}, report", report["text"], None)
    return found


def mention_problems(message, names, where):
    return [f"{where}: '@{mention[:20]}' names nobody in the discussion"
            for mention in re.findall(r"(?<!\w)@(.+)", message["text"])
            if not any(mention.startswith(name) for name in names)]


def message_problems(publication):
    articles = {article["key"]: article for article in publication["articles"]}
    rules = {rule["code"] for rule in publication["charter"]["fr"]["rules"]}
    names = {key: {message["name"] for message in publication["messages"] if message["article"] == key}
             for key in articles}
    found = duplicates("message", [message["key"] for message in publication["messages"]])
    before = {}
    for message in publication["messages"]:
        where = f"message {message['key']}"
        article = articles.get(message["article"])
        if article is None:
            found.append(f"{where}: no article '{message['article']}'")
            continue
        if not 0 <= message["minutes_ago"] < article["published"]:
            found.append(f"{where}: before its article, or in the future")
        if message["reply_to"] is not None:
            found += reply_problems(message, before.get(message["reply_to"]), where)
        if article["discussion"] == "closed" and message["state"] == "pending":
            found.append(f"{where}: pending in a closed discussion")
        found += decision_problems(message, rules, where)
        found += mention_problems(message, names[message["article"]], where)
        found += markdown_problems(where, message["text"])
        # A solicitor's or a shouter's spacing is part of the specimen.
        language = article["language"] if message["state"] == "published" else None
        for text in (message["text"], message["title"] or "", message["website"] or ""):
            found += text_problems(where, text, language)
        before[message["key"]] = message
    return found


def promise_problems(publication):
    """What the demonstration has to show, beyond being well formed."""
    articles, messages = publication["articles"], publication["messages"]
    states = Counter(message["state"] for message in messages)
    roots = Counter(message["article"] for message in messages
                    if message["reply_to"] is None and message["state"] == "published")
    by_key = {message["key"]: message for message in messages}
    published = [message for message in messages if message["state"] == "published"]
    long_bodies = [article["body"] for article in articles
                   if article["language"] == "fr" and len(article["body"].split()) >= 900]
    bylines = {article["key"]: article["byline"] for article in articles}
    reported = [message for message in published if message.get("reports")]
    nested = [message for message in published if message["reply_to"] and by_key[message["reply_to"]]["reply_to"]]
    promises = {
        "six or seven articles": 6 <= len(articles) <= 7,
        "at least two articles in English": sum(article["language"] == "en" for article in articles) >= 2,
        "one press excerpt": sum(article["kind"] == "excerpt" for article in articles) == 1,
        "one closed discussion": sum(article["discussion"] == "closed" for article in articles) == 1,
        "a long French article with headings, a quotation, a list and a figure": any(
            all(re.search(mark, body, re.MULTILINE) for mark in ("^## ", "^> ", "^- ", r"^!\["))
            for body in long_bodies),
        "sixty to sixty-six messages": 60 <= len(messages) <= 66,
        "a discussion of three pages": max(roots.values(), default=0) > 2 * ROOTS_A_PAGE,
        "replies to replies": len(nested) >= 3,
        "eight to ten pending messages": 8 <= states["pending"] <= 10,
        "three reported messages": len(reported) == 3,
        "two removed, one rejected, one withdrawn": [
            states[state] for state in ("removed", "rejected", "withdrawn")] == [2, 1, 1],
        "an author who answers": any(message["name"] == bylines[message["article"]] and message["reply_to"]
                                     for message in published),
        "a mention of another reader": any(re.search(r"(?<!\w)@\w", message["text"]) for message in published),
        "an edited message": any(message.get("edited") for message in published),
    }
    return [f"missing: {promise}" for promise, kept in promises.items() if not kept]


def problems(publication, static=STATIC):
    """Every problem of a parsed publication, as lines of text; empty when there is none.

    `static` is the folder that the program serves as /static/."""
    found = shape_problems(publication)
    if found:
        return found  # the other checks rely on the shape
    return (site_problems(publication) + article_problems(publication, static) + message_problems(publication)
            + promise_problems(publication))


def main(arguments):
    if len(arguments) > 1:
        print("usage: check.py [PUBLICATION.json]", file=sys.stderr)
        return 2
    path = Path(arguments[0]) if arguments else PUBLICATION
    try:
        publication = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        print(f"{path}: {error}", file=sys.stderr)
        return 1
    found = problems(publication)
    for line in found:
        print(f"{path.name}: {line}", file=sys.stderr)
    if found:
        return 1
    states = Counter(message["state"] for message in publication["messages"])
    print(f"{path.name}: {len(publication['articles'])} articles, {len(publication['messages'])} messages ("
          + ", ".join(f"{count} {state}" for state, count in states.most_common()) + ")")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
