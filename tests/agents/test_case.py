"""In which order a reply's numbers name the commits of a deploy."""

from datetime import UTC, datetime

import pytest

from agents.case import numbered
from incidents.evidence import Commit, Evidence, RuledOut, Suspect
from incidents.trace import StackTrace

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
