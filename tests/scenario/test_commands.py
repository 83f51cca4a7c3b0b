"""The commands: their forms are a contract."""

import os
import re
import shutil
import tempfile

import pytest

import palabre
import store
from palabre import PASSWORD, Process, find_form, form_fields, run


@pytest.fixture
def folder():
    path = tempfile.mkdtemp(prefix="palabre-")
    yield path
    shutil.rmtree(path)


COMMANDS = ["serve", "demo", "import", "user", "check", "migrate", "config", "version", "copy", "mail", "reindex"]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_there(command):
    done = run(command, "--help")
    assert done.returncode == 0 and f"palabre {command}" in done.stdout and done.stderr == ""


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nothing"],
        ["serve", "--nothing"],
        ["serve", "--data"],
        ["serve", "more"],
        ["serve", "--listen", "foo"],
        ["serve", "--listen", "127.0.0.1:99999"],
        ["demo", "--listen", "127.0.0.1:0x"],
        ["check", "--data", "a", "--data", "b"],
        ["demo", "more"],
        ["import"],
        ["import", "spip", "x"],
        ["import", "wordpress"],
        ["user", "add"],
        ["user", "add", "a"],
        ["user", "add", "a", "--role", "king"],
        ["check", "more"],
        ["config"],
        ["version", "more"],
    ],
)
def test_wrong_usage_is_one_clear_line_and_2(arguments):
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == "" and len(done.stderr.strip().splitlines()) == 1


def test_version():
    assert re.fullmatch(r"palabre \d+\.\d+\.\d+\n", run("version").stdout)


