"""Faults use what the scenarios share. On PostgreSQL they run on a cluster that waits for its disk, as a real one does."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "scenario"))

import palabre  # noqa: E402  pylint: disable=wrong-import-position
import store  # noqa: E402  pylint: disable=wrong-import-position
from store import postgresql  # noqa: E402  pylint: disable=wrong-import-position

# What only one of the engines has (SQLite's files under an import, PostgreSQL's processes); and what is about neither: how
# much is taken on before anything is written.
collect_ignore = ["test_overload.py", "test_kill_import.py"] if store.IS_POSTGRESQL else ["test_database.py"]


def pytest_sessionstart():
    if store.IS_POSTGRESQL:
        postgresql.SHARED = postgresql.Cluster(fsync=True)


def pytest_sessionfinish():
    palabre.Furnished.remove()
    if store.IS_POSTGRESQL:
        postgresql.SHARED.close()
