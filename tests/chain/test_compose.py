"""compose.yaml, as far as it can be held to something without an engine: its schema, and all that it refers to.

The schema is that of the compose specification (https://github.com/compose-spec/compose-spec, Apache-2.0).
"""

import json
import re
import stat
import subprocess
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.chain.places import COMPOSE, OPERATING, ROOT, WATCH, shell_of

SCHEMA = Path(__file__).parent / "data" / "compose-spec.json"
FILE: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
SERVICES: dict[str, dict[str, Any]] = FILE["services"]
WORKERS = ("worker-1", "worker-2")
PINNED = re.compile(r"[\w/-]+:v?\d+(\.\d+)+[\w.-]*@sha256:[0-9a-f]{64}")
SECRETS = Path("/run/secrets")


def _mounts(service: dict[str, Any]) -> list[list[str]]:
    return [volume.split(":") for volume in service.get("volumes", ())]


def _listens(name: str, variable: str) -> str:
    """The port that a service was told to listen at everywhere, as `name:port`."""
    host, _, port = SERVICES[name]["environment"][variable].rpartition(":")
    assert host == "0.0.0.0"  # noqa: S104  # inside of a container
    return f"{name}:{port}"


def test_it_is_what_the_specification_says() -> None:
    jsonschema.Draft7Validator(json.loads(SCHEMA.read_text())).validate(FILE)


def test_the_schema_refuses_what_it_does_not_know() -> None:
    wrong = {**FILE, "services": {"worker-1": {"read-only": True}}}
    assert not jsonschema.Draft7Validator(json.loads(SCHEMA.read_text())).is_valid(wrong)


def test_all_that_is_needed_runs() -> None:
    assert set(SERVICES) == {*WORKERS, "postgres", "proxy", "prometheus", "grafana"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_can_do_no_more_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "proxy" else [])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert all({"noexec", "nosuid", "nodev"} <= set(re.split("[:,]", each)) for each in service.get("tmpfs", ()))


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_bounded_and_looked_after(name: str) -> None:
    service = SERVICES[name]
    assert {"mem_limit", "memswap_limit", "pids_limit", "cpus"} <= set(service)
    assert service["mem_limit"] == service["memswap_limit"], "nothing is swapped to a disk"
    assert {"test", "interval", "timeout", "retries"} <= set(service["healthcheck"])
    assert service["restart"] == "unless-stopped"
    assert service["logging"]["options"], "a log does not fill the disk"


@pytest.mark.parametrize("name", [name for name in SERVICES if name not in WORKERS])
def test_an_image_is_known_by_tag_and_digest(name: str) -> None:
    assert PINNED.fullmatch(SERVICES[name]["image"])