def test_config_dump_can_be_used(folder):
    dump = run("config", "dump").stdout
    assert "listen = 127.0.0.1:8080" in dump and dump.count("\n# ") > 20
    path = os.path.join(folder, "all.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write(dump)
    assert run("config", "check", "--config", path).returncode == 0


@pytest.mark.parametrize("line", ["nothing = 1", "loops = many", "loops = -1", "access_log = maybe", "language = de", "time_zone = Mars/X", "base_url = ftp://x", "base_url = https://a/b", "trusted_proxies = 10.0.0.0/99"])
def test_a_wrong_setting_is_named_with_its_line(folder, line):
    path = os.path.join(folder, "wrong.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"drain = 1\n{line}\n")
    done = run("config", "check", "--config", path)
    name = line.split(" ")[0]
    assert done.returncode not in (0, 2) and name in done.stderr and len(done.stderr.strip().splitlines()) == 1
    if name in ("nothing", "loops", "access_log", "language"):  # what one line alone can tell
        assert "line 2" in done.stderr and path in done.stderr


def test_the_first_of_several_mistakes_is_told(folder):
    path = os.path.join(folder, "wrong.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n\nfoo = 1\nbar = 2\n")
    stderr = run("config", "check", "--config", path).stderr
    assert "line 3" in stderr and "foo" in stderr


def test_wrong_usage_makes_nothing(folder):
    wrong = [["serve", "--listen", "foo"], ["import", "wordpress", folder + "/none.xml"], ["check"]]
    if not store.IS_POSTGRESQL:  # where the database is elsewhere, and there
        wrong.append(["migrate"])
    for arguments in wrong:
        done = run(*arguments, "--data", folder + "/new")
        assert done.returncode != 0 and not os.path.exists(folder + "/new"), arguments


def test_a_missing_file_of_settings_is_said(folder):
    done = run("serve", "--data", folder, "--config", folder + "/none.conf")
    assert done.returncode != 0 and "none.conf" in done.stderr


def test_settings_come_from_the_environment(folder):
    done = run("config", "check", env={**os.environ, "PALABRE_LOOPS": "x"})
    assert done.returncode != 0 and "PALABRE_LOOPS" in done.stderr


def test_first_start_prints_a_one_time_address(folder):
    process = Process(["serve", "--data", folder + "/new", "--listen", "127.0.0.1:0"])
    try:
        while "/set-up/" not in process.said:
            process.read_line()
        address = re.search(r"http://\S+/set-up/\S+", process.said).group(0)
        session = palabre.requests.Session()
        page = palabre.lxml.html.fromstring(session.get(address, timeout=120).content)
        form = form_fields(find_form(page, address.split("/", 3)[3]))
        fields = {**form, "account": "Chef", "name": "La cheffe", "publication": "Le Petit Écho", "time_zone": "Europe/Paris"}
        short = session.post(address, data={**fields, "password": "court", "password_again": "court"}, timeout=120)
        assert short.status_code == 422
        differ = session.post(address, data={**fields, "password": PASSWORD, "password_again": PASSWORD + "x"}, timeout=120)
        assert differ.status_code == 422
        done = session.post(address, data={**fields, "password": PASSWORD, "password_again": PASSWORD}, timeout=120)
        assert done.status_code == 200 and done.url.endswith("/moderation")
        assert session.get(address, timeout=120).status_code == 404
        assert "Le Petit Écho" in palabre.requests.get(process.url, timeout=120).text
    finally:
        process.stop()
    again = Process(["serve", "--data", folder + "/new", "--listen", "127.0.0.1:0"])
    again.stop()
    assert "/set-up/" not in again.said


@pytest.mark.sqlite
def test_two_servers_on_one_folder_are_refused(server):
    done = run("serve", "--data", server.data, "--listen", "127.0.0.1:0")
    assert done.returncode not in (0, 2) and len(done.stderr.strip().splitlines()) == 1


def test_a_taken_port_is_said(server, folder):
    port = server.url.rsplit(":", 1)[1]
    done = run("serve", "--data", folder, "--listen", f"127.0.0.1:{port}")
    assert done.returncode not in (0, 2) and port in done.stderr


def test_accounts_are_checked(folder):
    def add(name, password, role="editor"):
        return run("user", "add", name, "--role", role, "--data", folder, input=password + "\n")

    assert add("alice", "court").returncode != 0
    assert add("alice", PASSWORD).returncode == 0
    taken = add("Alice", PASSWORD)
    assert taken.returncode != 0 and len(taken.stderr.strip().splitlines()) == 1
    assert add("a b", PASSWORD).returncode != 0


def test_check_finds_damage(folder):
    with palabre.Server(data=folder) as server:
        article = server.publish_article("Abîmé", "Texte.")
        sent = server.reader().send(article, name="A", text="Un message à compter")
        server.moderator().decide(sent.number, "publish")
        assert "all is well" in server.check()
    with store.connect(folder, writes=True) as database:
        database.execute("UPDATE article SET comment_count = 7")
    done = run("check", "--data", folder)
    assert done.returncode not in (0, 2) and "comment_count" in done.stdout + done.stderr


@pytest.mark.sqlite
def test_check_without_a_database(folder):
    done = run("check", "--data", folder)
    assert done.returncode not in (0, 2) and folder in done.stderr


def test_a_newer_schema_is_refused(folder):
    assert run("user", "add", "alice", "--role", "editor", "--data", folder, input=PASSWORD + "\n").returncode == 0
    assert run("migrate", "--data", folder).returncode == 0
    store.set_schema_version(folder, 9999)
    done = run("serve", "--data", folder, "--listen", "127.0.0.1:0")
    assert done.returncode not in (0, 2) and len(done.stderr.strip().splitlines()) == 1
    assert run("migrate", "--data", folder).returncode not in (0, 2)


@pytest.mark.sqlite
def test_a_file_that_is_no_database_is_refused(folder):
    with open(folder + "/palabre.db", "w", encoding="utf-8") as file:
        file.write("this is not a database" * 1000)
    done = run("serve", "--data", folder, "--listen", "127.0.0.1:0")
    assert done.returncode not in (0, 2) and len(done.stderr.strip().splitlines()) == 1


def test_the_demonstration_is_ready_to_look_at(demo):
    while "password" not in demo.process.said:
        demo.process.read_line()
    name, password = re.search(r"moderator\s+name (\S+)\s+password (\S+)", demo.process.said).groups()
    moderator = palabre.Moderator(demo, name, password)
    queue = moderator.page("/moderation").text_content()
    assert "Le Courrier" in demo.page("/").text_content()
    assert queue.strip()
    assert demo.page("/?lang=en").cssselect("article")
