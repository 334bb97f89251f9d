"""Who calls or names a function or class: in calls, imports, subclasses, decorators, lists, arguments and strings."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tools.source.code_search import Matches, matching
from tools.source.deployed import Deployed
from tools.source.file_kinds import HARMLESS, kind_of
from tools.source.listing import printable
from tools.source.lookup import checked
from tools.source.naming import sought
from tools.source.parsed import Parsed
from tools.source.scanning import is_packed
from tools.source.syntax import Symbol
from tools.text.pattern import LinePattern

_PARSED_FILES: Final = 60
_USES: Final = 400
_OTHER_FILES: Final = 12
_READ: Final = 500  # characters of a line before and after the name
_IMPORT: Final = re.compile(
    r"\s*(?:from\s.*\simport\b|import\b|use\b|require|include|export\b.*\bfrom\b)|.*\brequire\("
)
_DECLARED: Final = r"(?:class|interface|trait|struct|enum|object|impl|module)\b"
_ORDER: Final = ("calls", "decorates", "extends", "names", "in a string or argument name", "imports", "text", "defines")
_UNSEEN: Final = (
    "a name put together at run time, reflection, routes or settings outside this repository would not be seen"
)


@dataclass(frozen=True, slots=True)
class Use:
    """One line that uses a name: how, where, and the definition it stands in."""

    how: str
    path: str
    line: int
    text: str
    within: str


def callers(deployed: Deployed, name: str, path: str = "") -> str:
    """Every line that uses a name, calls first; how sure it is that there are no others."""
    word = sought(checked(name, "name")).name
    pattern = LinePattern(rf"\b{re.escape(word)}\b" if re.fullmatch(r"\w+", word) else word)
    matches = matching(deployed, pattern, path)
    uses = sorted(_uses(deployed, word, matches), key=lambda use: _rank(deployed, use))
    where = f" below {printable(path)}" if path else ""
    extent = f"{matches.extent()}{where} at the deployed revision"
    others = [use for use in uses if use.how != "defines"]
    head = [f"{printable(word)}: {_counts(uses)}; searched {extent}"]
    if not any(use.how == "calls" for use in uses):
        head.append(_nobody(word, others, matches))
    return "\n".join([*head, *_rows(uses, matches, deployed.room - sum(map(len, head)))])


def _rows(uses: Sequence[Use], matches: Matches, room: int) -> Iterator[str]:
    """The uses there is room for, and how many more lines name it in which files."""
    left = Counter({path: len(lines) for path, lines in matches.found.items()})
    for use in uses:
        within = f" in {printable(use.within)}" if use.within else ""
        row = f"{use.how}: {printable(use.path)}:{use.line}{within} | {use.text}"
        room -= len(row) + 1
        if room < 0:
            break
        left[use.path] -= 1
        yield row
    rest = +left
    if rest:
        named = ", ".join(f"{printable(path)} ({number})" for path, number in rest.most_common(_OTHER_FILES))
        more = f" and {len(rest) - _OTHER_FILES} more files" if len(rest) > _OTHER_FILES else ""
        yield f"… also {named}{more}; narrow by path"


def _nobody(word: str, others: Sequence[Use], matches: Matches) -> str:
    """What may be concluded when no call was found."""
    searched = "every file was searched" if matches.searched >= matches.files else "not every file could be searched"
    if others:
        return f"No line calls {printable(word)} by its name, but it is named below and may be called through that ({searched})."
    return f"Nobody calls or names {printable(word)} ({searched}); {_UNSEEN}."


def _counts(uses: Sequence[Use]) -> str:
    counted = Counter(use.how for use in uses)
    return ", ".join(f"{how} {counted[how]}" for how in _ORDER if counted[how]) or "no use"


def _rank(deployed: Deployed, use: Use) -> tuple[bool, int, bool, str, int]:
    traced = all(path != use.path for path, _ in deployed.frames)
    return kind_of(use.path) in HARMLESS, _ORDER.index(use.how), traced, use.path, use.line


def _uses(deployed: Deployed, word: str, matches: Matches) -> Iterator[Use]:
    given = 0
    for number, (path, lines) in enumerate(matches.found.items()):
        data = (deployed.repository.text(deployed.revision, path) or "").encode()
        parsed = deployed.index.parsed(path) if number < _PARSED_FILES and not is_packed(data) else None
        texts = data.decode().split("\n")
        defined = _defined(parsed.outline, word, lines, texts) if parsed else set()
        for line in lines:
            if given >= _USES:
                return
            text = texts[line - 1] if line <= len(texts) else ""
            how = "defines" if line in defined else _how(parsed, word, line, text) if parsed else "text"
            within = _innermost(parsed.outline, line, word) if parsed else None
            given += 1
            shown = printable(text.strip(), max(0, text.strip().find(word)))
            yield Use(how, path, line, shown, within.qualified_name if within else "")


def _how(parsed: Parsed, word: str, line: int, text: str) -> str:
    """How a line uses the name that it does not define."""
    escaped, at = re.escape(word), max(0, text.find(word) - _READ)
    text = text[at : at + 2 * _READ]
    if re.match(rf"\s*@[\w.]*\b{escaped}\b|\s*#\[[\w:(]*\b{escaped}\b", text):
        return "decorates"
    if re.search(rf"\b{_DECLARED}.{{0,200}}?[(:<,\s\\]{escaped}\b", text) and not re.search(
        rf"\b{_DECLARED}\s+{escaped}\b", text
    ):
        return "extends"
    if any(call.name == word for call in parsed.calls(line, line)):
        return "calls"
    if _IMPORT.match(text):
        return "imports"
    kinds = {used.kind for used in parsed.names(line, line) if used.text == word}
    if kinds - {"key"}:
        return "names"
    quoted = re.search(rf"[\"'`][^\"'`]*\b{escaped}\b", text) or re.search(rf"\b{escaped}\s*[=:](?!=)", text)
    return "in a string or argument name" if kinds or quoted else "text"


def _defined(symbols: Sequence[Symbol], word: str, lines: Sequence[int], texts: Sequence[str]) -> set[int]:
    """The lines that define the name: of each definition the first one with the name that is no decorator."""
    named = [line for line in lines if line <= len(texts) and not texts[line - 1].lstrip().startswith(("@", "#["))]
    owners = [symbol for symbol in symbols if symbol.name == word]
    firsts = (next((line for line in named if own.start <= line <= own.end), None) for own in owners)
    return {line for line in firsts if line is not None}


def _innermost(symbols: Sequence[Symbol], line: int, word: str) -> Symbol | None:
    around = [
        symbol
        for symbol in symbols
        if symbol.start <= line <= symbol.end and symbol.kind != "constant" and symbol.name != word
    ]
    return max(around, key=lambda symbol: symbol.start, default=None)
