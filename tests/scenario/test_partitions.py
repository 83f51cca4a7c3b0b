"""Where statements go on PostgreSQL: what a message's way from the form to the page reads or changes stands in the one
partition of its discussion; what has to ask all of them is listed here with its reason. And that a distributed database
could place the tables (docs/scale.md), and compares texts as SQLite does."""

import os
import re
import sqlite3
import subprocess
import uuid

import psycopg2
import pytest

import palabre
import postgresql
import store

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src")
PARTITIONED = ("comment", "comment_revision", "decision", "report", "recommendation", "search_message")

# A row of each is asked of every partition.
EVERYWHERE = {
    "only a number is known": {
        "COMMENT_ARTICLE", "COMMENT_GET", "COMMENT_PLACE", "COMMENT_REVISIONS", "COMMENT_SENDER", "DECISION_LIST_COMMENT",
        "QUEUE_POSITION", "RECOMMENDATION_SUBJECT", "REPORT_GET_ARTICLE", "SEARCH_MESSAGE_DATE", "SEARCH_MESSAGE_SHOW",
        "SEARCH_MESSAGE_WORDS"},
    "only the secret of a private link is known": {"COMMENT_BY_SECRET", "REPORT_BY_SECRET"},
    "a hand is known again whatever it writes to": {"COMMENT_SAME_HAND", "COMMENT_IS_FIRST"},
    "the desk's, of all discussions": {
        "QUEUE_FIGURES", "QUEUE_PENDING", "QUEUE_PENDING_NUMBERS", "QUEUE_REPORTED", "QUEUE_DECIDED", "QUEUE_NEIGHBOURS", "DECISION_LIST_LATEST",
        "DECISION_LIST_ACCOUNT", "REPORT_LIST_ARTICLES", "REPORT_COUNT_ARTICLES", "HISTORY_COUNT_DEVICE",
        "HISTORY_COUNT_ADDRESS", "HISTORY_COUNT_NAME", "HISTORY_LATEST_DEVICE", "HISTORY_LATEST_ADDRESS",
        "HISTORY_LATEST_NAME"},
    "an address ends all its mails": {"NOTICE_END_EMAIL"},
    "floods are counted through all discussions, by each node at most once a second": {"COMMENT_SENT_LATELY"},
    "search is through all discussions": {"SEARCH_MESSAGE_FIND", "SEARCH_MESSAGE_WALK", "SEARCH_PROGRESS"},
    "an import's key, number or source may be anywhere": {
        "IMPORT_COMMENT_FIND", "IMPORT_NUMBER_TAKEN", "IMPORT_ANY_COMMENT", "IMPORT_SOURCE_KNOWN"},
    "goes through everything, in the background or for `palabre check`": {
        "SEARCH_WALK_MESSAGES", "LIKENESS_FILL_WALK", "SEARCH_CHECK_MESSAGES", "SEARCH_CHECK_COUNTS", "SEARCH_CHECK_MESSAGE_TERMS", "CHECK_SITE",
        "CHECK_ARTICLES", "CHECK_COMMENTS", "CHECK_ROOT_ORDINALS", "CHECK_REPLY_ORDINALS", "CHECK_LAST_REPLY_ORDINAL"},
}
ALLOWED = {name for names in EVERYWHERE.values() for name in names}

# Of the posting, publishing, refusing and editing paths: never to be put into the list above.
ON_THE_WAY = {
    "COMMENT_PARENT", "COMMENT_SENT", "COMMENT_SENT_TWICE", "COMMENT_INSERT", "COMMENT_SUBJECT", "COMMENT_SET_STATE",
    "COMMENT_SET_ORDINAL", "COMMENT_COUNT_REPLIES", "COMMENT_COUNT_REPORTS", "THREAD_TAKE_ORDINAL", "THREAD_LAST_ORDINAL",
    "COMMENT_KEEP_REVISION", "COMMENT_EDIT_OWN", "COMMENT_EDIT_DESK", "DECISION_INSERT", "DECISION_LAST",
    "DECISION_MARK_UNDONE", "DECISION_EDITED_TEXT", "DECISION_EDIT_BEFORE", "DECISION_RESTORE_TEXT", "REPORT_CLOSE",
    "REPORT_REOPEN", "REPORT_INSERT", "OUTBOX_HOLD", "OUTBOX_ADD_AUTHOR", "OUTBOX_ADD_EACH", "NOTICE_COMMENT",
    "SEARCH_COMMENT", "SEARCH_MESSAGE_ADD", "SEARCH_MESSAGE_DROP", "LIKENESS_LOAD", "LIKENESS_TEXT", "LIKENESS_ADD",
    "DISCUSSION_ROOTS", "DISCUSSION_REPLIES", "THREAD_REPLIES"}


