"""What Prometheus and Grafana are given: taken by Prometheus' own tool, and consistent with each other."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.observing.metrics import Metrics
from tests.chain.places import ALERTS, BOARD, OPERATING, WATCH
from tests.observing.test_metrics import everything
from tests.programs import program

DASHBOARD: dict[str, Any] = json.loads(BOARD.read_text())
PANELS: list[dict[str, Any]] = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
RULES: list[dict[str, Any]] = yaml.safe_load(ALERTS.read_text())["groups"][0]["rules"]
WIDTH = 24


def promtool(*arguments: str | Path) -> str:
    """What Prometheus' tool says of a file that it takes."""
    done = subprocess.run(
        [program("promtool", "prometheus"), *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("workers", ["workers.yml", "workers.compose.yml"])
def test_prometheus_takes_its_files(tmp_path: Path, workers: str) -> None:
    for name in ("prometheus.yml", "alerts.yml"):
        shutil.copyfile(WATCH / name, tmp_path / name)
    shutil.copyfile(WATCH / workers, tmp_path / "workers.yml")
    said = promtool("check", "config", tmp_path / "prometheus.yml")
    assert f"{len(RULES)} rules found" in said


def test_an_alarm_says_what_it_is_and_where_to_read_on() -> None:
    headings = re.findall(r"^###* (.*)$", OPERATING.read_text(), re.MULTILINE)
    places = {re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-")) for heading in headings}
    for rule in RULES:
        assert {"summary", "runbook"} <= set(rule["annotations"])
        document, _, place = rule["annotations"]["runbook"].partition("#")
        assert document == "docs/operate.md"
        assert place in places, rule["alert"]


def _told() -> set[str]:
    """The names of all series of our own that the program can tell."""
    metrics = Metrics()
    everything(metrics)
    kinds = re.findall(r"^# TYPE (shuping_\w+) (\w+)$", metrics.written("")[1].decode(), re.MULTILINE)
    return {f"{name}_bucket" if kind == "histogram" else name for name, kind in kinds}


def _used(text: str) -> set[str]:
    return set(re.findall(r"\bshuping_\w+", text))


def test_every_series_that_is_asked_for_is_told_and_every_one_that_is_told_is_seen() -> None:
    told = _told()
    asked = [target["expr"] for panel in PANELS for target in panel.get("targets", ())]
    assert _used(" ".join(asked)) == told
    assert _used(" ".join(rule["expr"] for rule in RULES)) <= told


def test_there_are_six_alarms() -> None:
    assert len({rule["alert"] for rule in RULES}) == 6


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_panel_can_be_read(panel: dict[str, Any]) -> None:
    assert panel["title"]
    assert panel["description"]
    place = panel["gridPos"]
    assert place["x"] + place["w"] <= WIDTH


def test_no_two_panels_lie_upon_each_other() -> None:
    taken = [
        (x, y)
        for panel in DASHBOARD["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(taken) == len(set(taken))
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))


def test_every_panel_asks_the_source_that_was_chosen() -> None:
    (source, _) = DASHBOARD["templating"]["list"]
    assert (source["name"], source["type"]) == ("source", "datasource")
    asked = [target["datasource"] for panel in PANELS for target in panel.get("targets", ())]
    assert all(each == {"type": "prometheus", "uid": "${source}"} for each in asked)


def test_prometheus_understands_every_question_of_the_dashboard(tmp_path: Path) -> None:
    """As a recording rule each; Grafana's variables stand for what it would put there."""
    asked = [target["expr"] for panel in PANELS for target in panel.get("targets", ())]
    plain = [expr.replace("$__rate_interval", "1m").replace("$worker", ".*") for expr in asked]
    rules = [{"record": f"asked:{number}", "expr": expr} for number, expr in enumerate(plain)]
    (tmp_path / "asked.yml").write_text(yaml.safe_dump({"groups": [{"name": "asked", "rules": rules}]}))
    assert f"{len(asked)} rules found" in promtool("check", "rules", tmp_path / "asked.yml")
