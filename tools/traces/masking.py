"""What was read of a trace, without secrets and personal data: words are only taken from it afterwards."""

from collections.abc import Iterable

from incidents.trace import Failure, Frame
from tools.text.redaction import masked_lines, redact


def redacted(failures: Iterable[Failure]) -> tuple[Failure, ...]:
    """Messages as a whole; of frames, the lines they quote and what they name."""
    found = tuple(failures)
    words = {word for failure in found for frame in failure.frames for word in _words(frame)}
    masked = masked_lines(sorted(words))
    return tuple(_without(failure, masked) for failure in found)


def _words(frame: Frame) -> tuple[str, ...]:
    return tuple(filter(None, (frame.path, frame.function, frame.class_name, frame.source)))


def _without(failure: Failure, masked: dict[str, str]) -> Failure:
    message, frames = redact(failure.message), failure.frames
    if masked:
        frames = tuple(_frame(frame, masked) for frame in frames)
    if message == failure.message and frames == failure.frames:
        return failure
    return failure.model_copy(update={"message": message, "frames": frames})


def _frame(frame: Frame, masked: dict[str, str]) -> Frame:
    names = ("path", "function", "class_name", "source")
    changed = {name: masked[word] for name in names if (word := getattr(frame, name)) in masked}
    return frame.model_copy(update=changed) if changed else frame
