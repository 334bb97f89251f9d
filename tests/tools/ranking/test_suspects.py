"""Who is a suspect, who is ruled out, and why."""

from datetime import UTC, datetime

import pytest

from incidents.evidence import Commit, Signal
from tools.ranking.ranker import Weight, Weights
from tools.ranking.suspects import Candidate, older_suspect, sort_out

WEIGHTS = Weights(signals={"touched_trace_file": Weight(weight=1.0)}, none={})
SIGNALS = (Signal(name="touched_trace_file", value=0.5, detail="changed shop/cart.py, a file of the trace"),)


def candidate(sha: str, probability: float, *, signals: tuple[Signal, ...] = SIGNALS, proof: str = "") -> Candidate:
    """A commit that changed a file of the trace, if nothing else is said."""
    commit = Commit(sha=sha, subject=f"change {sha}", author="Ana", committed_at=datetime(2026, 11, 1, tzinfo=UTC))
    return Candidate(commit, probability, signals, proof or None)


def sorted_out(*candidates: Candidate) -> tuple[str, str]:
    """The ids of the suspects and of those that were ruled out."""
    suspects, ruled_out = sort_out(candidates, WEIGHTS)
    return "".join(each.commit.sha for each in suspects), "".join(each.commit.sha for each in ruled_out)


def test_the_likeliest_is_first_and_what_it_rests_on_goes_with_it() -> None:
    (first, second), ruled_out = sort_out([candidate("a", 0.2), candidate("b", 0.5)], WEIGHTS)
    assert (first.commit.sha, first.probability, first.signals) == ("b", 0.5, SIGNALS)
    assert first.reasons == ("Changed shop/cart.py, a file of the trace.",)
    assert (second.commit.sha, second.probability) == ("a", 0.2)
    assert ruled_out == ()


def test_equals_are_ordered_by_their_ids_and_those_ruled_out_keep_their_order() -> None:
    assert sorted_out(candidate("b", 0.2), candidate("a", 0.2)) == ("ab", "")
    bare = [candidate(sha, chance, signals=()) for sha, chance in (("d", 0.1), ("c", 0.3))]
    assert sorted_out(*bare, candidate("a", 0.2)) == ("a", "dc")


def test_a_commit_without_reasons_or_with_a_proof_is_ruled_out() -> None:
    _, (bare, proven) = sort_out([candidate("a", 0.9, signals=()), candidate("b", 0.9, proof="never shipped")], WEIGHTS)
    assert bare.reason == "touches no file of the trace nor anything its lines use"
    assert proven.reason == "never shipped"


def test_five_are_suspects_however_unlikely_and_more_only_where_worth_a_look() -> None:
    unlikely = [candidate(sha, 0.001) for sha in "abcdef"]
    assert sorted_out(*unlikely) == ("abcde", "f")
    likely = [candidate(sha, 0.2) for sha in "vwxyz"]
    assert sorted_out(*likely, candidate("a", 0.02), candidate("b", 0.019)) == ("vwxyza", "b")


def test_there_are_at_most_twelve_suspects() -> None:
    assert sorted_out(*(candidate(sha, 0.06) for sha in "abcdefghijklmn")) == ("abcdefghijkl", "mn")


@pytest.mark.parametrize(("chance", "found"), [(0.15, True), (0.149, False)])
def test_the_likeliest_commit_from_before_is_told_from_a_probability_on(chance: float, found: bool) -> None:
    older = older_suspect([candidate("a", 0.01), candidate("b", chance), candidate("c", 0.02)], WEIGHTS)
    assert (older.commit.sha if older else None) == ("b" if found else None)


def test_a_commit_from_before_needs_reasons_and_carries_its_signals() -> None:
    assert older_suspect([candidate("a", 0.9, signals=())], WEIGHTS) is None
    assert older_suspect([], WEIGHTS) is None
    older = older_suspect([candidate("a", 1.0000000001)], WEIGHTS)
    assert older is not None
    assert (older.probability, older.signals, len(older.reasons)) == (1.0, SIGNALS, 1)
