"""What a person reads about a commit: only what moved its score, the largest effect first."""

from pathlib import Path

import pytest

from incidents.evidence import Signal
from incidents.seen import Visibility
from tests.repositories import Change
from tests.tools.ranking.test_gather import GUARDED, GUILTY, START_OF_SHOP, gathered
from tools.ranking.explanations import Exclusion, reason_against, reasons_for, sentence
from tools.ranking.ranker import Weight, Weights


def weights(**values: float) -> Weights:
    """A ranker of just these signals."""
    return Weights(signals={name: Weight(weight=value) for name, value in values.items()}, none={})


def found(*signals: tuple[str, float]) -> list[Signal]:
    """Measured signals whose sentences are their names."""
    return [Signal(name=name, value=value, detail=f"did {name}") for name, value in signals]


def test_the_reason_that_moved_the_score_most_is_first() -> None:
    signals = found(("switched_setting", 1.0), ("subject_names_failure", 0.5), ("nothing_arrives", 0.2))
    ranker = weights(switched_setting=0.5, subject_names_failure=3.0, nothing_arrives=1.5)
    told = ("Did subject_names_failure.", "Did switched_setting.", "Did nothing_arrives.")
    assert reasons_for(signals, ranker) == told


def test_a_signal_without_weight_or_unknown_to_the_ranker_is_no_reason() -> None:
    signals = found(("switched_setting", 1.0), ("nothing_arrives", 1.0), ("no_such_signal", 1.0))
    assert reasons_for(signals, weights(switched_setting=0.0, no_such_signal=2.0)) == ()


def test_a_weak_likeness_of_places_or_times_is_no_reason() -> None:
    signals = found(("same_folder", 1.0), ("began_after_deploy", 1.0))
    assert reasons_for(signals, weights(same_folder=2.0, began_after_deploy=2.0)) == ()


@pytest.mark.parametrize(("effect", "told"), [(0.1, 2), (0.099, 1)])
def test_an_effect_below_the_floor_is_not_reported(effect: float, told: int) -> None:
    signals = found(("switched_setting", 1.0), ("nothing_arrives", 1.0))
    assert len(reasons_for(signals, weights(switched_setting=1.0, nothing_arrives=effect))) == told


def test_an_effect_is_weight_times_value() -> None:
    signals = found(("switched_setting", 0.5), ("nothing_arrives", 1.0), ("began_after_deploy", 0.5))
    ranker = weights(switched_setting=1.8, nothing_arrives=1.0, began_after_deploy=9.0)
    assert reasons_for(signals, ranker) == ("Did nothing_arrives.", "Did switched_setting.")


def test_what_is_worth_nothing_at_its_value_is_no_reason() -> None:
    assert reasons_for(found(("switched_setting", 0.0)), weights(switched_setting=9.0)) == ()


def test_a_sentence_ends_in_one_full_stop() -> None:
    assert (sentence("did it"), sentence("did it."), sentence("")) == ("Did it.", "Did it.", ".")


def test_when_all_effects_are_below_the_floor_the_largest_is_reported_as_little() -> None:
    signals = found(("switched_setting", 1.0), ("nothing_arrives", 1.0))
    little = weights(switched_setting=0.02, nothing_arrives=0.05)
    assert reasons_for(signals, little) == ("It only did nothing_arrives.",)


def test_one_topic_gives_one_sentence_with_the_effects_of_all() -> None:
    signals = found(("rarest_message_word", 1.0), ("changed_variable_parts", 1.0), ("switched_setting", 1.0))
    ranker = weights(rarest_message_word=0.4, changed_variable_parts=0.7, switched_setting=1.0)
    assert reasons_for(signals, ranker) == ("Did changed_variable_parts.", "Did switched_setting.")


def test_who_changed_a_line_of_the_trace_is_not_said_to_have_changed_its_function_and_file_too() -> None:
    signals = found(("wrote_any_new_line", 1.0), ("touched_any_function", 1.0), ("touched_trace_file", 1.0))
    ranker = weights(wrote_any_new_line=0.5, touched_any_function=1.0, touched_trace_file=2.0)
    assert reasons_for(signals, ranker) == ("Did wrote_any_new_line.",)


