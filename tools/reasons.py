"""The sentences a person reads: why a commit is suspected, or why it is not."""

from collections.abc import Sequence

from incidents.evidence import Signal
from tools.ranking import Weights

# Signals that tell the same story in different strength: only the first that holds is told.
_STORIES: tuple[tuple[str, ...], ...] = (
    ("wrote_failing_line", "wrote_frame_line", "wrote_frame_lines"),
    (
        "cut_beside_frame",
        "introduced_function",
        "changed_frame_signature",
        "beside_failing_line",
        "beside_frame_line",
        "changed_raise_near",
        "changed_line_words",
        "touched_failing_function",
        "only_cut_in_function",
        "touched_frame_function",
        "wrote_of_function",
        "touched_frame_functions",
    ),
    ("removed_what_is_missing", "introduced_what_is_named", "changed_signature_under_complaint"),
    (
        "changed_callee_signature",
        "touched_callee_of_failing_line",
        "touched_callee_of_line",
        "touched_callee_of_function",
        "touched_two_calls_away",
    ),
    (
        "assigned_word_of_line",
        "changed_words_of_failing_line",
        "changed_words_of_frame_lines",
        "mentioned_frame_function",
    ),
    (
        "raised_exception",
        "changed_message_literal",
        "added_message_words",
        "removed_message_words",
        "changed_variable_parts",
        "changed_message_parts",
        "rarest_message_word",
        "named_exception",
    ),
    ("subject_names_failure", "subject_names_frames"),
    ("nothing_changed",),
    ("changed_quoted_source",),
    ("created_trace_file", "touched_failing_file", "touched_trace_file", "touched_trace_files", "touched_sibling"),
    ("library_words", "same_folder"),
)
_WEAK = frozenset({"same_folder", "library_words", "touched_trace_files"})
_MOST = 3


def reasons_for(signals: Sequence[Signal], weights: Weights) -> tuple[str, ...]:
    """At most three sentences, the weightiest first; none when nothing but a weak likeness speaks for the commit."""
    by_name = {signal.name: signal for signal in signals if not signal.against}
    told: list[tuple[float, str, Signal]] = []
    for story in _STORIES:
        held = [by_name[name] for name in story if name in by_name]
        if held:
            told.append((sum(_worth(signal, weights) for signal in held), held[0].name, held[0]))
    told.sort(key=lambda row: -row[0])
    if all(name in _WEAK for _, name, _ in told):
        return ()
    return tuple(sentence(signal.detail) for _, name, signal in told[:_MOST] if name not in _WEAK)


def reason_against(signals: Sequence[Signal], weights: Weights) -> str:
    """Why a commit was dropped: a fact against it, else how little speaks for it."""
    by_name = {signal.name: signal for signal in signals}
    for name in ("reverted", "harmless_only", "cosmetic"):
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
