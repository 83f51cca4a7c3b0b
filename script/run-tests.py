#!/usr/bin/env python3
"""Runs every test of Palabre; called by script/test, which installs what is missing first.

Each step prints one line; a step that fails prints what its program printed. The last line is
'N passed, N failed', where every unit test, corpus, scenario, browser test and check counts as one.
"""
import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
SHOWN_LINES = 400
SANITIZERS = {
    "ASAN_OPTIONS": "detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1:exitcode=99",
    "LSAN_OPTIONS": "exitcode=99:suppressions=%s" % os.path.join(ROOT, "tests", "lsan.supp"),
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1:exitcode=99",
    "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1:exitcode=99:suppressions=%s"
                    % os.path.join(ROOT, "tests", "tsan.supp"),
}


class Result:
    """What a step came to: how many tests passed and failed, what to show, and what was left out and why."""

    def __init__(self, passed=0, failed=0, output="", notes=()):
        self.passed, self.failed, self.output, self.notes = passed, failed, output, list(notes)


def end(process):
    """With a word first: who has made a cluster or a folder takes it away."""
    try:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(15)
    except (ProcessLookupError, subprocess.TimeoutExpired):
        pass


def run(command, timeout, env=None):
    """(exit code or None after the time-out, output). The whole process group is ended with the command."""
    environment = dict(os.environ, **SANITIZERS, **(env or {}))
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out,
                                   stderr=subprocess.STDOUT, env=environment, start_new_session=True)
        try:
            code = process.wait(timeout)
        except subprocess.TimeoutExpired:
            code = None
            end(process)
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
        out.seek(0)
        text = out.read().decode(errors="replace")
    if code is None:
        text += "\nended after %d seconds\n" % timeout
    return code, text


def check(*command, timeout=600, env=None):
    """A command that is one test by its exit code."""

    def step():
        code, output = run(command, timeout, env)
        return Result(1, 0) if code == 0 else Result(0, 1, output)

    return step


def build(folder, compiler, *options):
    """Builds everything without a warning (-Werror); one test."""

    def step():
        command = ["script/build", folder, "-Dwerror=true", *options]
        code, output = run(command, 1500, {"CC": compiler})
        if code != 0:
            return Result(0, 1, output)
        found = re.findall(r"^.*\bwarning: .*$", output, re.M)
        return Result(0, 1, "\n".join(found)) if found else Result(1, 0)

    return step


def unit(folder, *suites, timeout_factor=1, wrapper=()):
    """The meson tests of these suites; each counts as one."""

    def step():
        if not os.path.exists(os.path.join(ROOT, folder, "build.ninja")):
            return Result(0, 1, "%s is not built" % folder)
        log = os.path.join(ROOT, folder, "meson-logs", "testlog.json")
        if os.path.exists(log):
            os.remove(log)
        command = [*wrapper, "meson", "test", "-C", folder, "--no-rebuild", "-t", str(timeout_factor)]
        command += [word for suite in suites for word in ("--suite", suite)]
        code, output = run(command, 1800)
        if not os.path.exists(log):
            return Result(0, 0) if code == 0 else Result(0, 1, output)
        passed, failed, shown = 0, 0, []
        with open(log, encoding="utf-8") as f:
            for test in map(json.loads, f):
                if test["result"] == "OK":
                    passed += 1
                elif test["result"] != "SKIP":
                    failed += 1
                    shown.append("%s: %s\n%s%s" % (test["name"], test["result"], test.get("stdout") or "",
                                                   test.get("stderr") or ""))
        if code != 0 and failed == 0:
            failed, shown = 1, [output]
        return Result(passed, failed, "\n".join(shown))

    return step


def scenarios(folder, binary, *options, timeout=1800, jobs=2, wrapper=(), env=None):
    """pytest on a folder, against a binary; each test counts as one."""

    def step():
        if not any(name.startswith("test_") for _, _, names in os.walk(os.path.join(ROOT, folder)) for name in names):
            return Result(notes=["%s has no test yet" % folder])
        report = tempfile.NamedTemporaryFile(suffix=".xml", delete=False).name
        command = [*wrapper, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--timeout=300",
                   "--tb=short", "--junitxml=" + report, folder, *options]
        if jobs > 1:
            command += ["-n", str(jobs), "--dist=loadfile"]
        variables = {"PALABRE_BIN": os.path.join(ROOT, binary), "PYTHONDONTWRITEBYTECODE": "1", **(env or {})}
        code, output = run(command, timeout, variables)
        try:
            cases = list(ElementTree.parse(report).iter("testcase"))
        except ElementTree.ParseError:
            cases = []
        finally:
            os.remove(report)
        failed = sum(1 for c in cases if c.find("failure") is not None or c.find("error") is not None)
        skipped = [c for c in cases if c.find("skipped") is not None]
        notes = sorted({"skipped: %s" % c.find("skipped").get("message") for c in skipped})
        if code not in (0, 1, 5) or (code == 1 and failed == 0):  # 5: nothing was collected
            failed += 1
        passed = max(0, len(cases) - len(skipped) - sum(1 for c in cases if c.find("failure") is not None
                                                        or c.find("error") is not None))
        return Result(passed, failed, output if failed else "", notes)

    return step


