"""What is said of a commit that changed what the error speaks of, and from how rare a name on it counts."""

from dataclasses import replace
from typing import Any

import pytest

from tests.tools.ranking.impacts import context, facts
from tools.impact.clue_touches import ClueTouch
from tools.impact.clues import Clue, ClueKind
from tools.impact.commit_facts import CommitFacts
from tools.impact.gone_files import GoneFile
from tools.impact.outside_code import OutsideCode
from tools.impact.translated import BrokenText
from tools.ranking.doubts import doubts
from tools.source.file_kinds import HARMLESS, Kind

KEY = Clue("POOL_SIZE", ClueKind.KEY, "POOL_SIZE", "POOL_SIZE")
NAMES = "(env.yaml:3), which the error names."


def touch(*, added: int = 0, removed: int = 0, rarity: float = 1.0, schema: bool = False) -> ClueTouch:
    return ClueTouch(KEY, added, removed, "env.yaml:3", schema, removed > added, removed > added, rarity)


def changed(**fields: Any) -> CommitFacts:  # noqa: ANN401 (any field)
    return replace(facts("a"), **{"kinds": {Kind.CODE: 1}, **fields})


def said(*commits: CommitFacts) -> list[str]:
    return [each.why for each in doubts(context(*commits))]


@pytest.mark.parametrize(
    ("did", "why"),
    [
        ({"clues": (touch(added=1),)}, f"Added `POOL_SIZE` {NAMES}"),
        ({"clues": (touch(removed=1),)}, f"Removed `POOL_SIZE` {NAMES}"),
        ({"clues": (touch(added=1, schema=True),)}, f"Changed the schema of `POOL_SIZE` {NAMES}"),
        ({"sent": (touch(removed=1, schema=True),)}, f"Changed the schema of `POOL_SIZE` {NAMES}"),
        ({"spoken": "changed the port"}, "Changed the port."),
        (
            {"outside": OutsideCode(gone_file=GoneFile("a.twig", None, 1.0))},
            "Removed or renamed a.twig, for which the error looks.",
        ),
        ({"outside": OutsideCode(broken_text=BrokenText("asks for more in `cart.total`", named=True))},
         "Asks for more in `cart.total`."),
        ({"redeployed": "changed Dockerfile"}, "Changed Dockerfile."),
    ],
)  # fmt: skip
def test_what_the_commit_did_is_said(did: dict[str, Any], why: str) -> None:
    assert said(changed(**did)) == [why]


@pytest.mark.parametrize(
    ("did", "counts"),
    [
        (touch(added=1, rarity=0.4), True),
        (touch(added=1, rarity=0.39), False),
        (touch(added=1, removed=1), False),
        (touch(removed=1, rarity=0.2), True),
        (touch(removed=1, rarity=0.19), False),
        (touch(added=1, schema=True, rarity=0.2), True),
    ],
)
def test_a_name_counts_from_how_rare_it_is(did: ClueTouch, counts: bool) -> None:
    assert bool(said(changed(clues=(did,)))) == counts


def test_the_rarest_name_is_told() -> None:
    common = replace(touch(added=1, rarity=0.5), place="other.yaml:9")
    assert said(changed(clues=(common, touch(added=1), common))) == [f"Added `POOL_SIZE` {NAMES}"]


def test_a_broken_text_that_the_error_does_not_name_is_none() -> None:
    assert said(changed(outside=OutsideCode(broken_text=BrokenText("asks for more", named=False)))) == []


@pytest.mark.parametrize("kinds", [dict.fromkeys(HARMLESS, 1), {Kind.DOCS: 1}])
def test_what_does_not_run_in_production_does_nothing(kinds: dict[Kind, int]) -> None:
    assert said(changed(kinds=kinds, clues=(touch(added=1),))) == []


def test_who_changed_how_it_is_deployed_is_named_where_nobody_touched_the_words() -> None:
    deployed, named = changed(redeployed="changed Dockerfile"), changed(clues=(touch(added=1),))
    assert said(deployed, named) == [f"Added `POOL_SIZE` {NAMES}"]


def test_who_is_proven_innocent_is_not_named() -> None:
    assert doubts(context(changed(spoken="changed the port")), proven={"a"}) == ()
