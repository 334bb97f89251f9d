"""An exception that Log4j wrote as elements of XML -> the rows that Java prints."""

import html
import re
from collections.abc import Mapping
from typing import Final

from tools.traces.unwrap.inside_message import inside_message

CUE: Final = "ExtendedStackTraceItem"

_TOKEN: Final = re.compile(
    r"<(?P<close>/)?(?:\w{1,20}:)?(?P<name>Thrown|Cause|ExtendedStackTraceItem)\b(?P<attributes>(?:\s{1,80}[\w:]{1,40}=\"[^\"<]{0,4000}\"){0,20})\s{0,8}/?>"
)
_ATTRIBUTE: Final = re.compile(r"(?<![\w:])([\w:]{1,40})=\"([^\"<]{0,4000})\"")
_NEAR: Final = 4_000  # characters above and below
_ROW: Final = "ExtendedStackTraceItem"


def without_elements(text: str) -> str:
    """The text with each exception as Java prints it: type, message and rows, then its causes."""
    parts: list[str] = []
    blocks: list[list[str]] = []
    open_: list[list[str]] = []
    end = 0
    for token in _TOKEN.finditer(text):
        told = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(token["attributes"])}
        if token["close"] and open_:
            open_.pop()
        elif token["name"] == _ROW and open_:
            open_[-1].append(_row(told))
        elif token["name"] != _ROW and not token["close"]:
            if not open_:
                parts.append(text[end : token.start()])
                blocks = []
            blocks.append([("Caused by: " if open_ else "") + _head(told)])
            open_.append(blocks[-1])
        if token["close"] and not open_ and blocks:
            told_inside = _inside_message("".join(parts), text[token.end() : token.end() + _NEAR])
            rows = [row for block in blocks for row in block]
            parts.append("" if told_inside else "\n" + "\n".join(rows) + "\n")
            end, blocks = token.end(), []
    return "".join((*parts, text[end:])) if not open_ else text


def _inside_message(above: str, below: str) -> bool:
    lines = above[-_NEAR:].split("\n")
    return inside_message([*lines, *below.split("\n")], len(lines), len(lines) - 1)


def _head(told: Mapping[str, str]) -> str:
    return ": ".join(filter(None, (told.get("name"), told.get("message") or told.get("localizedMessage"))))


def _row(told: Mapping[str, str]) -> str:
    place = f"{told['file']}:{told['line']}" if told.get("file") and told.get("line") else "Unknown Source"
    return f"\tat {told.get('class', '')}.{told.get('method', '')}({place})"