def without_the_green(tap):
    """What node's runner printed, less the tests that passed: what failed must be found at a glance."""
    return re.sub(r"^# Subtest: .*\n((?:#.*\n)*)ok \d+ .*\n(?:  .*\n)*(?:# (?!Subtest).*\n)*", "", tap, flags=re.M)


def browser(binary):
    """node's test runner on tests/browser; each test counts as one."""

    def step():
        folder = os.path.join(ROOT, "tests", "browser")
        files = sorted(os.path.join("tests", "browser", name) for name in os.listdir(folder)
                       if name.endswith((".test.js", ".test.mjs")))
        if not files:
            return Result(notes=["tests/browser has no test yet"])
        command = ["node", "--test", "--test-reporter=tap", *files]
        code, output = run(command, 1500, {"PALABRE_BIN": os.path.join(ROOT, binary)})
        count = {word: int(number) for word, number in re.findall(r"^# (pass|fail|cancelled) (\d+)$", output, re.M)}
        failed = count.get("fail", 0) + count.get("cancelled", 0)
        if code != 0 and failed == 0:
            failed = 1
        return Result(count.get("pass", 0), failed, without_the_green(output) if failed else "")

    return step


def cppcheck():
    cache = os.path.join(ROOT, "build-gcc", "cppcheck")
    os.makedirs(cache, exist_ok=True)
    return check("cppcheck", "--quiet", "--enable=warning,performance,portability", "--inline-suppr", "--std=c11",
                 "--error-exitcode=1", "--cppcheck-build-dir=" + cache, "--suppressions-list=script/cppcheck.txt",
                 "-j", str(os.cpu_count()), "-Isrc", "-DPALABRE_VERSION=\"0\"", "-D_GNU_SOURCE",
                 "-ibench/peers/node_modules", "src", "bench", "fuzz")()


def catalogues():
    """Every translation complete: no string untranslated, none fuzzy, formats alike; one test per language."""
    passed, failed, shown = 0, 0, []
    with open(os.path.join(ROOT, "po", "LINGUAS"), encoding="utf-8") as f:
        languages = f.read().split()
    for language in languages:
        code, output = run(["script/check-translation", language], 120)
        passed, failed = (passed + 1, failed) if code == 0 else (passed, failed + 1)
        shown += [output] if code != 0 else []
    return Result(passed, failed, "\n".join(shown))


def evenly_mapped():
    """The sanitizers of gcc 12 and clang 14 cannot always place their shadow memory where the kernel spreads
    mappings over 32 bits: their programs run without address randomisation, where that may be switched off."""
    command = ["setarch", "-R"]
    allowed = shutil.which("setarch") and subprocess.run([*command, "true"], capture_output=True).returncode == 0
    return command if allowed else []


FIXED = evenly_mapped()
ASAN = ["-Db_sanitize=address,undefined", "-Db_lundef=false", "-Doptimization=1"]
TSAN = ["-Db_sanitize=thread", "-Db_lundef=false"]

# One cluster for the step, in a folder of its own; gone at its end.
POSTGRESQL = (sys.executable, "tests/postgresql.py", "run")

