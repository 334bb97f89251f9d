"""In which order a reply's numbers name the commits of a deploy, and what is said of those that are only listed."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agents.case import numbered
from agents.prompt import render
from incidents.evidence import Commit, Evidence, RuledOut, Suspect
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