def statements():
    """Each with its text on PostgreSQL, from src/db/sql."""
    text = ('#define STATEMENT(n, s) %% n, s\n#define STATEMENT2(n, a, b) %% n, b\n#define STATEMENT_EACH(n, s) %% n, s\n'
            '#include "db/sql/all.def"\n')
    done = subprocess.run(["cc", "-E", "-P", "-x", "c", "-I", SOURCE, "-"], input=text, capture_output=True, text=True,
                          check=True).stdout
    found = {}
    for part in done.split("%%")[1:]:
        name, _, rest = part.partition(",")
        found[name.strip()] = "".join(s.replace('\\"', '"') for s in re.findall(r'"((?:[^"\\]|\\.)*)"', rest))
    return found


def numbered(sql):
    names = []

    def number(match):
        if match.group(1) not in names:
            names.append(match.group(1))
        return f"${names.index(match.group(1)) + 1}"

    parts = re.split(r"('(?:[^']|'')*'|\"[^\"]*\")", sql)
    return "".join(p if p[:1] in ("'", '"') else re.sub(r"(?<!:):(\w+)", number, p) for p in parts), names


def value(name, kind, known):
    if kind == "text":
        return "'comment'" if name != "match" else "''"
    if kind in ("bytea", "blob"):
        return "'\\x00'"
    return str(known.get(name, 1))


FILL = """
    INSERT INTO site (id, name, tagline, language, time_zone, moderation, strict, removed_display, close_after_days,
        gives_reasons, charter_version, version, pending_count, report_count, created_at)
    VALUES (1, 'S', '', 'fr', 'UTC', 'pre', 0, 'stub', 0, 1, 0, 1, 0, 0, 0) ON CONFLICT DO NOTHING;
    INSERT INTO article (kind, state, slug, language, headline, standfirst, byline, body_source, body_format, body_html,
        renderer_version, source_url, source_site, source_author, source_title, discussion_closed, created_at,
        published_at, updated_at, revision, version, last_ordinal, comment_count, pending_count)
    SELECT 'page', 'published', 'a', 'fr', CHR(CASE n % 4 WHEN 0 THEN 65 WHEN 1 THEN 98 WHEN 2 THEN 233 ELSE 90 END) || n, '',
        '', '', 'markdown', '', 1, '', '', '', '', 0, 1, 1, 1, 1, 1, 0, 0, 0 FROM generate_series(1, 40) AS n;
    INSERT INTO comment (article_id, last_reply_ordinal, reply_count, state, version, name, title, text_source, html,
        renderer_version, language, website, submitted_at, edited_by_desk, charter_version, checks, report_count,
        secret_hash, email, fingerprint, text_hash)
    SELECT a.id, 0, 0, 'pending', 1, 'N', '', 'T', 'T', 1, 'fr', '', n, 0, 0, '[]', 0,
        sha256(CAST(a.id || ' ' || n AS bytea)), '', 'f', n FROM article a CROSS JOIN generate_series(1, 20) AS n;
    INSERT INTO account (name, display_name, role, password_hash, language, disabled, created_at)
    SELECT name, name, 'moderator', '', 'fr', 0, 0 FROM unnest(ARRAY['ba', 'a-b', 'ab', 'éa', 'Za', 'a_b', 'z']) AS name;
"""


@pytest.fixture(scope="module", name="connection")
def filled(tmp_path_factory):
    """A database of the program's own making, whose own order of texts is French, with forty discussions of 20 messages."""
    data = str(tmp_path_factory.mktemp("partitions"))
    cluster = postgresql.shared()
    name = "partitions_" + uuid.uuid4().hex[:16]  # each worker of the run has one
    cluster.psql("postgres", f"CREATE DATABASE \"{name}\" TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'fr-FR'")
    store.URLS[os.path.realpath(data)] = cluster.url(name)
    done = palabre.run("migrate", "--data", data)
    assert done.returncode == 0, done.stderr
    connection = psycopg2.connect(cluster.url(name))
    connection.cursor().execute(FILL)
    connection.commit()
    for setting in ("jit = off", "plan_cache_mode = force_generic_plan", "enable_seqscan = off", "enable_hashjoin = off",
                    "enable_mergejoin = off"):  # src/db/postgresql_pipe.c
        connection.cursor().execute(f"SET {setting}")
    connection.commit()
    yield connection
    connection.close()
    cluster.drop_database(cluster.url(name))


