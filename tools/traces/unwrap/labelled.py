"""An error that a text tells in labels (`Type: X`, `Message: m`, `File: f`), with the names that records in JSON use."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from tools.traces.unwrap.fences import fences
from tools.traces.unwrap.printing import printed
from tools.traces.unwrap.throwables import chain_of

FEWEST: Final = 2
MAX_BELOW: Final = 40

_LABEL: Final = re.compile(
    r"\s{0,40}(?P<name>[A-Za-z]\w*(?:[ _-][A-Za-z]\w*)?)\s{0,20}:\s{1,20}(?P<value>\S.{0,4000})$"
)
_NAMES: Final = (
    ("type", re.compile(r"(?:(?:exception|error)[ _.-]?)?(?:type|class|info|kind)$|exception$", re.IGNORECASE)),
    ("message", re.compile(r"(?:(?:exception|error)[ _.-]?)?(?:message|msg|value|reason)$|error$|err$", re.IGNORECASE)),
    ("file", re.compile(r"(?:file ?(?:name)?|location)$", re.IGNORECASE)),
    ("line", re.compile(r"line ?(?:number|no)?$", re.IGNORECASE)),
    ("trace", re.compile(r"(?:stack ?)?trace$|backtrace$", re.IGNORECASE)),
)
TYPE: Final = re.compile(r"(?:[A-Za-z_]\w{0,100}+(?:\.|::|\\)){0,20}+[A-Z]\w*+(?= at |$)")
_NAMED: Final = re.compile(
    r"(?:NS\w+|(?:\w+\.)+\w*)(?:Exception|Error)$"
)  # other words tell an error only beside a place
_HEADING: Final = re.compile(r"\s{0,12}([A-Z][a-z]{2,12}(?: [A-Za-z]{2,10})?):\s*$")
_PLACE: Final = re.compile(r"(\S.{0,500}?) on line (\d{1,7})$")
_ROW: Final = re.compile(r"#\d{1,4} ")


def without_labels(lines: Sequence[str]) -> list[str]:
    """The lines, where a block of labels tells of an error and its place, as the language itself would print it."""
    plain: list[str] = []
    at = 0
    while at < len(lines):
        end, fields = (
            _headed(lines, at) if _HEADING.match(lines[at]) and name_of(lines[at].strip().rstrip(":")) else (at, {})
        )
        if fields:
            plain += _printed(fields).split("\n")
            at = end
            continue
        if ": " not in lines[at]:
            plain.append(lines[at])
            at += 1
            continue
        end, fields = _block(lines, at)
        text = _printed(fields) if len(fields) >= FEWEST else ""
        plain += text.split("\n") if text else lines[at:end]
        at = end
    return plain


def _headed(lines: Sequence[str], at: int) -> tuple[int, dict[str, str]]:
    """The same of headings that stand on lines of their own, each above its value, as pages show them."""
    fields: dict[str, str] = {}
    name, end = "", at
    for end in range(at, min(len(lines), at + MAX_BELOW)):
        heading = _HEADING.match(lines[end])
        told = name_of(heading[1]) if heading else ""
        if told in fields or fences(lines[end]):
            break
        if told:
            name = told
            fields[name] = ""
        else:
            fields[name] += lines[end].strip() + "\n"
            if name in ("file", "line") and lines[end].strip():
                break
    place = _PLACE.match(fields.get("file", "").strip())
    if place is None or not fields.get("message", "").strip():
        return at, {}
    return end + 1, {**{key: value.strip() for key, value in fields.items()}, "file": place[1], "line": place[2]}


def _block(lines: Sequence[str], at: int) -> tuple[int, dict[str, str]]:
    """Labels that follow each other from this line on, and the line behind them."""
    fields: dict[str, str] = {}
    end = at
    while end < len(lines) and (label := _LABEL.match(lines[end])) and len(fields) < 12:
        name = name_of(label["name"])
        if name:
            fields.setdefault(name, label["value"].strip())
        end += 1
        if name == "trace":
            while end < len(lines) and _ROW.match(lines[end]):
                fields["trace"] += "\n" + lines[end]
                end += 1
    return max(end, at + 1), fields


def _printed(fields: Mapping[str, str]) -> str:
    alone = TYPE.fullmatch(fields.get("type", "")) if set(fields) == {"type", "message"} else None
    if alone and _NAMED.match(alone[0]):
        return f"{alone[0]}: {fields['message']}"
    if "file" not in fields or not ("type" in fields or "message" in fields):
        return ""
    kind = TYPE.match(fields.get("type", ""))
    record: dict[str, object] = {**fields, "type": kind[0] if kind else ""}
    chain = chain_of(record)
    return printed(*chain) if chain else ""


def name_of(name: str) -> str:
    """What a field tells of an error: type, message, file, line or trace; "" when it tells nothing of it."""
    return next((key for key, pattern in _NAMES if pattern.match(name)), "")
