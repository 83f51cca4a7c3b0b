"""Clusters use what the scenarios and faults share."""

import os
import sys

for folder in (".", "scenario", "fault"):
    sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", folder))

import palabre  # noqa: E402  pylint: disable=wrong-import-position


def pytest_sessionfinish():
    palabre.Furnished.remove()
