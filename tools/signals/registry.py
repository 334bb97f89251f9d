"""The measured signals of every commit of a window, in a fixed order: what the ranker learns from."""

import math
from collections.abc import Callable, Sequence

from incidents.evidence import Signal
from tools.impact.commit_facts import Change
from tools.impact.context import SignalContext
from tools.impact.error_kind import Complaint
from tools.signals import against, callees, execution, files, functions, likeness, lines, mechanism, timing, wording

Measure = Callable[[SignalContext, Change], Signal | None]

SIGNALS: tuple[Measure, ...] = (
    lines.wrote_failing_line,
    lines.wrote_frame_line,
    lines.wrote_frame_lines,
    lines.beside_failing_line,
    lines.beside_frame_line,
    lines.cut_beside_frame,
    lines.changed_quoted_source,
    lines.wrote_new_frame_line,
    lines.wrote_any_new_line,
    lines.near_in_file,
    execution.ran_before_failure,
    execution.ran_before_frame,
    execution.ran_in_any_frame,
    execution.set_what_line_uses,
    execution.never_reached,
    execution.opened_path,
    execution.kept_path,
    execution.only_wrapped,
    functions.touched_failing_function,
    functions.touched_frame_function,
    functions.touched_frame_functions,
    functions.wrote_of_function,
    functions.introduced_function,
    functions.changed_frame_signature,
    functions.only_cut_in_function,
    functions.changed_line_words,
    functions.touched_any_function,
    functions.rarely_touched_function,
    functions.set_variable_of_line,
    functions.changed_condition,
    functions.changed_call_of_trace,
    functions.focus,
    functions.touched_entry_function,
    files.touched_failing_file,
    files.touched_trace_file,
    files.touched_trace_files,
    files.created_trace_file,
    files.same_folder,
    files.rarely_touched_file,
    files.touched_small_file,
    files.touched_imported_file,
    callees.touched_callee_of_line,
    callees.touched_callee_of_failing_line,
    callees.touched_callee_of_function,
    callees.touched_callee_that_ran,
    callees.touched_two_calls_away,
    callees.changed_callee_signature,
    callees.touched_sibling,
    callees.changed_callee_return,
    callees.shared_state,
    callees.shared_state_of_callee,
    callees.touched_what_message_names,
    wording.added_message_words,
    wording.removed_message_words,
    wording.changed_message_parts,
    wording.changed_variable_parts,
    wording.rarest_message_word,
    wording.changed_message_literal,
    wording.changed_words_of_failing_line,
    wording.changed_words_of_frame_lines,
    wording.mentioned_frame_function,
    wording.assigned_word_of_line,
    wording.raised_exception,
    wording.named_exception,
    wording.subject_names_failure,
    wording.subject_names_frames,
    wording.library_words,
    wording.subject_names_symbol,
    wording.subject_names_entry,
    likeness.likeness,
    likeness.likeness_in_messages,
    mechanism.removed_what_is_missing,
    mechanism.removed_missing_definition,
    mechanism.removed_missing_key,
    mechanism.nothing_from_callee,
    mechanism.switched_setting,
    mechanism.introduced_what_is_named,
    mechanism.changed_signature_under_complaint,
    mechanism.nothing_changed,
    mechanism.changed_raise_near,
    timing.began_after_deploy,
    timing.ran_for_long,
    against.harmless_only,
    against.cosmetic,
    against.reverted,
    against.reverts,
    against.ignored_in_blame,
    against.live_before,
    against.bot,
    against.size,
    against.breadth,
    against.no_code,
    against.adds_only,
    against.says_harmless,
)


def measure(outlook: SignalContext, change: Change) -> tuple[Signal, ...]:
    """Every signal of one commit that is not zero."""
    return tuple(signal for function in SIGNALS if (signal := function(outlook, change)) is not None)


def names() -> tuple[str, ...]:
    """The signals' names, in the order of the vectors."""
    return tuple(function.__name__ for function in SIGNALS)


def vector(signals: Sequence[Signal]) -> dict[str, float]:
    """The signals by name, as the ranker takes them."""
    return {signal.name: signal.value for signal in signals}


def window_features(outlook: SignalContext) -> dict[str, float]:
    """What the score of "none of these" depends on: facts of the window and the trace, never of one commit."""
    return {
        "always": 1.0,
        "frames": math.log1p(len(outlook.scene.places)),
        "no_frames": float(not outlook.scene.places),
        "blind": float(not outlook.earlier),
        "outside": float(outlook.complaint is Complaint.OUTSIDE),
    }


NONE = {
    "always": "constant: how likely it is beforehand that no commit of the window did it",
    "frames": "ln(1 + distinct in-app frames of the trace)",
    "no_frames": "1 when no frame of the trace lies in the repository",
    "blind": "1 when no commit from before the window is known that touched the trace's files",
    "outside": "1 when the error comes from the surroundings: a refused connection, a full disk, an expired certificate",
}
"""The window features behind the score of "none of these", and what they are."""

FREE = frozenset({"always", "frames", "blind"})
"""Weights that balance guilt and innocence: nothing is expected of them, so the penalty hardly holds them."""

_EITHER_WAY = frozenset({"size", "breadth"})
_AGAINST = frozenset(function.__name__ for function in SIGNALS if function.__module__.endswith("against")) | {
    "never_reached",
    "kept_path",
    "only_wrapped",
    "ran_for_long",
}
SIGNS = {name: 0 if name in _EITHER_WAY else -1 if name in _AGAINST else 1 for name in names()}
"""Which way a signal may speak: 1 for guilt, -1 for innocence, 0 either."""

_DECISIVE = {
    "removed_missing_definition": 6.0,
    "removed_missing_key": 5.0,
    "nothing_from_callee": 3.0,
    "changed_signature_under_complaint": 2.0,
    "switched_setting": 1.0,
    "began_after_deploy": 1.5,
    "ran_for_long": -1.5,
    "reverted": -5.0,
    "reverts": -4.0,
    "ignored_in_blame": -3.0,
    "harmless_only": -3.0,
    "cosmetic": -3.0,
    "outside": 5.0,
}
EXPECTED = {name: _DECISIVE.get(name, 0.3 * SIGNS.get(name, 0)) for name in (*names(), *NONE)}
"""What each weight is expected to be before any incident was seen, in log-odds per unit. Training starts from these
and moves away from them as far as incidents ask for it: a mechanism that explains the error outright is rare in any
collection, and a commit without code, without effect or taken back can hardly have done it."""


def meanings() -> dict[str, str]:
    """What each signal measures, from the docstring of its function, on one line."""
    return {function.__name__: " ".join((function.__doc__ or "").split()) for function in SIGNALS}