def test_the_workers_are_one_image_made_here() -> None:
    first, second = (SERVICES[name] for name in WORKERS)
    assert first == second
    assert first["build"] == "."
    version = re.search(r'^version = "(.*)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version
    assert first["image"] == f"shuping:{version[1]}"


def test_a_worker_is_healthy_when_it_is_ready() -> None:
    """And is asked where it answers."""
    for name in WORKERS:
        port = _listens(name, "SHUPING_METRICS_LISTEN").rpartition(":")[2]
        assert f"'http://127.0.0.1:{port}/readyz'" in " ".join(SERVICES[name]["healthcheck"]["test"])
        assert SERVICES[name]["depends_on"] == {"postgres": {"condition": "service_healthy"}}


def test_nothing_is_open_to_others_but_the_proxy() -> None:
    opened = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert set(opened) == {"proxy", "prometheus", "grafana"}
    assert opened["proxy"] == ["80:80", "443:443", "443:443/udp"]
    assert all(port.startswith("127.0.0.1:") for name in ("prometheus", "grafana") for port in opened[name])
    assert not any("network_mode" in service for service in SERVICES.values())


def test_who_need_not_see_each_other_do_not() -> None:
    seen = {name: set(service["networks"]) for name, service in SERVICES.items()}
    assert set.union(*seen.values()) == set(FILE["networks"])
    assert {name for name in seen if "data" in seen[name]} == {*WORKERS, "postgres"}
    assert seen["postgres"] == {"data"}
    assert FILE["networks"]["data"]["internal"] is True
    assert not seen["proxy"] & seen["prometheus"]
    assert not seen["grafana"] & seen[WORKERS[0]]
    assert seen["prometheus"] & seen[WORKERS[0]]
    assert seen["prometheus"] & seen["grafana"]
    assert not any(FILE["networks"][name].get("internal") for name in seen["proxy"])


def test_only_what_the_proxy_says_is_believed() -> None:
    ((subnet,),) = (each["ipam"]["config"] for each in FILE["networks"].values() if "ipam" in each)
    for name in WORKERS:
        assert ip_network(SERVICES[name]["environment"]["SHUPING_WEB_PROXIES"]) == ip_network(subnet["subnet"])


def test_secrets_are_files_and_stand_nowhere_else() -> None:
    used = {secret for service in SERVICES.values() for secret in service.get("secrets", ())}
    assert used == set(FILE["secrets"])
    ignored = (ROOT / ".gitignore").read_text().split()
    assert {each["file"] for each in FILE["secrets"].values()} == {f"./secrets/{name}" for name in used}
    assert {"secrets/", "shuping.env"} <= set(ignored)
    for service in SERVICES.values():
        named = [value for value in map(str, service.get("environment", {}).values()) if value.startswith(f"{SECRETS}")]
        assert sorted(named) == sorted(str(SECRETS / secret) for secret in service.get("secrets", ()))
        told = {key for key in service.get("environment", {}) if re.search("PASSWORD|TOKEN|SECRET", key)}
        assert all(key.endswith("_FILE") for key in told)


def test_every_file_that_is_mounted_is_here_and_cannot_be_changed() -> None:
    folders = [mount for service in SERVICES.values() for mount in _mounts(service)]
    files = [mount for mount in folders if mount[0].startswith(".")]
    assert files
    assert all((ROOT / source).exists() and how == "ro" for source, _, how in files)
    assert {source for source, *_ in folders if not source.startswith(".")} == set(FILE["volumes"])


def test_the_proxy_finds_the_workers_where_they_listen() -> None:
    environment = SERVICES["proxy"]["environment"]
    for variable, listens in (("SHUPING_PAGES", "SHUPING_WEB_LISTEN"), ("SHUPING_WEBHOOKS", "SHUPING_WEBHOOK_LISTEN")):
        assert environment[variable].split() == [_listens(name, listens) for name in WORKERS]
    known = set(re.findall(r"\{\$(\w+):", (WATCH / "Caddyfile").read_text()))
    assert known == set(environment), "every variable of the Caddyfile is set"


def test_the_path_of_the_webhook_is_the_one_that_the_proxy_passes_on() -> None:
    url = SERVICES[WORKERS[0]]["environment"]["SHUPING_WEBHOOK_URL"]
    assert url.endswith("/telegram")
    assert "path /telegram\n" in (WATCH / "Caddyfile").read_text()


def test_the_workers_find_the_database(tmp_path: Path) -> None:
    """By the files that the guide makes."""
    postgres, worker = SERVICES["postgres"]["environment"], SERVICES[WORKERS[0]]["environment"]
    assert not worker["SHUPING_DATABASE_URL"], "the image names a file of its own"
    assert worker["SHUPING_DATABASE_URL_FILE"] == str(SECRETS / "database_url")
    made = _made(tmp_path)
    address = f"{postgres['POSTGRES_USER']}:{made['postgres_password']}@postgres:5432/{postgres['POSTGRES_DB']}"
    assert made["database_url"] == f"postgresql://{address}"
    assert set(made) == set(FILE["secrets"])


def _made(folder: Path) -> dict[str, str]:
    """The secrets that the commands of the guide make: each read by its owner alone."""
    snippet = next(each for each in shell_of(OPERATING) if "postgres_password" in each and "secrets" in each)
    bare = re.sub(r"^chown .*\n", "", snippet, flags=re.MULTILINE)
    subprocess.run(["sh", "-ec", bare], cwd=folder, input="1:token\n", text=True, check=True)
    files = list((folder / "secrets").iterdir())
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
    return {file.name: file.read_text().rstrip() for file in files}


def test_prometheus_asks_every_worker() -> None:
    mounts = {target: source for source, target, *_ in _mounts(SERVICES["prometheus"])}
    (group,) = yaml.safe_load((ROOT / mounts["/etc/prometheus/workers.yml"]).read_text())
    assert group["targets"] == [_listens(name, "SHUPING_METRICS_LISTEN") for name in WORKERS]
    config = yaml.safe_load((ROOT / mounts["/etc/prometheus/prometheus.yml"]).read_text())
    named = [*config["rule_files"], *config["scrape_configs"][0]["file_sd_configs"][0]["files"]]
    assert {f"/etc/prometheus/{name}" for name in named} <= set(mounts)


def test_grafana_finds_prometheus_and_the_dashboard() -> None:
    provisioning = WATCH / "grafana" / "provisioning"
    (source,) = yaml.safe_load((provisioning / "datasources" / "prometheus.yml").read_text())["datasources"]
    port = SERVICES["prometheus"]["ports"][0].rpartition(":")[2]
    assert source["url"] == f"http://prometheus:{port}"
    (provider,) = yaml.safe_load((provisioning / "dashboards" / "shuping.yml").read_text())["providers"]
    boards = [target for _, target, *_ in _mounts(SERVICES["grafana"]) if target.endswith(".json")]
    assert [str(Path(board).parent) for board in boards] == [provider["options"]["path"]]
