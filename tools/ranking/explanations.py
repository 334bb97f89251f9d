"""The sentences a person reads: why a commit is suspected, or why it is not."""

from collections.abc import Sequence

from incidents.evidence import Signal
from tools.ranking.ranker import Weights

# Signals that tell the same story in different strength: only the first that holds is told. The stories themselves
# stand from what explains the error outright to what is mere likeness, and are told in that order.
_STORIES: tuple[tuple[str, ...], ...] = (
    (
        "removed_missing_definition",
        "removed_missing_key",
        "nothing_from_callee",
        "changed_signature_under_complaint",
    ),
    ("wrote_failing_line", "wrote_frame_line"),
    ("cut_beside_frame", "set_what_line_uses", "ran_before_failure", "introduced_function", "changed_frame_signature"),
    ("touched_callee_of_failing_line", "changed_callee_signature", "touched_callee_of_line", "touched_callee_that_ran"),
    ("switched_setting",),
    ("removed_what_is_missing", "introduced_what_is_named", "changed_message_literal", "raised_exception"),
    (
        "ran_before_frame",
        "touched_failing_function",
        "beside_frame_line",
        "changed_raise_near",
        "touched_frame_function",
    ),
    ("changed_quoted_source",),
    ("nothing_changed",),
    ("assigned_word_of_line", "changed_words_of_failing_line", "changed_words_of_frame_lines"),
    ("touched_callee_of_function", "touched_two_calls_away", "touched_sibling", "touched_what_message_names"),
    ("added_message_words", "removed_message_words", "changed_message_parts", "rarest_message_word"),
    ("created_trace_file", "touched_failing_file", "touched_trace_file", "touched_imported_file"),
    ("subject_names_failure", "subject_names_symbol", "subject_names_frames", "mentioned_frame_function"),
    ("library_words", "same_folder"),
)
_WEAK = frozenset({"same_folder", "library_words", "began_after_deploy"})
_LEAST = 0.2
_MOST = 3


def reasons_for(signals: Sequence[Signal]) -> tuple[str, ...]:
    """At most three sentences, the most telling first; none when nothing but a weak likeness speaks for the commit.

    What holds only faintly (below 0.2) is told when there is nothing better.
    """
    by_name = {signal.name: signal for signal in signals if not signal.against and signal.name not in _WEAK}
    told = [held for story in _STORIES if (held := next((by_name[name] for name in story if name in by_name), None))]
    strong = [signal for signal in told if signal.value >= _LEAST]
    return tuple(sentence(signal.detail) for signal in (strong or told)[:_MOST])


def reason_against(signals: Sequence[Signal], weights: Weights) -> str:
    """Why a commit was dropped: a fact against it, else how little speaks for it."""
    by_name = {signal.name: signal for signal in signals}
    for name in ("reverted", "reverts", "harmless_only", "cosmetic", "ignored_in_blame"):
        if name in by_name:
            return by_name[name].detail
    held = [signal for signal in signals if not signal.against and signal.name not in _WEAK]
    if not held:
        if "no_code" in by_name:
            return "changes no code, and nothing the trace or its message names"
        return "touches no file of the trace nor anything its lines use"
    best = max(held, key=lambda signal: _worth(signal, weights))
    return f"too little speaks for it: at most, it {best.detail}"


def sentence(text: str) -> str:
    """`text` with a capital and a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def _worth(signal: Signal, weights: Weights) -> float:
    weight = weights.signals.get(signal.name)
    return signal.value * max(weight.weight if weight else 0.0, 0.02)
