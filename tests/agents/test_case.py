"""In which order a reply's numbers name the commits of a deploy, and what is said of those that are only listed."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agents.case import numbered
from agents.fact_lines import as_deployed
from agents.prompt import render
from incidents.evidence import Commit, Evidence, Producer, RuledOut, Suspect
from incidents.trace import StackTrace
from tests.repositories import build
from tests.shop import Shop
from tools.git.repository import Repository

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


def commit(sha: str) -> Commit:
    return Commit(sha=sha * 40, subject=sha, author="Ana", committed_at=NOON)


@pytest.mark.parametrize("kind", ["little", "nothing", "unread"])
def test_a_commit_that_no_fact_excludes_comes_before_those_that_one_does_whatever_the_words(kind: str) -> None:
    suspect, old, new = (commit(sha) for sha in "abc")
    evidence = Evidence(
        trace=StackTrace(),
        base="0" * 40,
        deployed="c" * 40,
        suspects=(Suspect(commit=suspect, probability=0.5),),
        ruled_out=(
            RuledOut.model_validate({"commit": old, "reason": "some reason", "kind": kind}),
            RuledOut(commit=new, reason="could not be read by anybody: it is only documents"),
        ),
        none_probability=0.5,
    )
    assert [each.subject for each in numbered(evidence, (suspect, old, new))] == ["a", "b", "c"]


def test_the_code_files_of_a_listed_commit_are_named_and_the_others_counted(tmp_path: Path, shop: Shop) -> None:
    """A subject alone often does not say what a commit touches."""
    files = {"src/a.py": "x", "src/b.py": "x", "src/c.py": "x", "README.md": "x", "tests/test_a.py": "x"}
    built = build(tmp_path, [{"files": {"d.py": "x"}}, {"files": files}, {"files": {"README.md": "y"}}])
    case = replace(shop.case(), repository=Repository.open(built.path))
    assert case.files(built.shas[1]) == "a.py, b.py +1"
    assert case.files(built.shas[2]) == ""


def test_the_prompt_lists_the_others_with_what_they_touch(shop: Shop) -> None:
    case = shop.case(judged_commits=1)
    other = next(each for each in case.others if case.files(each.commit.sha))
    prompt = render("chain_of_thought", case=case).user
    assert f"{other.commit.subject} [{case.files(other.commit.sha)}]" in prompt


def test_who_only_works_on_an_attribute_is_told_last_and_not_beside_two_that_tell_more(shop: Shop) -> None:
    case = shop.case()

    def shown(*ways: str) -> list[str]:
        made = (
            Producer(
                path="shop/cart.py",
                line=at,
                symbol="",
                how=f"{way}; shop/prices.py:6 uses it",
                steps=1,
                commit=shop.culprit,
                kind="worked" if "works on" in way else "call",
            )
            for at, way in enumerate(ways, 1)
        )
        found = replace(case, evidence=case.evidence.model_copy(update={"producers": tuple(made)})).producers
        return [each.how.partition(";")[0] for _, each in found]

    works, sets, calls = (
        "code works on the attribute `x` here",
        "the attribute `x` is set here",
        "`f` is called for its result",
    )
    assert shown(works, sets) == [sets, works]
    assert shown(works, sets, calls) == [sets, calls]


def test_facts_and_values_number_lines_as_deployed(shop: Shop) -> None:
    """They are measured in the commit's own diff; a later commit may have moved the line, or taken it away."""
    now = {1: 4, 2: None}.get
    assert as_deployed("Added indexing, `a[0]` (shop/a.py:1), and the error means just that.", lambda _: now) == (
        "Added indexing, `a[0]` (shop/a.py:4), and the error means just that."
    )
    assert (
        as_deployed("Changed `f` (shop/a.py:2), which `g` reaches.", lambda _: now)
        == "Changed `f` (shop/a.py), which `g` reaches."
    )
    for path in ("app/(shop)/page.tsx", "app/[id].tsx", "src/My File.cs"):
        fact = f"Changed `f` ({path}:1), which `g` (it is reached) calls."
        assert as_deployed(fact, lambda _: now) == fact.replace(":1)", ":4)")
    trace = "Changed code of `f` (shop/a.py:1), which the trace passes through."
    assert as_deployed(trace, lambda _: now) == trace


def test_of_a_line_that_a_later_commit_took_away_only_the_file_is_told(tmp_path: Path, shop: Shop) -> None:
    built = build(
        tmp_path, [{"files": {"a.py": text}} for text in ("a = 1\nb = 1\n", "a = 2\nb = 2\n", "c = 0\nb = 2\n")]
    )
    made = tuple(
        Producer(path="a.py", line=line, symbol="", how="it is set here", steps=1, commit=built.shas[1])
        for line in (1, 2)
    )
    case = shop.case()
    evidence = case.evidence.model_copy(update={"producers": made, "deployed": built.shas[2]})
    told = replace(case, repository=Repository.open(built.path), evidence=evidence).producers
    assert [place for place, _ in told] == ["a.py", "a.py:2"]
