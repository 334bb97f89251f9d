"""The policy as data: overrides, hours with their zone, and what a file may not hold."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from incidents.errors import InputError
from incidents.policy import Hours, Policy
from service.settings import Settings
from service.settings.policy_file import PolicySource, load_policy

WRITTEN = """
mode = "shadow"
minimum_probability = 0.9
protected_paths = ["billing/", "*.lock"]

[[protected_hours]]
days = ["fri"]
since = "18:00"
until = "06:00"
zone = "Europe/Berlin"

[[overrides]]
repositories = ["shop*"]
values = { mode = "propose" }

[[overrides]]
repositories = ["shop"]
services = ["checkout"]
values = { mode = "auto", maximum_files = 2 }
"""


def test_a_later_override_wins_and_the_rest_stays(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(WRITTEN)
    policy = load_policy(file)
    assert policy.conditions("billing", "tax").mode == "shadow"
    assert policy.conditions("Shop-web", "web").mode == "propose"
    checkout = policy.conditions("shop", "checkout")
    assert (checkout.mode, checkout.maximum_files, checkout.minimum_probability) == ("auto", 2, 0.9)


def test_json_says_the_same(tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_text('{"mode": "auto", "approvals": 2}')
    assert load_policy(file).approvals == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('mode = "on"', "mode"),
        ("minimum_probability = 0.2", "minimum_probability"),
        ("minimum_probabilty = 0.9", "minimum_probabilty"),
        ("[[overrides]]\nvalues = { maximum_file = 3 }", "number 1"),
        ('[[protected_hours]]\nzone = "Mars/Olympus"', "Mars/Olympus"),
        ("mode = ", "Invalid value"),
    ],
)
def test_a_wrong_file_is_refused_with_its_field(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(text)
    with pytest.raises(InputError, match=told):
        PolicySource.of(Settings(policy=file).policy).usable()


def test_without_a_file_nothing_is_decided() -> None:
    assert Settings().policy is None
    assert Policy().mode == "off"


@pytest.mark.parametrize(
    ("at", "held"),
    [
        (datetime(2026, 11, 27, 16, 59, tzinfo=UTC), False),  # Friday 17:59 in Berlin
        (datetime(2026, 11, 27, 17, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 28, 4, 59, tzinfo=UTC), True),  # still that Friday's night
        (datetime(2026, 11, 28, 5, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 28, 17, 30, tzinfo=UTC), False),
    ],
)
def test_hours_last_over_midnight_in_their_own_zone(at: datetime, held: bool) -> None:
    hours = Hours.model_validate({"days": ["fri"], "since": "18:00", "until": "06:00", "zone": "Europe/Berlin"})
    assert hours.hold(at) is held


def test_a_day_ends_at_midnight() -> None:
    weekend = Hours.model_validate({"days": ["sat", "sun"]})
    assert weekend.hold(datetime(2026, 11, 28, 23, 59, tzinfo=UTC))
    assert not weekend.hold(datetime(2026, 11, 30, 0, 0, tzinfo=UTC))
