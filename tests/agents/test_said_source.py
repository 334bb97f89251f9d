"""Lines in which the error's own words stand are shown where there is room."""

from pathlib import Path

import pytest

from agents.case import Case, open_case
from agents.limits import Limits
from agents.prompt import render
from tests.repositories import build
from tools.git.repository import Repository
from tools.ranking.gather import gather
from tools.traces import parse

SHIPPING = "def ship(zone):\n    if zone is None:\n        raise LookupError(f'no carrier for {zone}')\n    return zone.carrier_name\n"


def case(folder: Path, error: str, **files: str) -> Case:
    old = {"shop/shipping.py": SHIPPING, "docs/shipping.md": "It says: no carrier for\n", **files}
    built = build(folder, [{"files": old}, {"files": {"b.py": "x = 1\n"}}])
    repository = Repository.open(built.path)
    found = gather(repository, built.shas[0], built.shas[1], parse(error))
    return open_case(found, repository, Limits(), raw_trace=error, service="shop", environment="production")


@pytest.mark.parametrize(
    ("error", "row"),
    [
        ("no carrier for: None", ">    3         raise LookupError(f'no carrier for {zone}')"),
        ("AttributeError: 'X' object has no attribute 'carrier_name'", ">    4     return zone.carrier_name"),
    ],
)
def test_the_line_that_prints_the_message_or_holds_its_name_is_shown_with_its_neighbours(
    tmp_path: Path, error: str, row: str
) -> None:
    told = case(tmp_path, error)
    assert "shop/shipping.py, in ship\n" in told.said_code
    assert row in told.said_code
    assert "docs/" not in told.said_code
    assert "Where the error's own words stand" in render("chain_of_thought", case=told).user


def test_words_of_runtimes_and_words_that_stand_everywhere_say_nothing(tmp_path: Path) -> None:
    assert case(tmp_path / "a", "TypeError: Cannot read property of undefined").said_code == ""
    many = {f"shop/part{n}.py": "carrier_name = 1\n" for n in range(7)}
    assert case(tmp_path / "b", "no attribute 'carrier_name'", **many).said_code == ""
