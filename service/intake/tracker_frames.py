"""Frames as objects or lines of text, under the names that error trackers use."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from service.intake.names import first_named, in_one_spelling
from service.intake.sdk_frames import SentFrame, dict_frames, line_number, text_line

_FILE = ("applicationfile", "filename", "file", "abspath", "path", "filepath", "sourcefile", "source")
_LINE = ("lineno", "linenumber", "line", "number")
_COLUMN = ("colno", "columnnumber", "column", "col")
_FUNCTION = ("function", "method", "methodname", "functionname", "func", "name", "symbol")
_OWNER = ("classname", "class", "module", "type")
_ROW = re.compile(
    r"(?P<file>[^\s:()][^:()\n]{0,500}):(?P<line>\d{1,7})(?::(?P<column>\d{1,7}))?(?::? ?in [`']?(?P<name>[^`'\n]{1,300})'?)?"
)
_PLACEHOLDER = re.compile(r"^\[?(?:PROJECT_ROOT|GEM_ROOT|APP_ROOT|/?PROJECT)\]?/")
"""What notifiers of Ruby write in place of the folder."""


def frames_in(frames: object) -> list[SentFrame]:
    """The frames in the order in which they are sent; [] when these are none."""
    if not isinstance(frames, list):
        return []
    rows = [found for each in frames if isinstance(each, str) and (found := _of_row(each)) is not None]
    return rows or dict_frames(frames, _of_object)


def _of_row(row: str) -> SentFrame | None:
    """`app/models/cart.rb:41:in `total'`, `cart.py:41:in total`."""
    found = _ROW.fullmatch(row.strip()[:1_000])
    if found is None:
        return None
    line, column = line_number(found["line"]), line_number(found["column"])
    return SentFrame(_without_root(found["file"]), line, text_line(found["name"]), column=column)


def _of_object(sent: Mapping[str, Any]) -> SentFrame:
    names = in_one_spelling(sent)
    line = _value(names, _LINE)
    return SentFrame(
        file=_without_root(text_line(_value(names, _FILE))),
        line=line_number(line),
        function=text_line(_value(names, _FUNCTION)),
        module=text_line(_value(names, _OWNER)),
        source=_source(names, line),
        column=line_number(_value(names, _COLUMN)),
    )


def _without_root(path: str) -> str:
    """Without the placeholder of the project's folder."""
    return _PLACEHOLDER.sub("", path)


def _source(names: Mapping[str, Any], line: object) -> str:
    """The failing line, which may be sent with those around it, by their numbers."""
    code = _value(names, ("contextline", "code"))
    if isinstance(code, Mapping):
        code = code.get(str(line))
    return text_line(code) if isinstance(code, str) else ""


def _value(names: Mapping[str, Any], wanted: Sequence[str]) -> object:
    return first_named(names, wanted, lambda value: isinstance(value, str | int | Mapping))
