"""What script/test shows of a browser step that failed: the tests that failed, and only those."""
import importlib.util
import os
import subprocess

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")

TESTS = """
import assert from 'node:assert/strict';
import { test } from 'node:test';
test('a green one', () => {});
test('a green one that says something', (context) => { context.diagnostic('12 bytes'); });
test('a red one', (context) => { context.diagnostic('34 bytes'); assert.equal(1, 2); });
test('the last green one', () => {});
"""


def run_tests():
    spec = importlib.util.spec_from_file_location("run_tests", os.path.join(ROOT, "script", "run-tests.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_only_what_failed_is_shown(tmp_path):
    path = tmp_path / "some.test.mjs"
    path.write_text(TESTS)
    printed = subprocess.run(["node", "--test", "--test-reporter=tap", str(path)], capture_output=True, text=True).stdout
    shown = run_tests().without_the_green(printed)
    assert "green" in printed and "12 bytes" in printed
    assert "green" not in shown and "12 bytes" not in shown
    for kept in ("not ok 3 - a red one", "# Subtest: a red one", "1 !== 2", "34 bytes", "# pass 3", "# fail 1"):
        assert kept in shown
