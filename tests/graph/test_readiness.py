"""The revert is planned on the branch that it goes to, and the report says which, and as of when that is known."""

import re
from dataclasses import replace
from pathlib import Path

import pygit2
import pytest

from graph.reporting import draft
from graph.settle import settle
from incidents.evidence import Evidence
from incidents.report import Report
from tests.repositories import git
from tests.shop import BROKEN_PRICES, CART, Shop, commit

FETCHED = r"\(fetched \d{4}-\d\d-\d\d \d\d:\d\d UTC\)"


@pytest.fixture
def clone(shop: Shop, tmp_path: Path) -> Shop:
    """The shop, cloned: what is deployed is the head of origin/main."""
    git(tmp_path, "clone", "-q", f"file://{shop.path}", str(tmp_path / "clone"))
    return replace(shop, path=tmp_path / "clone")


def certain(shop: Shop, evidence: Evidence) -> Evidence:
    """The same, with a culprit that is sure."""
    sure = tuple(
        each.model_copy(update={"probability": 0.9 if each.commit.sha == shop.culprit else 0.02})
        for each in evidence.suspects
    )
    return evidence.model_copy(update={"suspects": sure, "none_probability": 0.05})


def reported(shop: Shop, command: str = "") -> Report:
    """The report of a sure culprit."""
    found = certain(shop, shop.evidence())
    request = shop.request(revert_command=command)
    return draft(shop.context(), shop.repository(), request, found, settle(found, lines_of=lambda path: None))


def tracked(clone: Shop, sha: str) -> None:
    """The remote's main is at this commit, as if it had been fetched."""
    git(clone.path, "update-ref", "refs/remotes/origin/main", sha)


def test_it_names_the_remotes_branch_and_when_it_was_fetched(clone: Shop) -> None:
    git(clone.path, "checkout", "-q", "-b", "old", clone.shas["import"])
    at = clone.shas["readme"][:9]
    assert re.fullmatch(rf"Reverts cleanly on origin/main at {at} {FETCHED}: 1 file\.", reported(clone).revert)


def test_what_is_reverted_there_already_is_not_offered_again(clone: Shop) -> None:
    git(clone.path, "revert", "--no-edit", clone.culprit)
    head = git(clone.path, "rev-parse", "HEAD").strip()
    tracked(clone, head)
    report = reported(clone)
    assert re.fullmatch(rf"Already reverted on origin/main at {head[:9]} {FETCHED}: nothing to undo\.", report.revert)
    assert report.command is None
    assert report.next_step.startswith(f"{clone.culprit[:9]} is undone on origin/main at {head[:9]}")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (
            "redtide revert INC-1",
            "with redtide revert INC-1 --set (with what builds on it) or --partial ",
        ),
        ("", "with redtide revert --commit {culprit} --set (with what builds on it), by hand"),
    ],
)
def test_what_conflicts_is_not_told_to_be_reverted_as_it_is(clone: Shop, command: str, said: str) -> None:
    prices = BROKEN_PRICES.replace("return", "return  1 +")
    files = {"shop/cart.py": CART, "README.md": "shop\n", "shop/prices.py": prices}
    tracked(clone, commit(pygit2.Repository(str(clone.path)), files, "prices: more", (clone.shas["readme"],)))
    report = reported(clone, command)
    culprit = clone.culprit[:9]
    assert "conflicts in shop/prices.py" in report.revert
    assert report.command is None
    assert report.next_step.startswith(f"Undo {culprit} {said.format(culprit=culprit)}")
    assert report.next_step.endswith("or roll the deploy back; then watch whether the errors stop.")


def test_who_uses_what_would_be_gone_is_counted(clone: Shop) -> None:
    lazy = "from shop.prices import late_price\n\n\ndef bill(item):\n    return late_price(item)\n"
    raw = pygit2.Repository(str(clone.path))
    prices = BROKEN_PRICES + "\n\ndef late_price(item):\n    return price_of(item)\n"
    files = {"shop/cart.py": CART, "README.md": "shop\n"}
    bad = commit(raw, {**files, "shop/prices.py": prices}, "prices: late", (clone.shas["comment"],))
    user = commit(raw, {**files, "shop/prices.py": prices, "shop/bill.py": lazy}, "bill", (bad,))
    tracked(clone, user)
    changed = replace(clone, shas={**clone.shas, "guard": bad, "readme": bad})
    line = reported(changed).revert
    assert line.endswith("2 files, but 1 later commit uses what would be gone (redtide revert --set).")


def test_a_deploy_of_a_branch_that_main_does_not_hold_is_reverted_on_what_is_deployed(clone: Shop) -> None:
    tracked(clone, clone.shas["import"])
    report = reported(clone, "redtide revert INC-1")
    at = clone.shas["readme"][:9]
    assert report.revert == f"Reverts cleanly on the deployed revision at {at}: 1 file."
    assert report.command == f"redtide revert INC-1 --head {at}"


def test_where_the_default_branch_is_not_known_the_deployed_revision_is_taken(clone: Shop) -> None:
    for branch in ("one", "two"):
        git(clone.path, "update-ref", f"refs/remotes/origin/{branch}", clone.shas["readme"])
    git(clone.path, "update-ref", "-d", "refs/remotes/origin/main")
    git(clone.path, "symbolic-ref", "-d", "refs/remotes/origin/HEAD")
    assert "on the deployed revision" in reported(clone).revert


def test_one_file_is_offered_alone_only_where_that_goes(clone: Shop) -> None:
    raw = pygit2.Repository(str(clone.path))
    files = {"shop/cart.py": CART, "README.md": "shop\n"}
    late = {**files, "shop/prices.py": BROKEN_PRICES}
    bad = commit(raw, late, "bill", (clone.shas["comment"],))
    prices = BROKEN_PRICES.replace("return", "return  1 +")
    tracked(clone, commit(raw, {**late, "shop/prices.py": prices}, "prices: more", (bad,)))
    report = reported(replace(clone, shas={**clone.shas, "guard": bad, "readme": bad}), "")
    assert "conflicts in shop/prices.py" in report.revert
    assert "or --only shop/cart.py (only that file), by hand, or roll" in report.next_step
