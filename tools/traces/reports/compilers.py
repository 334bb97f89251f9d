"""Errors of compilers: each on a line with its place, as those of Kotlin, Java, .NET, TypeScript, Rust and Go print them."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from incidents.trace import Frame
from tools.traces.announced import announced
from tools.traces.candidates import Draft, Found
from tools.traces.places.locations import LANGUAGES, number, slashed
from tools.traces.unwrap.lines import Log

CUES: Final = ("e: ", "rror", "# ", ":[")

MOST: Final = 50
MAX_FURTHER: Final = 4

_PATH: Final = r"(?P<path>(?:[A-Za-z]:(?=[\\/]))?[\w./\\@+~-]{1,300}\.[a-z]{1,6})"
_KOTLIN: Final = re.compile(
    r"(?P<before>.{0,100}[\s\]])?e: (?:file:///?(?=[A-Za-z]:|/))?(?P<path>(?:[A-Za-z]:(?=[\\/]))?[^\s:][^\n:]{1,300}\.kts?)"
    r"(?::(?P<line>\d{1,7}):\d{1,6}:?|: \((?P<inside>\d{1,7}), \d{1,6}\):) (?P<said>\S.*)$"
)
_MAVEN: Final = re.compile(
    rf"(?P<before>.{{0,100}}[\s\]])?{_PATH}:\[(?P<line>\d{{1,7}}),\d{{1,6}}\] (?:error: )?(?P<said>\S.*)$"
)
_NUMBERED: Final = re.compile(
    rf"(?P<before>.{{0,100}}[\s\]])?{_PATH}\((?P<line>\d{{1,7}}),\d{{1,6}}\): (?:fatal )?[Ee]rror [A-Z]{{1,10}}\d{{1,6}}: (?P<said>\S.*)$"
)
_PLAIN: Final = re.compile(
    rf"(?P<before>.{{0,100}}[\s\]])?{_PATH}:(?P<line>\d{{1,7}})(?::\d{{1,6}})?"
    r"(?:: (?:fatal )?[Ee]rror(?: [A-Z]{1,10}\d{1,6})?: | - error [A-Z]{1,4}\d{1,6}: )(?P<said>\S.*)$"
)
_RUSTC: Final = re.compile(r"(?P<before>.{0,100}[\s\]])?error(?:\[E\d{4}\])?: (?P<said>\S.*)$")
_ARROW: Final = re.compile(rf"(?P<before>.{{0,100}}[\s\]])?--> {_PATH}:(?P<line>\d{{1,7}}):\d{{1,6}}$")
_PACKAGE: Final = re.compile(r"(?P<before>.{0,100}[\s\]])?# [\w./-]{1,200}(?: \[[\w./-]{1,200}\])?$")
_OF_GO: Final = re.compile(
    rf"(?P<before>.{{0,100}}?\s)?(?:vet: )?{_PATH}:(?P<line>\d{{1,7}}):\d{{1,6}}: (?P<said>\S.*)$"
)
_PROJECT: Final = re.compile(r" \[[^\[\]]{1,300}proj(?:::[\w=.]{1,60})?\]$")
_PROSE: Final = re.compile(r"(?<![\w=/.-])[A-Za-z][a-z']*[,;:.!?]? {1,3}[a-z']+(?![\w=/|\]>.-])")
"""Two words of a sentence."""
_LEADS: Final = re.compile(r"(?:^|[^\w\s\"'`“(,;]|\d|\b[A-Z]+|\b(?:ERROR|Error) in)\s*$")
"""How what loggers and build tools write before a line ends: with a sign, a number, or a level."""
_FURTHER: Final = re.compile(r"(?:\[\w{4,7}\])?\s{0,40}((?:symbol|location|required|found|reason):\s{1,8}\S.*)$")
"""What Java's compiler says of a name that it does not find."""


class _Error(NamedTuple):
    at: int
    place: Frame
    said: str


def find(log: Log) -> list[Found]:
    """One error for all that one compiler says: its first message, and the places of all."""
    found: dict[str, list[_Error]] = {}
    for error in _errors(log):
        language = LANGUAGES.get(error.place.path.rpartition(".")[2], "")
        if language:
            found.setdefault(language, []).append(error)
    return [_found(log, language, errors) for language, errors in found.items()]


def _found(log: Log, language: str, errors: list[_Error]) -> Found:
    first = errors[0]
    message = "\n".join([first.said, *_further(log, first.at + 1)])
    frames = list(dict.fromkeys(error.place for error in errors))[:MOST]
    return Found(language, (Draft(None, message, frames).failure(),), first.at, not_run=True)


def is_told_in(message: str) -> bool:
    """Whether the message holds an error as compilers print it, with its place."""
    return any(_PLAIN.match(line) is not None for line in message.split("\n")[:MOST] if "rror" in line)


def _further(log: Log, start: int) -> Iterator[str]:
    below = map(_FURTHER.match, log.lines[start : start + MAX_FURTHER])
    return (further[1].strip() for further in below if further is not None)


def _errors(log: Log) -> Iterator[_Error]:
    package = False
    for at, line in enumerate(log.lines):
        if "# " in line and _PACKAGE.match(line):
            package = True
            continue
        error = _of_rust(log, at) if "error" in line and ": " in line else None
        error = error or _in_line(at, line)
        of_go = _OF_GO.match(line) if package and error is None and ".go:" in line else None
        of_go = of_go if of_go is not None and _is_prefix(of_go) else None
        package = package and (of_go is not None or not line.strip() or line[:1] in " \t")
        error = _error(at, of_go) if of_go is not None else error
        if error is not None:
            yield error


def _in_line(at: int, line: str) -> _Error | None:
    told = None
    if "rror" in line:
        told = _NUMBERED.match(line) or _PLAIN.match(line)
    elif "e: " in line:
        told = _KOTLIN.match(line)
    told = told or (_MAVEN.match(line) if ":[" in line else None)
    return _error(at, told) if told is not None and _is_prefix(told) else None


def _is_prefix(told: re.Match[str]) -> bool:
    """Whether only what a log writes stands before it: no sentence, and no exception that quotes it."""
    before = told["before"] or ""
    quoting = announced(before) if ": " in before else None
    return (
        bool(_LEADS.search(before)) and _PROSE.search(before) is None and (quoting is None or quoting.type == "Error")
    )


def _of_rust(log: Log, at: int) -> _Error | None:
    """`error[E0308]: mismatched types`, its place on the next line behind an arrow."""
    below = log.lines[at + 1] if at + 1 < len(log.lines) else ""
    arrow = _ARROW.match(below) if "--> " in below else None
    said = _RUSTC.match(log.lines[at]) if arrow is not None else None
    if said is None or arrow is None or not _is_prefix(said):
        return None
    return _Error(at, _place(arrow), said["said"])


def _error(at: int, told: re.Match[str]) -> _Error:
    return _Error(at, _place(told), _PROJECT.sub("", told["said"].strip()))


def _place(told: re.Match[str]) -> Frame:
    row = told["line"] or told.groupdict().get("inside")
    return Frame(path=slashed(told["path"]).removeprefix("./"), line=number(row))
