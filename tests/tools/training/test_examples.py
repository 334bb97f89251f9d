"""What an incident teaches: its own window, and others cut from the same history."""

from pathlib import Path

import pytest

from incidents.errors import UnknownRevision
from tests.repositories import Built, Change, build
from tools.git.repository import Repository
from tools.training.examples import LabelledIncident, study, with_full_ids

CART = "def total(prices):\n    return sum(prices) / len(prices)\n"
BROKEN = CART.replace("len(prices)", "prices.size")
TRACE = """Traceback (most recent call last):
  File "/srv/shop/cart.py", line 2, in total
    return sum(prices) / prices.size
AttributeError: 'list' object has no attribute 'size'
"""
QUIET: list[Change] = [{"files": {"shop/mail.py": f"x = {number}\n"}} for number in range(1, 6)]
CHANGES: list[Change] = [
    {"files": {"shop/cart.py": BROKEN, "shop/mail.py": "x = 0\n"}},
    {"files": {"shop/cart.py": CART}, "message": "Count"},
    {"files": {"shop/cart.py": BROKEN}, "message": 'Revert "Count"'},
    *QUIET,
]


def _case(built: Built, base: int, culprit: int | None, weight: float = 1.0) -> LabelledIncident:
    name = built.shas[culprit] if culprit is not None else None
    window = {"base": built.shas[base], "deployed": built.shas[-1]}
    case = {"id": "one", "repo": "acme/shop", **window, "culprit": name, "trace": TRACE, "weight": weight}
    return LabelledIncident.model_validate(case)


def test_a_window_knows_of_no_revert_that_crosses_its_base(tmp_path: Path) -> None:
    built = build(tmp_path, CHANGES)
    repository = Repository.open(built.path)
    inside = study(repository, _case(built, 0, 2))[0].lessons[0].commits
    assert ("reverted" in inside[0], "reverts" in inside[1]) == (True, True)
    outside = study(repository, _case(built, 1, 2))[0]
    assert outside.shas[0] == built.shas[2]
    assert "reverts" not in outside.lessons[0].commits[0]


def test_every_window_of_an_incident_counts_as_much_as_the_incident(tmp_path: Path) -> None:
    built = build(tmp_path, CHANGES)
    repository = Repository.open(built.path)
    whole, half = (study(repository, _case(built, 1, 2, weight))[0].lessons for weight in (1.0, 0.5))
    assert len(whole) == len(half) > 2
    assert [lesson.weight for lesson in half] == [lesson.weight / 2 for lesson in whole]
    assert [lesson.weight for lesson in whole if lesson.given] == [1.0]


def test_an_abbreviated_culprit_teaches_as_the_full_one_does(tmp_path: Path) -> None:
    built = build(tmp_path, CHANGES)
    repository = Repository.open(built.path)
    case = _case(built, 1, 2)
    short = case.model_copy(update={"culprit": built.shas[2][:8]})
    assert study(repository, short)[0].lessons == study(repository, case)[0].lessons
    with pytest.raises(UnknownRevision, match="culprit: "):
        study(repository, case.model_copy(update={"culprit": "0" * 40}))


@pytest.mark.parametrize("name", ["origin", "true_origin", "real_culprit"])
def test_the_commit_from_before_the_window_is_read_under_any_of_its_names(tmp_path: Path, name: str) -> None:
    built = build(tmp_path, CHANGES)
    repository = Repository.open(built.path)
    given = _case(built, 2, None).model_dump() | {name: built.shas[2][:8], "kind": "ignored"}
    case = LabelledIncident.model_validate(given)
    assert with_full_ids(repository, case).origin == built.shas[2]
    gone = LabelledIncident.model_validate({**given, name: "0" * 40})
    assert with_full_ids(repository, gone).origin is None
    assert LabelledIncident.model_validate({**given, name: 5}).origin is None