def ask(connection, sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def scans(connection, sql):
    """(table, partition) of every scan that is made for one discussion's message; all that are planned, of a write."""
    text, names = numbered(sql)
    article, number = ask(connection, "SELECT article_id, number FROM comment ORDER BY number DESC LIMIT 1")[0]
    known = {"article": article, "number": number, "limit": 10, "before": 2**62, "most": 10, "skip": 0}
    ask(connection, f"PREPARE looked_at AS {text}")
    kinds = ask(connection, "SELECT CAST(parameter_types AS text[]) FROM pg_prepared_statements WHERE name = 'looked_at'")[0][0]
    values = ", ".join(value(name, kind, known) for name, kind in zip(names, kinds))
    reads = text.startswith("SELECT") and " FOR " not in text and "setval" not in text and "make_months" not in text
    plan = ask(connection, f"EXPLAIN ({'ANALYZE, ' if reads else ''}COSTS OFF) EXECUTE looked_at" +
               (f"({values})" if values else ""))
    connection.rollback()
    ask(connection, "DEALLOCATE ALL")
    found = set()
    for line, in plan:
        match = re.search(r"Scan.* on (\w+?)_(\d+)\b", line)
        if match and "never executed" not in line:
            found.add((match.group(1), int(match.group(2))))
    return found


def test_a_message_is_read_and_changed_in_the_partition_of_its_discussion(connection):
    strays = {}
    for name, sql in statements().items():
        found = {number for table, number in scans(connection, sql) if table in PARTITIONED}
        if len(found) > 1 and name not in ALLOWED:
            strays[name] = sorted(found)
    assert not strays, "these ask more than one partition: name the article in them, or say above why not"


def test_the_list_of_exceptions_names_statements_that_there_are(connection):
    known = statements()
    assert not {name for name in ALLOWED | ON_THE_WAY if name not in known}
    assert not ALLOWED & ON_THE_WAY
    some = scans(connection, known["COMMENT_ARTICLE"])
    assert len({number for table, number in some if table == "comment"}) == 16, "the test sees no partitions any more"


def test_keys_of_likeness_are_looked_up_in_one_partition_each(connection):
    found = {number for table, number in scans(connection, statements()["LIKENESS_SHARED"])
             if table == "comment_likeness_key"}
    assert 1 <= len(found) <= 4, found


# Read by all, or known by a key of their own: docs/scale.md.
OF_ALL = {"site", "section", "account", "session", "charter", "charter_rule", "site_option", "site_word", "watch_entry", "ban",
          "secret_check", "search_progress", "redirect", "mail_address", "article_once", "palabre_schema", "search_article",
          "comment_likeness"}
PLACED_BY = {"article": "id", "journal": "chain", "journal_head": "chain"}  # the others by article_id

CONSTRAINTS = """
    SELECT CAST(t.relname AS text), CAST(i.relname AS text), (SELECT array_agg(CAST(a.attname AS text)) FROM pg_attribute a
        WHERE a.attrelid = t.oid AND a.attnum = ANY (x.indkey))
    FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
    WHERE x.indisunique AND NOT t.relispartition AND t.relnamespace = CAST('public' AS regnamespace)"""
REFERENCES = """
    SELECT CAST(conname AS text), CAST(conrelid AS regclass)::text, CAST(confrelid AS regclass)::text,
        (SELECT array_agg(CAST(a.attname AS text) ORDER BY k.i) FROM unnest(conkey) WITH ORDINALITY AS k (n, i)
            JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = k.n),
        (SELECT array_agg(CAST(a.attname AS text) ORDER BY k.i) FROM unnest(confkey) WITH ORDINALITY AS k (n, i)
            JOIN pg_attribute a ON a.attrelid = confrelid AND a.attnum = k.n)
    FROM pg_constraint WHERE contype = 'f' AND conparentid = 0"""


def test_discussions_could_stand_on_different_machines(connection):
    """Unique keys contain what the table is placed by; references stay within a discussion, or lead to what all have."""
    for table, index, columns in ask(connection, CONSTRAINTS):
        assert table in OF_ALL or PLACED_BY.get(table, "article_id") in columns, (table, index, columns)
    for name, table, other, columns, others in ask(connection, REFERENCES):
        if other in OF_ALL:
            continue
        assert table not in OF_ALL, f"{name}: from a table of all to one that is spread"
        here, there = PLACED_BY.get(table, "article_id"), PLACED_BY.get(other, "article_id")
        assert (here, there) in zip(columns, others), f"{name}: from one discussion to another"


def test_texts_are_ordered_byte_by_byte_whatever_the_databases_order(connection):
    other = ask(connection, """
        SELECT CAST(t.relname AS text), CAST(a.attname AS text) FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid
        JOIN pg_collation l ON l.oid = a.attcollation WHERE t.relkind IN ('r', 'p') AND a.attnum > 0
        AND t.relnamespace = CAST('public' AS regnamespace) AND l.collname != 'C' AND a.attname != 'words'
        AND a.atttypid = CAST('text' AS regtype)""")
    assert not other, "TEXT COLLATE \"C\""
    assert ask(connection, "SELECT 'a-b' > 'ab', 'Z' > 'a'") == [(False, True)], "the database's own order is not another one"
    known = statements()
    names = [row[1] for row in ask(connection, known["ACCOUNT_LIST"].replace(":limit", "100"))]
    assert names == sorted(names, key=str.encode) and len(names) == 7
    pages = re.sub(r":\w+", "100", known["ARTICLE_LIST_PAGES"])
    lines = [row[0] for row in ask(connection, f"SELECT headline FROM ({pages}) AS p")]
    lite = sqlite3.connect(":memory:")
    lite.execute("CREATE TABLE page (id INTEGER, headline TEXT)")
    lite.executemany("INSERT INTO page VALUES (?, ?)", ask(connection, "SELECT id, headline FROM article"))
    assert lines == [row[0] for row in lite.execute("SELECT headline FROM page ORDER BY lower(headline), id")]
    assert len(lines) == 40
