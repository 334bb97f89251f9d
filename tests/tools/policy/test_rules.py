"""Each rule passes, fails, and does not pass where the fact is not known."""

from datetime import timedelta
from typing import Any

import pytest

from incidents.decision import History
from tests.tools.policy.facts import NOON, conditions, facts
from tools.policy.decide import decide
from tools.policy.rules import RULES

FAILS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("likely_cause", {"outcome": "unsure"}, {}),
    ("likely_cause", {"outcome": "not_enough"}, {}),
    ("likely_cause", {"outcome": "none"}, {}),
    ("likely_cause", {"commit": None}, {}),
    ("own_report", {"own_report": False}, {}),
    ("new_error", {"seen_before": True}, {}),
    ("not_disputed", {"disputed": True}, {}),
    ("no_objection", {"objected": True}, {}),
    ("corroborated", {"log_errors": 4}, {}),
    ("corroborated", {"log_errors": 0}, {}),
    ("still_failing", {"over": True}, {}),
    ("known_window", {"guessed_window": True}, {}),
    ("complete_clone", {"incomplete_clone": True}, {}),
    ("all_read", {"unread": 1}, {}),
    ("probability", {"probability": 0.949}, {}),
    ("probability", {"calibrated": False}, {}),
    ("git_agrees", {"git_commit": "e" * 40}, {}),
    ("git_agrees", {"git_probability": 0.79}, {}),
    ("evidence", {"evidence": "code"}, {}),
    ("evidence", {"evidence": "failing_line"}, {"minimum_evidence": "confirmed"}),
    ("agents", {"agents_against": ("zero_shot",)}, {}),
    ("agents", {"agents_for": ("zero_shot",)}, {"agents": "agree"}),
    ("checked_steps", {"checked_steps": False}, {"checked_steps": True}),
    ("confirmed", {"confirmed": False}, {}),
    ("clean", {"clean": False}, {}),
    ("age", {"live_since": NOON - timedelta(hours=25)}, {}),
    ("few_files", {"files": tuple("abc")}, {"maximum_files": 2}),
    ("few_lines", {"lines": 301}, {}),
    ("no_dependants", {"dependants": 1}, {}),
    ("no_migration", {"migrations": 1}, {}),
    ("no_opt_out", {"opted_out": True}, {}),
    ("paths", {"files": ("src/billing/tax.py",)}, {"protected_paths": ("billing/",)}),
    ("paths", {"files": ("deep/in/secrets.yaml",)}, {"protected_paths": ("secrets.*",)}),
    ("authors", {}, {"protected_authors": ("*@EXAMPLE.org",)}),
    ("repository", {}, {"protected_repositories": ("sh*",)}),
    ("service", {}, {"protected_services": ("checkout",)}),
    ("environment", {"environment": "my-laptop"}, {}),
    ("service", {"service": " payments "}, {"protected_services": ("payments",)}),
    ("hours", {}, {"protected_hours": ({"days": ("mon",), "since": "11:00", "until": "13:00"},)}),
    ("one_at_a_time", {"history": History(under_way=True)}, {}),
    ("hourly_cap", {"history": History(last_hour=1)}, {}),
    ("daily_cap", {"history": History(last_day=3)}, {}),
    ("pacing", {"history": History(last_at=NOON - timedelta(minutes=29))}, {}),
]
UNKNOWN: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("own_report", {"own_report": None}, {}),
    ("new_error", {"seen_before": None}, {}),
    ("not_disputed", {"disputed": None}, {}),
    ("no_objection", {"objected": None}, {}),
    ("corroborated", {"log_errors": None}, {}),
    ("environment", {"environment": None}, {}),
    ("environment", {"environment": " "}, {"environments": ("*",)}),
    ("still_failing", {"over": None}, {}),
    ("known_window", {"guessed_window": None}, {}),
    ("complete_clone", {"incomplete_clone": None}, {}),
    ("all_read", {"unread": None}, {}),
    ("probability", {"calibrated": None}, {}),
    ("agents", {"agents_due": True}, {}),
    ("checked_steps", {"checked_steps": None}, {"checked_steps": True}),
    ("confirmed", {"confirmed": None}, {"confirmed": True}),
    ("clean", {"clean": None}, {}),
    ("age", {"live_since": None}, {}),
    ("age", {"live_since": NOON + timedelta(minutes=6)}, {}),
    ("few_files", {"files": None}, {}),
    ("few_lines", {"lines": None}, {}),
    ("no_dependants", {"dependants": None}, {}),
    ("no_migration", {"migrations": None}, {}),
    ("no_opt_out", {"opted_out": None}, {}),
    ("paths", {"files": None}, {}),
    ("authors", {"authors": None}, {"protected_authors": ("x",)}),
    ("one_at_a_time", {"history": None}, {}),
    ("hourly_cap", {"history": None}, {}),
    ("daily_cap", {"history": None}, {}),
    ("pacing", {"history": None}, {}),
]


def test_what_nothing_speaks_against_is_executed() -> None:
    decision = decide(facts(), conditions())
    assert [each.rule for each in decision.results if each.answer != "pass"] == []
    assert (decision.action, decision.decided_by, decision.passed) == ("execute", "all", True)


@pytest.mark.parametrize(("rule", "changed", "policy"), FAILS)
def test_a_rule_that_fails_decides(rule: str, changed: dict[str, Any], policy: dict[str, Any]) -> None:
    decision = decide(facts(**changed), conditions(**policy))
    answers = {each.rule: each.answer for each in decision.results}
    assert answers[rule] == "fail"
    assert (decision.action, decision.passed) == ("none", False)


@pytest.mark.parametrize(("rule", "changed", "policy"), UNKNOWN)
def test_what_is_not_known_never_passes(rule: str, changed: dict[str, Any], policy: dict[str, Any]) -> None:
    decision = decide(facts(**changed), conditions(**policy))
    answers = {each.rule: each.answer for each in decision.results}
    assert answers[rule] == "unknown"
    assert decision.action == "none"


def test_every_rule_is_seen_to_fail() -> None:
    assert {rule for rule, _, _ in FAILS} == {each.name for each in RULES}


@pytest.mark.parametrize(
    ("mode", "action"), [("off", "none"), ("shadow", "record"), ("propose", "propose"), ("auto", "execute")]
)
def test_the_mode_says_what_is_done_when_all_rules_pass(mode: str, action: str) -> None:
    assert decide(facts(), conditions(mode=mode)).action == action


def test_a_condition_that_is_met_passes() -> None:
    strict = conditions(agents="agree", checked_steps=True, confirmed=True, minimum_evidence="confirmed")
    met = facts(agents_for=("developer",), checked_steps=True, confirmed=True, evidence="confirmed")
    assert decide(met, strict).action == "execute"


@pytest.mark.parametrize(
    ("changed", "policy"),
    [
        ({"log_errors": None, "confirmed": True}, {}),
        ({"log_errors": None}, {"minimum_log_errors": 0}),
        ({"log_errors": 5}, {}),
        ({"environment": "Staging"}, {"environments": ("prod*", "staging")}),
    ],
)
def test_what_passes_besides(changed: dict[str, Any], policy: dict[str, Any]) -> None:
    assert decide(facts(**changed), conditions(**policy)).action == "execute"


def test_the_decision_names_the_rule_and_its_fact() -> None:
    assert decide(facts(lines=301), conditions()).because == "few_lines: 301 lines, at most 300"
    assert decide(facts(), conditions(mode="off")).because == "the policy is off here"
