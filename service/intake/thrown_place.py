"""Where an error was thrown, told beside its type or its calls: `"file": "src/Cart.php", "line": 12`."""

import re
from collections.abc import Sequence

from service.intake.field_search import FieldSearch
from service.intake.sdk_frames import SentFrame
from service.intake.tracker_frames import frames_in

_FILE = ("file", "filename", "filepath", "sourcefile")
_LINE = ("line", "lineno", "linenumber", "sourceline")
_FUNCTION = ("function", "func", "functionname", "methodname", "sourcemethod")
_SOURCE = re.compile(r"[^\n]{0,500}\.[A-Za-z]\w{0,9}(?::\d{1,7})?")


def place_in(fields: FieldSearch, path: tuple[str, ...]) -> SentFrame | None:
    """The place that the object at this path names; None when it names none."""
    told = {field.name: field.value for field in reversed(fields.every()) if field.path == path}
    file, line, function = (
        next((told[name] for name in names if name in told), None) for names in (_FILE, _LINE, _FUNCTION)
    )
    if not isinstance(file, str) or not _SOURCE.fullmatch(file):
        return None
    found = frames_in([file if line is None else {"file": file, "line": line, "function": function}])
    return found[0] if found and found[0].line else None


def place_of(fields: FieldSearch, kind: str) -> SentFrame | None:
    """The place told in an object that names this type."""
    paths = dict.fromkeys(field.path for field in fields.every() if field.value == kind)
    return next((place for path in paths if (place := place_in(fields, path)) is not None), None)


def with_place(frames: Sequence[SentFrame], place: SentFrame | None) -> Sequence[SentFrame]:
    """The frames, the outermost call first, and the line that threw, which PHP's do not hold.

    Each of PHP's names the function that was called there, so that the next one inside was in it. Beside the frames of
    other languages a place is the one that wrote to the log.
    """
    if place is None or not place.file.endswith(".php") or not frames:
        return frames
    if (frames[-1].file, frames[-1].line) == (place.file, place.line):
        return frames
    called = ["", *(frame.function for frame in frames)]
    places = [*frames, place]
    return [each._replace(function=name) for each, name in zip(places, called, strict=True)]
