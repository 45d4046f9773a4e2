"""The deploy documents: what they tell people to run is taken by what they are told to run it with."""

import re
import shutil
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.parser import CommandLine
from bot.http.server import Connection, PageConnection
from bot.settings import FILED, Settings
from bot.web.forms import LARGEST_BODY
from locales import catalogue
from tests.chain.places import CADDY, DEPLOYING, PROXY

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


def test_every_setting_is_in_the_table_and_no_other() -> None:
    told = re.findall(r"^\| `SHUPING_(\w+)` \|", TEXT, re.MULTILINE)
    assert sorted(told) == sorted(name.upper() for name in Settings.model_fields)
    rows = dict(re.findall(r"^\| `SHUPING_(\w+)` \| (.*) \|$", TEXT, re.MULTILINE))
    assert all(f"SHUPING_{name.upper()}_FILE" in rows[name.upper()] for name in FILED)


@pytest.mark.parametrize("name", ["web_listen", "webhook_listen", "telegram_rate", "log_level"])
def test_a_default_is_told_as_it_is(name: str) -> None:
    default = str(Settings.model_fields[name].default).removesuffix(".0")
    row = next(line for line in TEXT.splitlines() if line.startswith(f"| `SHUPING_{name.upper()}` |"))
    assert row.split(" | ")[-1].strip("`| ") == default


def test_every_command_exists() -> None:
    line = CommandLine(catalogue("en"))
    told = [
        each for text in SNIPPETS for each in re.findall(r"^(?:[A-Z_]+=\S+ )*shuping ([\w -]+)$", text, re.MULTILINE)
    ]
    assert {"serve", "telegram"} <= {each.split()[0] for each in told}
    assert [line.read(each.split()).command for each in told] == [each.split()[0] for each in told]


def test_the_container_gets_no_more_than_it_needs() -> None:
    run = _snippet("docker run")
    for option in ("--read-only", "--cap-drop ALL", "--security-opt no-new-privileges", "--pids-limit", "--memory"):
        assert option in run


@pytest.mark.parametrize("name", ["telegram_token", "smtp_url"])
def test_a_secret_is_written_for_its_owner_alone(tmp_path: Path, name: str) -> None:
    snippet = _snippet(f"cat > /etc/shuping/{name}").replace("/etc/shuping", str(tmp_path / "etc"))
    subprocess.run(["sh", "-ec", snippet], input="1:secret", text=True, check=True)
    token = tmp_path / "etc" / name
    assert token.read_text() == "1:secret"
    assert stat.S_IMODE(token.stat().st_mode) == 0o600
    assert stat.S_IMODE(token.parent.stat().st_mode) == 0o700


def test_a_copy_made_in_the_container_is_whole_and_its_owners_alone(tmp_path: Path) -> None:
    """By the command of the docs, with the environment of the image."""
    programs, data = Path(sys.executable).parent, tmp_path / "data"
    image = {"PATH": f"{programs}:/usr/bin:/bin", "SHUPING_DATABASE_URL": f"sqlite:///{data}/shuping.sqlite3"}
    subprocess.run([programs / "shuping", "chat"], env=image, input=b"\n", check=True, stdout=subprocess.DEVNULL)
    snippet = _snippet("docker exec").replace("docker exec shuping ", "")
    done = subprocess.run(["sh", "-ec", snippet], env=image, check=True, capture_output=True, text=True)
    (copy,) = (data / "backups").iterdir()
    assert str(copy) in done.stdout
    opened = sqlite3.connect(copy)
    assert opened.execute("SELECT count(*) FROM sessions").fetchone() == (1,)
    opened.close()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_a_poster_is_drawn(tmp_path: Path) -> None:
    """By what is installed with shuping."""
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    subprocess.run(["sh", "-ec", _snippet("segno ")], cwd=tmp_path, env={"PATH": path}, check=True)
    assert "<svg" in (tmp_path / "poster.svg").read_text()


def test_the_proxy_has_bounds() -> None:
    page, _, bot = re.split(r"^server", PROXY.read_text(), flags=re.MULTILINE)[1:]
    for told, size, most in ((page, "64k", 256), (bot, "1m", 60)):
        assert "client_header_timeout 10s;" in told
        assert "client_body_timeout 10s;" in told
        assert f"client_max_body_size {size};" in told
        assert f"limit_conn shuping {most};" in told
    assert LARGEST_BODY < 64 * 1024


def test_no_proxy_writes_the_addresses_of_the_page_down() -> None:
    """The link to keep is one of them."""
    page, plain, _ = re.split(r"^server", PROXY.read_text(), flags=re.MULTILINE)[1:]
    assert all("access_log off;" in told for told in (page, plain))
    assert "proxy_max_temp_file_size 0;" in page
    assert not re.search(r"^\s*log\b", CADDY.read_text(), re.MULTILINE)


def test_the_proxy_says_who_asks_whatever_that_one_says() -> None:
    page = PROXY.read_text()
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in page
    assert "$proxy_add_x_forwarded_for" not in page


def test_a_connection_that_caddy_keeps_is_not_closed_by_us_just_then() -> None:
    page, bot = (int(seconds) for seconds in re.findall(r"keepalive (\d+)s", CADDY.read_text()))
    assert page < PageConnection.idle <= PageConnection.seconds
    assert bot < Connection.idle <= Connection.seconds


def test_caddy_takes_the_file(tmp_path: Path) -> None:
    caddy = shutil.which("caddy", path="/usr/sbin:/usr/bin")
    if caddy is None:
        pytest.skip("caddy is not installed here")
    command = [caddy, "validate", "--adapter", "caddyfile", "--config", str(CADDY)]
    done = subprocess.run(command, env={"HOME": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_nginx_takes_the_file(tmp_path: Path) -> None:
    nginx, openssl = shutil.which("nginx", path="/usr/sbin:/usr/bin"), shutil.which("openssl")
    if nginx is None or openssl is None:
        pytest.skip("nginx is not installed here")
    for host in ("bot.example.org", "shuping.example.org"):
        pair = ["-keyout", f"{tmp_path}/{host}.key", "-out", f"{tmp_path}/{host}.crt"]
        make = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={host}", *pair]
        subprocess.run(make, check=True, capture_output=True)
    here = re.sub("/etc/nginx|/var/log/nginx", str(tmp_path), PROXY.read_text())
    (tmp_path / "shuping.conf").write_text(here)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in kinds)
    (tmp_path / "nginx.conf").write_text(SERVE.format(place=tmp_path, temporary=temporary))
    done = subprocess.run([nginx, "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
