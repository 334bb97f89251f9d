"""The reason of every commit that is no suspect: a proof, a fact about it, how little there is, or nothing at all."""

import pytest

from incidents.evidence import RuledOut, Signal
from incidents.seen import Visibility
from tests.tools.ranking.impacts import commit
from tools.ranking.explanations import Exclusion, exclusion, reason_against, reasons_for
from tools.ranking.ranker import Weight, Weights
from tools.ranking.suspects import Candidate, excluded, sort_out

WEIGHTS = Weights(
    signals={
        "touched_trace_file": Weight(weight=1.0),
        "switched_setting": Weight(weight=1.0),
        "cosmetic": Weight(weight=-3.0),
    },
    none={},
)


def measured(name: str, value: float) -> Signal:
    return Signal(name=name, value=value, detail=f"did {name}")


FAINT, COSMETIC = measured("touched_trace_file", 0.05), measured("cosmetic", 1.0)


@pytest.mark.parametrize(
    ("visibility", "said", "brief"),
    [
        ("code", "touches no file of the trace nor anything its lines use", "touches no file of the trace"),
        ("unconfirmed", "touches no file of the trace nor anything its lines use", "touches no file of the trace"),
        ("library", "shares no name with the trace's frames or message", ""),
        ("message", "shares no name with the message", ""),
        ("nothing", "there is nothing to compare it with", ""),
    ],
)
def test_where_nothing_speaks_for_a_commit_the_reason_says_what_it_was_compared_with(
    visibility: Visibility, said: str, brief: str
) -> None:
    assert reason_against([], WEIGHTS, visibility) == Exclusion(said, "nothing", brief)
    _, (dropped,) = sort_out([Candidate(commit("a"), 0.1, ())], WEIGHTS, visibility)
    assert dropped == RuledOut(commit=commit("a"), reason=said, kind="nothing", brief=brief)


def test_each_kind_of_reason_keeps_its_kind_and_its_short_form() -> None:
    many = [Candidate(commit(sha), 0.01, (FAINT,)) for sha in "abcdef"]
    _, (little,) = sort_out(many, WEIGHTS)
    most = "it only did touched_trace_file"
    assert (little.reason, little.kind, little.brief) == (f"too little evidence: {most}", "little", most)
    _, dropped = sort_out(
        [Candidate(commit("a"), 0.9, (COSMETIC,)), Candidate(commit("b"), 0.9, (COSMETIC,), "never shipped")], WEIGHTS
    )
    assert [(each.reason, each.kind, each.brief) for each in dropped] == [
        ("did cosmetic", "fact", ""),
        ("never shipped", "fact", ""),
    ]


def test_only_a_fact_or_a_proof_excludes_whatever_the_trace() -> None:
    candidates = [
        Candidate(commit("a"), 0.1, (COSMETIC,), "never shipped"),
        Candidate(commit("b"), 0.1, (FAINT,)),
        Candidate(commit("c"), 0.1, (FAINT, COSMETIC)),
        Candidate(commit("d"), 0.1, ()),
    ]
    assert excluded(candidates, WEIGHTS) == ("never shipped", "did cosmetic")
    assert exclusion((FAINT,), WEIGHTS) is None


def test_the_strongest_of_two_sentences_of_one_topic_is_told_with_the_effects_of_both() -> None:
    names = ("rarest_message_word", "changed_variable_parts")
    weights = Weights(
        signals={**dict.fromkeys(names, Weight(weight=0.12)), "switched_setting": Weight(weight=0.2)}, none={}
    )
    signals = [measured(names[0], 1.0), measured(names[1], 0.9), measured("switched_setting", 1.0)]
    assert reasons_for(signals, weights) == ("Did rarest_message_word.", "Did switched_setting.")


def test_a_signal_that_speaks_against_a_commit_is_no_reason_for_it() -> None:
    weights = Weights(signals={"switched_setting": Weight(weight=-2.0)}, none={})
    assert reasons_for([measured("switched_setting", 1.0)], weights) == ("It only did switched_setting.",)
    assert reasons_for(
        [measured("switched_setting", 1.0), FAINT],
        Weights(signals={**weights.signals, "touched_trace_file": Weight(weight=1.0)}, none={}),
    ) == ("It only did touched_trace_file.",)


def test_a_specific_reason_of_just_the_floor_stands_for_the_general_ones_too() -> None:
    weights = Weights(
        signals={"wrote_any_new_line": Weight(weight=1.0), "touched_any_function": Weight(weight=1.0)}, none={}
    )
    signals = [measured("wrote_any_new_line", 0.1), measured("touched_any_function", 1.0)]
    assert reasons_for(signals, weights) == ("Did wrote_any_new_line.",)
