"""The engine that scenarios run on: SQLite, or, with PALABRE_TEST_STORE=postgresql, PostgreSQL: then each data folder has a
database of its own in the run's cluster (tests/postgresql.py), made when it is first named."""

import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import postgresql  # noqa: E402  pylint: disable=wrong-import-position

ENGINE = os.environ.get("PALABRE_TEST_STORE") or "sqlite"
IS_POSTGRESQL = ENGINE == "postgresql"
URLS = {}


def url(data):
    """Where the publication of this data folder is."""
    folder = os.path.realpath(data)
    if folder not in URLS:
        URLS[folder] = postgresql.shared().create_database()
    return URLS[folder]


def is_made(data):
    """There is something in it already."""
    return os.path.realpath(data) in URLS if IS_POSTGRESQL else os.path.exists(f"{data}/palabre.db")


def copy(source, data):
    """The publication of another data folder, as it stands; nobody uses that one. (SQLite's is among the folder's files.)"""
    if IS_POSTGRESQL:
        template = postgresql.database_of(url(source))
        URLS[os.path.realpath(data)] = postgresql.shared().create_database(template=template)


def drop(data):
    address = URLS.pop(os.path.realpath(data), None)
    if address:
        postgresql.shared().drop_database(address)


def variables(arguments):
    """What the environment of a command with these arguments says of its store."""
    arguments = list(arguments)
    if not IS_POSTGRESQL or "--data" not in arguments[:-1]:
        return {}
    return {"PALABRE_STORE": url(arguments[arguments.index("--data") + 1])}


def option(data):
    return ["--store", url(data)] if IS_POSTGRESQL else []


class Row(tuple):
    """Columns by number and by name."""

    def __new__(cls, values, names):
        row = super().__new__(cls, values)
        row.names = names
        return row

    def __getitem__(self, key):
        return super().__getitem__(self.names.index(key) if isinstance(key, str) else key)

    def keys(self):
        return self.names


def plain(value):
    return bytes(value) if isinstance(value, memoryview) else value


class Cursor:
    """sqlite3's, as far as tests use it."""

    def __init__(self, cursor):
        self.cursor = cursor

    def rows(self):
        names = [column.name for column in self.cursor.description]
        return (Row(map(plain, row), names) for row in self.cursor)

    def __iter__(self):
        return self.rows()

    def fetchall(self):
        return list(self.rows())

    def fetchone(self):
        return next(self.rows(), None)


class Connection:
    def __init__(self, address, writes):
        import psycopg2  # pylint: disable=import-outside-toplevel

        self.connection = psycopg2.connect(address)
        self.connection.set_session(readonly=not writes)
        self.row_factory = None

    def execute(self, sql, parameters=()):
        cursor = self.connection.cursor()
        cursor.execute(sql.replace("%", "%%").replace("?", "%s") if parameters else sql, parameters or None)
        return Cursor(cursor)

    def executescript(self, sql):
        self.connection.cursor().execute(sql)

    def commit(self):
        self.connection.commit()

    def close(self):
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            self.connection.commit()
        else:
            self.connection.rollback()


def connect(data, writes=False):
    """The database of a data folder: to look at or, behind the program's back, to change. SQL with ? for parameters."""
    if IS_POSTGRESQL:
        return Connection(url(data), writes)
    if writes:
        return sqlite3.connect(f"{data}/palabre.db")
    return sqlite3.connect(f"file:{data}/palabre.db?mode=ro", uri=True)


def columns(database, table):
    """The names of a table's columns."""
    if IS_POSTGRESQL:
        found = database.execute("SELECT column_name FROM information_schema.columns WHERE table_name = ?", (table,))
        return [row[0] for row in found]
    return [row[1] for row in database.execute(f"PRAGMA table_info({table})")]


def new_secret():
    """SQL for a value that no other row has."""
    return "sha256(CAST(random()::text AS bytea))" if IS_POSTGRESQL else "randomblob(32)"


def set_schema_version(data, version):
    with connect(data, writes=True) as database:
        database.execute(f"UPDATE palabre_schema SET version = {version}" if IS_POSTGRESQL
                         else f"PRAGMA user_version = {version}")


def dump(data):
    """All that the database holds, to be compared."""
    with connect(data) as database:
        if not IS_POSTGRESQL:
            return list(database.iterdump())
        tables = database.execute("SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind IN ('r', 'p') AND NOT "
                                  "c.relispartition AND c.relnamespace = 'public'::regnamespace ORDER BY 1").fetchall()
        return [(name, sorted(map(repr, database.execute(f"SELECT * FROM {name}").fetchall()))) for (name,) in tables]


def by_name(database, sql):
    """Rows whose columns are read by name."""
    database.row_factory = sqlite3.Row
    return database.execute(sql).fetchall()
