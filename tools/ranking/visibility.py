"""What could be seen of a failure, and what was missing for more."""

from collections.abc import Sequence
from typing import Final

from incidents.seen import Seen
from incidents.trace import StackTrace
from tools.impact.context import SignalContext
from tools.impact.frame_site import FrameSite
from tools.source.index import SourceIndex
from tools.source.named_definitions import definitions_named
from tools.traces.places.unclear_paths import Unclear

_NAMED: Final = 3


def how_much_is_seen(mapped: StackTrace, context: SignalContext, absent: int = 0) -> Seen:
    """What could be seen of the failure; `absent` counts the files that this clone lacks."""
    frames, read = mapped.frames, context.site.frames if context.site.located else ()
    return Seen(
        confirmed=_confirmed(mapped, read),
        frames=len(frames),
        mapped=sum(frame.in_app for frame in frames),
        read=len(read),
        words=len(context.site.message_words),
        absent=absent,
    )


def seen_by_name(seen: Seen, index: SourceIndex, trace: StackTrace, text: str) -> Seen:
    """The same; where the message names nothing in code, the definitions that the whole text of the error names count as its
    words: `- cart.Cart.total` below a message without a trace."""
    if seen.visibility != "nothing":
        return seen
    return seen.model_copy(update={"words": len(definitions_named(index, trace, text))})


def _confirmed(mapped: StackTrace, read: Sequence[FrameSite]) -> bool:
    """Whether the printed lines are those of the deployed revision, as far as the trace tells, or the error's own words
    tell where it failed."""
    inner = next((frame for frame in mapped.frames if frame.in_app and frame.source), None)
    if read and inner is not None and inner.source and inner.repo_path == read[0].path:
        return read[0].source.startswith(inner.source.strip()[:40])  # where it failed, another line is another revision
    quoted = tuple(frame.source.strip()[:40] for frame in mapped.frames if frame.in_app and frame.source)
    if read and read[0].said:
        return True
    calls = [frame.leads_to is not None for frame in read[1:]]
    return any(frame.source.startswith(quoted) for frame in read) or (bool(calls) and 2 * sum(calls) >= len(calls))


def missing(seen: Seen, context: SignalContext, unclear: Unclear | None = None) -> tuple[str, ...]:
    """Sentences for a report about what could not be seen."""
    notes: list[str] = []
    if not seen.frames:
        notes.append("There is no stack trace: only the words of the message could be compared.")
    elif unclear is not None:
        notes.append(f"{which_file(unclear)}.")
    elif not seen.mapped and not seen.read:  # a frame may be found by its function's name
        notes.append("No frame of the trace lies in a file of the repository at the deployed revision.")
    elif not seen.read:
        notes.append("No file of the trace could be read at the deployed revision.")
    notes += _of_another_build(context.site.frames)
    notes += incomplete(seen.absent)
    cut = [change.commit.sha[:9] for change in context.changes if change.truncated]
    if cut:
        notes.append(f"Too large to read in full, or not all there: {', '.join(cut[:5])}.")
    return tuple(notes)


def which_file(unclear: Unclear) -> str:
    """That it cannot be told which file a printed path means, and what would tell."""
    files = ", ".join(unclear.files[:_NAMED]) + (", ..." if len(unclear.files) > _NAMED else "")
    known = f"{unclear.ending} may be any of {len(unclear.files)} files ({files})"
    return f"{known}; the folder that is deployed (--root) tells which"


def incomplete(absent: int) -> list[str]:
    """That files are missing in this clone, where `absent` of them were asked for."""
    if not absent:
        return []
    number = "a file" if absent == 1 else f"{absent} files"
    return [f"This clone is not complete: the content of {number} is not in it."]


def _of_another_build(frames: Sequence[FrameSite]) -> list[str]:
    """Which line of this revision was taken for a printed one that cannot be right."""
    moved = [frame for frame in frames if frame.printed]
    if not moved:
        return []
    first = moved[0]
    somewhere = f"a line of `{first.function}` here, nobody knows which" if first.function else "not in the file here"
    meant = f"line {first.line} here" if first.exact else somewhere
    more = f" (and {len(moved) - 1} more like it)" if len(moved) > 1 else ""
    return [f"The trace is of another build: its line {first.printed} of {first.path} is {meant}{more}."]
