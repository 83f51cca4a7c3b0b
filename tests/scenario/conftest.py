"""Scenarios speak HTTP to the real binary (PALABRE_BIN), each module on a server and a data folder of its own."""

import pytest

import palabre
import store


# What only one of the engines has.
collect_ignore = [] if store.IS_POSTGRESQL else ["test_postgresql.py", "test_partitions.py"]


def pytest_collection_modifyitems(config, items):
    """What is about SQLite's file is no test of PostgreSQL's (test_postgresql.py has what takes its place), nor the reverse."""
    other = "sqlite" if store.IS_POSTGRESQL else "postgresql"
    others = [item for item in items if item.get_closest_marker(other)]
    items[:] = [item for item in items if item not in others]
    config.hook.pytest_deselected(items=others)


def pytest_sessionfinish():
    palabre.Furnished.remove()


@pytest.fixture(scope="module")
def server():
    """An empty publication with three accounts: see palabre.Server."""
    with palabre.Server() as server:
        yield server


@pytest.fixture(scope="module")
def demo():
    """The demonstration publication."""
    with palabre.Demo() as demo:
        yield demo
