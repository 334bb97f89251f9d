"""Exceptions of Java and .NET that a text names without any row: a type with its package, its message, what caused it."""

import re
from dataclasses import dataclass, field
from typing import Final

from tools.traces.any_language import plain
from tools.traces.candidates import Draft, Found, root_first
from tools.traces.messages.ends import ends_message
from tools.traces.messages.told_in_words import ended
from tools.traces.places.locations import begins_as_java, language_of_type
from tools.traces.unwrap.lines import Log

MAX_BELOW: Final = 8
NEAR: Final = 2

_NAME: Final = r"((?:[A-Za-z_]\w*[.+]){1,12}[A-Z]\w*(?:\$\w+)*?(?:Exception|Error|Throwable))"
_NAMED: Final = re.compile(rf"(?<![\w.$/\\\"'(]){_NAME}(?: ?: ?(.*)|[:`]?|(?: \([^()]{{1,60}}\)))$")
_CAUSED: Final = re.compile(
    rf"\s*(?:Caused by: |Wrapped by: |---> (?:\(Inner Exception #\d+\) )?){_NAME}(?: ?: ?(.*)|:?)$"
)
_THROWN: Final = re.compile(rf".{{0,200}}\b(?:Exception thrown: |exception of type )'{_NAME}' (?:in|occurred in) \S()")
_ADDITIONAL: Final = re.compile(r"\s*Additional information: (\S.*)$")
_RESULT: Final = re.compile(r"\s*HResult ?[=:] ?(?:0x)?[0-9A-Fa-f-]{1,12}\s*$")
_INLINE: Final = re.compile(rf" ---> {_NAME}(?: ?: ?(.*)|:?)$")
_MESSAGE: Final = re.compile(r"\s*Message ?[=:] ?(\S.*)$")
_FURTHER: Final = re.compile(r"\s+(?!at |\.\.\. |---|Message|HResult|Source|StackTrace)\S")
_NOTHING_BEFORE: Final = re.compile(rf"(?:.{{0,200}}[:>*\]\"]\s{{1,4}}|\W{{0,8}}|Exception ){_NAME}")
"""A type behind a sentence's words has no message on the next line."""
_PLACE: Final = re.compile(r"(?<![\w./\\-])[\w./\\-]{2,300}\.\w{1,6}(?::|, line )\d{1,9}\)?\s*$")
_QUOTED: Final = re.compile(r"'([^']{3,2000})'$")


@dataclass(slots=True)
class _Chain:
    at: int
    end: int
    language: str
    drafts: list[Draft] = field(default_factory=list)


def find(log: Log) -> list[Found]:
    """Every such exception with its causes; those of lines that tell nothing of an error only when there are no others."""
    chains: list[_Chain] = []
    for index, line in enumerate(log.lines):
        if (chains and index < chains[-1].end) or (
            "xception" not in line and "rror" not in line and "hrowable" not in line
        ):
            continue
        chain = _chain(log, index)
        if chain is not None:
            chains.append(chain)
    told = [chain for chain in chains if not log.quiet(chain.at)] or chains
    return [_found(log, chain) for chain in told]


def _chain(log: Log, index: int) -> _Chain | None:
    line = log.lines[index]
    named = _CAUSED.match(line) or _NAMED.search(line) or _THROWN.match(line)
    language = _language(named[1], line) if named else None
    if named is None or language is None:
        return None
    chain = _Chain(index, index + 1, language)
    _add(log, chain, named[1], ended(named[2] or "", line[: named.start(1)]))
    below = (_ADDITIONAL.match(each) for each in log.lines[index + 1 : index + 1 + NEAR])
    if not chain.drafts[0].message and (added := next(filter(None, below), None)):
        chain.drafts[0].message = added[1]
    while (
        chain.end < len(log.lines) and chain.end - index < MAX_BELOW and (caused := _CAUSED.match(log.lines[chain.end]))
    ):
        chain.end += 1
        _add(log, chain, caused[1], caused[2] or "")
    return chain


def _language(name: str, line: str) -> str | None:
    """The language by the type's package; a package in small letters below `Caused by` is one of Java."""
    first = name.partition(".")[0]
    if language := language_of_type(name):
        return language
    if begins_as_java(name) or (first[:1].islower() and line.lstrip().startswith("Caused by: ")):
        return "java"
    return "csharp" if first[:1].isupper() and "_" not in first and name.count(".") > 1 else None


def _add(log: Log, chain: _Chain, kind: str, message: str) -> None:
    """One exception, with what the lines below it say of it."""
    inner = _INLINE.search(message)
    chain.drafts.append(
        Draft(
            kind,
            _without_quotes(message[: inner.start()] if inner else message, chain.language),
            depth=len(chain.drafts),
        )
    )
    if inner:
        _add(log, chain, inner[1], inner[2] or "")
        return
    typed = chain.end - 1
    if chain.end < len(log.lines) and _RESULT.match(log.lines[chain.end]):
        chain.end += 1
    below = log.lines[chain.end] if chain.end < len(log.lines) else ""
    recorded = _THROWN.match(log.lines[typed]) is not None or any(record.first == typed for record in log.records)
    if (
        not message
        and not recorded
        and _NOTHING_BEFORE.match(log.lines[typed])
        and _says_message(log, chain.end, below)
    ):
        labelled = _MESSAGE.match(below)
        chain.drafts[-1].message = labelled[1] if labelled else below.strip()
        chain.end += 1
    while (
        message
        and chain.end < len(log.lines)
        and not ends_message(log, chain.end)
        and _FURTHER.match(log.lines[chain.end])
    ):
        if _CAUSED.match(log.lines[chain.end]):
            break
        chain.drafts[-1].message += "\n" + log.lines[chain.end].strip()
        chain.end += 1


def _says_message(log: Log, at: int, line: str) -> bool:
    """Whether the line below a type that stands alone is its message."""
    return bool(line.strip()) and not (ends_message(log, at) or _CAUSED.match(line) or _PLACE.search(line))


def _without_quotes(message: str, language: str) -> str:
    """Visual Studio's debugger puts the message in quotes."""
    quoted = _QUOTED.match(message) if language == "csharp" else None
    return quoted[1] if quoted else message


def _found(log: Log, chain: _Chain) -> Found:
    """The exceptions, the cause with the places that stand near."""
    failures = root_first(chain.drafts)
    frames = plain.places(log.lines[max(0, chain.at - NEAR) : chain.end + NEAR])
    return Found(chain.language, (failures[0].model_copy(update={"frames": frames}), *failures[1:]), chain.at)
