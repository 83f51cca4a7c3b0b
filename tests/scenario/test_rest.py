"""What the server holds before anybody has come."""

import os
import re
import time

import pytest

import palabre

AT_REST_KB = 15 * 1024
PATIENCE_S = 60  # what starting needed is given back when all has started


def resident_kb(server):
    with open(f"/proc/{server.process.process.pid}/status", encoding="ascii") as status:
        return int(re.search(r"VmRSS:\s+(\d+) kB", status.read()).group(1))


@pytest.mark.sqlite
def test_memory_at_rest():
    if os.environ.get("PALABRE_SANITIZED"):  # a sanitizer's shadow is many times that
        return
    with palabre.Server() as server:
        deadline = time.monotonic() + PATIENCE_S
        while resident_kb(server) > AT_REST_KB and time.monotonic() < deadline:
            time.sleep(0.1)
        assert resident_kb(server) <= AT_REST_KB
