"""Servers that refuse, as they really do: with passwords, and one that follows another. One clear line each, an exit code,
and nobody who asks again and again. (Their log counts who has come.)"""

import re
import subprocess

import pytest

import cluster
import palabre
import postgresql


@pytest.fixture(scope="module", name="servers")
def primary_and_standby():
    """With a publication upon them."""
    settings = {"log_connections": "on"}
    with postgresql.Cluster(fsync=True, settings=settings, addresses=("127.0.0.1",), password=cluster.PASSWORD) as primary:
        primary.create_database("palabre")
        with postgresql.Cluster(fsync=True, settings=settings, addresses=("127.0.0.1",), standby_of=primary) as standby:
            yield primary, standby


@pytest.fixture(scope="module", name="publication")
def made(servers, tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    done = command(folder, servers[0].url("palabre"), "migrate")
    assert done.returncode == 0, done.stderr
    end = servers[0].psql("postgres", "SELECT pg_current_wal_lsn()").strip()
    cluster.wait_for("the standby to have it", lambda: servers[1].psql(
        "postgres", f"SELECT pg_last_wal_replay_lsn() >= '{end}'").strip() == "t")
    return folder


def command(folder, url, *words):
    return subprocess.run([palabre.BINARY, *words, "--data", str(folder)], capture_output=True, text=True, timeout=240,
                          check=False, env={**palabre.environment(), "PALABRE_STORE": url})


def refused(server, folder, url):
    """(exit code, line, connections it took) of a server of ours that does not start."""
    before = server.said(None).count("connection received")
    done = command(folder, url, "serve", "--listen", "127.0.0.1:0")
    lines = [line for line in done.stderr.strip().splitlines() if not line.startswith("ts=")]
    assert len(lines) == 1, done.stderr
    return done.returncode, lines[0], server.said(None).count("connection received") - before


def test_a_standby_is_no_place_to_write(servers, publication):
    _, standby = servers
    assert standby.psql("palabre", "SELECT pg_is_in_recovery()").strip() == "t"
    code, line, connections = refused(standby, publication, standby.url("palabre"))
    assert code == 69 and "takes no writes" in line and "standby" in line and cluster.PASSWORD not in line
    assert connections <= 3
    done = command(publication, standby.url("palabre"), "check")
    assert done.returncode == 0, done.stdout + done.stderr  # reading is all that a check does


def test_of_two_the_one_that_takes_writes_is_found(servers, publication):
    primary, standby = servers
    both = f"postgresql://palabre:{cluster.PASSWORD}@127.0.0.1:{standby.port},127.0.0.1:{primary.port}/palabre"
    with cluster.Node(both + "?target_session_attrs=read-write") as node:
        assert node.get("/").status_code == 200


def test_a_wrong_password(servers, publication):
    primary, _ = servers
    code, line, connections = refused(primary, publication, primary.url("palabre", password="devine"))
    assert code == 77 and "refuses the user or the password" in line and "devine" not in line
    assert connections <= 3
    code, line, _ = refused(primary, publication, re.sub(":[^:@]+@", "@", primary.url("palabre")))
    assert code == 77


def test_a_missing_database(servers, publication):
    primary, _ = servers
    code, line, connections = refused(primary, publication, primary.url("nothing_here"))
    assert code == 66 and "nothing_here" in line and "does not exist" in line and cluster.PASSWORD not in line
    assert connections <= 3