def test_a_faint_specific_reason_gives_way_to_a_strong_general_one() -> None:
    signals = found(("wrote_any_new_line", 0.01), ("touched_any_function", 1.0), ("touched_trace_file", 1.0))
    ranker = weights(wrote_any_new_line=1.0, touched_any_function=1.0, touched_trace_file=2.0)
    assert reasons_for(signals, ranker) == ("Did touched_any_function.",)


def test_there_are_at_most_three_reasons() -> None:
    names = ("switched_setting", "nothing_arrives", "wrote_any_new_line", "subject_names_failure")
    assert len(reasons_for(found(*((name, 1.0) for name in names)), weights(**dict.fromkeys(names, 1.0)))) == 3


def test_a_fact_that_excludes_a_commit_is_why_it_was_dropped_the_strongest_first() -> None:
    signals = found(("switched_setting", 1.0), ("cosmetic", 1.0), ("reverted", 1.0), ("size", 1.0))
    ranker = weights(switched_setting=1.0, cosmetic=-3.0, reverted=-5.0, size=-9.0)
    assert reason_against(signals, ranker) == Exclusion("did reverted", "fact")
    assert reasons_for(signals, ranker) == ("Did switched_setting.",)


def test_else_it_was_dropped_for_how_little_evidence_there_is() -> None:
    ranker = weights(touched_trace_file=1.0, subject_names_failure=1.0)
    signals = found(("touched_trace_file", 0.2), ("subject_names_failure", 0.1))
    most = "it only did touched_trace_file"
    assert reason_against(signals, ranker) == Exclusion(f"too little evidence: {most}", "little", most)


@pytest.mark.parametrize(
    ("visibility", "nothing", "brief"),
    [
        ("code", "touches no file of the trace nor anything its lines use", "touches no file of the trace"),
        ("library", "shares no name with the trace's frames or message", ""),
        ("message", "shares no name with the message", ""),
        ("nothing", "there is nothing to compare it with", ""),
    ],
)
def test_without_any_evidence_it_was_dropped_for_what_it_was_compared_with(
    visibility: Visibility, nothing: str, brief: str
) -> None:
    assert reason_against([], weights(size=1.0), visibility) == Exclusion(nothing, "nothing", brief)
    assert reason_against([], weights(size=1.0)).brief == "touches no file of the trace"


def test_who_changed_what_the_lines_use_is_not_said_to_touch_nothing_though_that_has_no_weight() -> None:
    signals = found(("size", 1.0), ("subject_names_failure", 1.0), ("changed_what_gives_value", 1.0))
    most = "it only did changed_what_gives_value"
    assert reason_against(signals, weights()) == Exclusion(f"too little evidence: {most}", "little", most)


def test_a_removed_guard_is_told_once_with_what_was_done_and_where(tmp_path: Path) -> None:
    evidence, _ = gathered(tmp_path, [START_OF_SHOP, GUILTY])
    code = [reason for reason in evidence.suspects[0].reasons if "shop/cart.py" in reason]
    assert code == ["Removed code that had run, at shop/cart.py:7 in `total`."]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (GUARDED.replace("/ len(prices)", "/ count(prices)"), "Wrote the line that fails, shop/cart.py:9 in `total`."),
        (GUARDED.replace("        prices = ", "        pass\n        prices = "), "Removed code that had run, 3 lines"),
        (GUARDED.replace("[item.price for", "[item.cost for"), "Changed how `prices` is set before shop/cart.py:9"),
    ],
)
def test_a_reason_says_what_was_done_to_the_line_that_fails(tmp_path: Path, change: str, told: str) -> None:
    start: Change = {"files": {**START_OF_SHOP["files"], "shop/cart.py": change}}
    trace = (
        'Traceback (most recent call last):\n  File "/srv/app/shop/cart.py", line 9, in total\n'
        "    return sum(prices) / len(prices)\nZeroDivisionError: division by zero\n"
    )
    evidence, _ = gathered(tmp_path, [start, {"files": {"shop/cart.py": GUARDED}}], trace)
    assert evidence.suspects[0].reasons[0].startswith(told)


def test_one_fact_told_by_two_signals_is_one_sentence() -> None:
    before = Signal(
        name="switched_setting", value=1.0, detail="changed what `f` returns, which a.py:5 called before too"
    )
    calls = Signal(name="nothing_arrives", value=1.0, detail="changed what `f` returns, which a.py:5 calls")
    assert reasons_for([before, calls], weights(switched_setting=2.0, nothing_arrives=1.0)) == (
        "Changed what `f` returns, which a.py:5 called before too.",
    )
