"""The deploy documents: what they tell people to run is taken by what they are told to run it with."""

import re
import shutil
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chain.places import DEPLOYING, PROXY

TEXT = DEPLOYING.read_text()
SNIPPETS: list[str] = re.findall(r"^```sh\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
SERVE = """
pid {place}/pid;
error_log {place}/error.log;
events {{}}
http {{ access_log off; include {place}/shuping.conf; {temporary} }}
"""


def _snippet(word: str) -> str:
    return next(each for each in SNIPPETS if word in each)


def test_every_snippet_is_shell() -> None:
    for snippet in SNIPPETS:
        done = subprocess.run(["sh", "-n"], input=snippet, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (snippet, done.stderr)


def test_no_secret_stands_on_a_command_line() -> None:
    assert "TOKEN=" not in TEXT.replace("_FILE=", "")
    assert "SECRET=" not in TEXT


def test_the_container_gets_no_more_than_it_needs() -> None:
    run = _snippet("docker run")
    for option in ("--read-only", "--cap-drop ALL", "--security-opt no-new-privileges", "--pids-limit", "--memory"):
        assert option in run


def test_the_token_is_written_for_its_owner_alone(tmp_path: Path) -> None:
    snippet = _snippet("cat >").replace("/etc/shuping", str(tmp_path / "etc"))
    subprocess.run(["sh", "-ec", snippet], input="1:secret", text=True, check=True)
    token = tmp_path / "etc" / "telegram_token"
    assert token.read_text() == "1:secret"
    assert stat.S_IMODE(token.stat().st_mode) == 0o600
    assert stat.S_IMODE(token.parent.stat().st_mode) == 0o700


def test_a_copy_made_in_the_container_is_whole_and_its_owners_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "shuping.sqlite3") as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE kept (what TEXT)")
        database.execute("INSERT INTO kept VALUES ('all')")
    (tmp_path / "python").symlink_to(sys.executable)
    snippet = _snippet("docker exec").replace("docker exec shuping ", "").replace("/data", str(tmp_path))
    subprocess.run(["sh", "-ec", snippet], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, check=True)
    copy = tmp_path / "backup.sqlite3"
    opened = sqlite3.connect(copy)
    assert opened.execute("SELECT what FROM kept").fetchall() == [("all",)]
    opened.close()
    database.close()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_the_proxy_has_bounds() -> None:
    told = PROXY.read_text()
    for bound in (
        "client_header_timeout 10s;",
        "client_body_timeout 10s;",
        "limit_conn shuping 60;",
        "client_max_body_size 1m;",
    ):
        assert bound in told


def test_nginx_takes_the_file(tmp_path: Path) -> None:
    nginx, openssl = shutil.which("nginx", path="/usr/sbin:/usr/bin"), shutil.which("openssl")
    if nginx is None or openssl is None:
        pytest.skip("nginx is not installed here")
    pair = ["-keyout", f"{tmp_path}/bot.example.org.key", "-out", f"{tmp_path}/bot.example.org.crt"]
    make = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=bot.example.org", *pair]
    subprocess.run(make, check=True, capture_output=True)
    (tmp_path / "shuping.conf").write_text(PROXY.read_text().replace("/etc/nginx", str(tmp_path)))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in kinds)
    (tmp_path / "nginx.conf").write_text(SERVE.format(place=tmp_path, temporary=temporary))
    done = subprocess.run([nginx, "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