STEPS = [
    ("includes", "includes run downhill", check("script/check-includes")),
    ("banned", "no banned function", check("script/check-banned")),
    ("sizes", "files and functions within their sizes", check("script/check-sizes")),
    ("headers", "each header compiles alone", check("script/check-headers")),
    ("format", "clang-format", check("script/format", "--check")),
    ("cppcheck", "cppcheck", cppcheck),
    ("po", "translations complete", catalogues),
    ("gcc", "gcc builds without a warning", build("build-gcc", "gcc")),
    ("clang", "clang builds without a warning", build("build-clang", "clang")),
    ("unit", "unit tests and corpora", unit("build-gcc", "unit", "fuzz")),
    ("budget", "instructions of hot paths, and growth", check("script/check-budget")),
    ("tools", "the tools' own tests", scenarios("tests/tools", "build-gcc/palabre")),
    ("scenario", "scenarios", scenarios("tests/scenario", "build-gcc/palabre")),
    ("scenario-postgresql", "scenarios on PostgreSQL",
     scenarios("tests/scenario", "build-gcc/palabre", wrapper=POSTGRESQL, env={"PALABRE_TEST_STORE": "postgresql"})),
    ("cluster", "several nodes, and what breaks under them",
     scenarios("tests/cluster", "build-gcc/palabre", jobs=1)),
    ("unit-postgresql", "unit tests on PostgreSQL",
     unit("build-gcc", "postgresql", timeout_factor=3, wrapper=POSTGRESQL)),
    ("fault", "faults", scenarios("tests/fault", "build-gcc/palabre", jobs=1)),
    ("fault-postgresql", "faults on PostgreSQL",
     scenarios("tests/fault", "build-gcc/palabre", jobs=1, env={"PALABRE_TEST_STORE": "postgresql"})),
    ("browser", "browser", browser("build-gcc/palabre")),
    ("asan-build", "clang builds with the address and undefined sanitizers", build("build-asan", "clang", *ASAN)),
    ("asan-unit", "unit tests and corpora, sanitized", unit("build-asan", "unit", "fuzz", timeout_factor=4, wrapper=FIXED)),
    ("asan-scenario", "scenarios, sanitized",
     scenarios("tests/scenario", "build-asan/palabre", wrapper=FIXED, env={"PALABRE_SANITIZED": "address"})),
    ("tsan-build", "gcc builds with the thread sanitizer", build("build-tsan", "gcc", *TSAN)),
    ("tsan-unit", "unit tests under the thread sanitizer",
     unit("build-tsan", "unit", timeout_factor=8, wrapper=FIXED)),
    ("tsan-scenario", "scenarios of threads under the thread sanitizer",
     scenarios("tests/scenario", "build-tsan/palabre", "-m", "threads", wrapper=FIXED,
               env={"PALABRE_SANITIZED": "thread"})),
    ("tsan-postgresql", "scenarios of threads on PostgreSQL under the thread sanitizer",
     scenarios("tests/scenario", "build-tsan/palabre", "-m", "threads", wrapper=[*POSTGRESQL, *FIXED],
               env={"PALABRE_SANITIZED": "thread", "PALABRE_TEST_STORE": "postgresql"})),
    ("tsan-cluster", "two nodes under the thread sanitizer",
     scenarios("tests/cluster", "build-tsan/palabre", "-m", "threads", jobs=1, wrapper=FIXED,
               env={"PALABRE_SANITIZED": "thread"})),
]


def missing_shared():
    shared = os.path.normpath(os.path.join(ROOT, "..", "shared"))
    for name, users in (("spec", "the public Mustache tests"), ("data", "the import of a real WordPress export")):
        if not os.path.isdir(os.path.join(shared, name)):
            yield "../shared/%s is not there: tests that need it (%s) say so and are left out" % (name, users)


def show(output):
    lines = output.rstrip().split("\n")
    if len(lines) > SHOWN_LINES:
        half = SHOWN_LINES // 2
        lines = lines[:half] + ["... %d lines left out ..." % (len(lines) - SHOWN_LINES)] + lines[-half:]
    for line in lines:
        print("    | " + line)


def main():
    parser = argparse.ArgumentParser(description="Run Palabre's tests.")
    parser.add_argument("steps", nargs="*", metavar="STEP", help="only these steps")
    parser.add_argument("--list", action="store_true", help="name the steps and stop")
    arguments = parser.parse_args()
    names = [name for name, _, _ in STEPS]
    unknown = [name for name in arguments.steps if name not in names]
    if unknown:
        parser.error("no step named %s; there are: %s" % (unknown[0], ", ".join(names)))
    if arguments.list:
        for name, title, _ in STEPS:
            print("%-14s %s" % (name, title))
        return 0

    for warning in missing_shared():
        print("warning: " + warning)
    passed = failed = 0
    for name, title, step in STEPS:
        if arguments.steps and name not in arguments.steps:
            continue
        start = time.monotonic()
        try:
            result = step()
        except (OSError, ValueError) as error:
            result = Result(0, 1, "the step itself failed: %s" % error)
        passed, failed = passed + result.passed, failed + result.failed
        verdict = "FAIL" if result.failed else "ok  " if result.passed else "none"
        print("%s %-13s %s: %d (%.0f s)" % (verdict, name, title, result.passed + result.failed,
                                            time.monotonic() - start), flush=True)
        for note in result.notes:
            print("    note: " + note)
        if result.failed:
            show(result.output)
        sys.stdout.flush()
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
