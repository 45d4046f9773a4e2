"""The six alarms over series that are made up: when each begins, and that none begins while all is well.

`tests/operating/test_alarms.py` provokes each in the running program; here it is about how long something may last.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.chain.places import ALERTS
from tests.chain.test_watching import RULES, promtool

WELL = {
    'up{job="shuping",instance="a"}': "1x40",
    'up{job="shuping",instance="b"}': "1x40",
    'shuping_ready{instance="a"}': "1x40",
    'shuping_ready{instance="b"}': "1x40",
    'shuping_leading{instance="a"}': "1x40",
    'shuping_leading{instance="b"}': "0x40",
    'shuping_telegram_reached{instance="a"}': "1x40",
    'shuping_telegram_reached{instance="b"}': "1x40",
    'shuping_outbox_age_seconds{instance="a",urgency="answer"}': "3x40",
    'shuping_outbox_age_seconds{instance="b",urgency="answer"}': "2x40",
    'shuping_outbox_age_seconds{instance="b",urgency="broadcast"}': "0+60x40",
    'shuping_outbox_depth{instance="a",urgency="answer"}': "2x40",
    'shuping_sends_total{instance="a",urgency="answer",outcome="delivered"}': "0+7x40",
    'shuping_clock_skew_seconds{instance="a"}': "0.01x40",
    'shuping_clock_skew_seconds{instance="b"}': "-0.3x40",
    'shuping_claims_lost_total{instance="a"}': "4x40",
    'shuping_storage_errors_total{instance="a",trouble="busy"}': "2x40",
    'shuping_storage_errors_total{instance="a",trouble="newer"}': "0+5x40",
    'shuping_update_seconds_bucket{instance="a",channel="page",le="0.1"}': "0+99x40",
    'shuping_update_seconds_bucket{instance="a",channel="page",le="1"}': "0+100x40",
    'shuping_update_seconds_bucket{instance="a",channel="page",le="5"}': "0+100x40",
    'shuping_update_seconds_bucket{instance="a",channel="page",le="+Inf"}': "0+100x40",
}
"""What two workers say each minute, for forty: one value more than the number after the x."""


@dataclass(frozen=True, slots=True)
class Case:
    """Series that are otherwise from the start (None: missing), and whether an alarm has begun by minute."""

    alarm: str
    otherwise: Mapping[str, str | None]
    begun: dict[int, bool]


CASES = [
    Case(
        "NothingIsSent", {'shuping_outbox_age_seconds{instance="b",urgency="answer"}': "0+30x40"}, {3: False, 5: True}
    ),
    Case(
        "NothingIsSent",
        {'shuping_sends_total{instance="a",urgency="answer",outcome="delivered"}': "0+7x5 35x35"},
        {6: False, 10: True},
    ),
    Case(
        "NothingIsSent",
        {
            'shuping_sends_total{instance="a",urgency="answer",outcome="delivered"}': "0+7x5 35x35",
            'shuping_outbox_depth{instance="a",urgency="answer"}': "0x40",
        },
        {6: False, 10: False},
    ),
    Case("TelegramOutOfReach", {'shuping_telegram_reached{instance="a"}': "0x40"}, {1: False, 3: True}),
    Case("TelegramOutOfReach", {'shuping_telegram_reached{instance="a"}': "1 0 1 1 0 1x35"}, {2: False, 6: False}),
    Case("StorageFails", {'shuping_storage_errors_total{instance="a",trouble="busy"}': "0+1x40"}, {1: False, 5: True}),
    Case(
        "StorageFails",
        {'shuping_storage_errors_total{instance="a",trouble="busy"}': "0 0 3x37"},
        {4: True, 12: False},
    ),
    Case(
        "AnswersAreSlow",
        {'shuping_update_seconds_bucket{instance="a",channel="page",le="1"}': "0+98x40"}
        | {'shuping_update_seconds_bucket{instance="a",channel="page",le="0.1"}': "0+98x40"},
        {3: False, 8: True},
    ),
    Case("ClaimsAreLost", {'shuping_clock_skew_seconds{instance="b"}': "-3x40"}, {0: False, 2: True}),
    Case("ClaimsAreLost", {'shuping_claims_lost_total{instance="a"}': "0 0 0 1x36"}, {2: False, 6: True, 20: False}),
    Case("WorkersAreMissing", {'up{job="shuping",instance="b"}': "1 1 1 0x36"}, {3: False, 5: True}),
    Case("WorkersAreMissing", {'shuping_ready{instance="b"}': "0x40"}, {0: False, 2: True}),
    Case("WorkersAreMissing", {'shuping_leading{instance="a"}': "0x40"}, {0: False, 2: True}),
    Case("WorkersAreMissing", dict.fromkeys(WELL), {0: False, 2: True}),
    Case("WorkersAreMissing", {'shuping_leading{instance="a"}': "0 1x38"}, {1: False, 5: False}),
]


def _group(series: Mapping[str, str | None], expected: list[dict[str, Any]]) -> dict[str, Any]:
    told = [{"series": name, "values": values} for name, values in series.items() if values is not None]
    return {"interval": "1m", "input_series": told, "promql_expr_test": expected}


def _held(folder: Path, group: dict[str, Any]) -> None:
    file = folder / "test.yml"
    file.write_text(yaml.safe_dump({"rule_files": [str(ALERTS)], "evaluation_interval": "1m", "tests": [group]}))
    promtool("test", "rules", file)


def _firing(alarm: str, minute: int, count: int) -> dict[str, Any]:
    """That so many alarms of this name are firing by then."""
    expr = f'count(ALERTS{{alertname="{alarm}", alertstate="firing"}}) or vector(0)'
    return {"expr": expr, "eval_time": f"{minute}m", "exp_samples": [{"labels": "{}", "value": count}]}


def test_all_is_well(tmp_path: Path) -> None:
    nothing = [_firing(rule["alert"], minute, 0) for rule in RULES for minute in (0, 5, 12, 40)]
    _held(tmp_path, _group(dict(WELL), nothing))


def test_every_alarm_is_tried() -> None:
    assert {case.alarm for case in CASES} == {rule["alert"] for rule in RULES}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.alarm)
def test_an_alarm_begins_when_it_has_lasted(tmp_path: Path, case: Case) -> None:
    begun = [_firing(case.alarm, minute, int(firing)) for minute, firing in case.begun.items()]
    _held(tmp_path, _group({**WELL, **case.otherwise}, begun))


def test_an_alarm_that_is_wrongly_expected_is_told(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        _held(tmp_path, _group(dict(WELL), [_firing("NothingIsSent", 5, 1)]))
