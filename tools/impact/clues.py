"""Clues: what an error's text names so exactly that it can be searched for in code as it stands there.

`mw.translateHooks is undefined` names an expression, `Undefined index sku-of-item` a key, `$table` a variable with its
sigil. Plain words of a message are no clues: `tools.signals.wording` weighs those.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from typing import Final

from incidents.trace import Frame
from tools.impact.frame_names import bare_name
from tools.text.identifiers import KEYWORDS, STOCK, parts
from tools.text.rule import without_placeholders

_MOST: Final = 24
_LONGEST: Final = 2_000  # characters of a message that are read
_FRAMES: Final = 6
_OF_LINE: Final = 8
_FORMS: Final = 3  # names of which other forms are looked for


class ClueKind(StrEnum):
    """What a clue names: how it is searched for, and how much it says."""

    EXPRESSION = "expression"
    USE = "use"
    KEY = "key"
    NAME = "name"
    OWNER = "owner"
    FRAME = "frame"


_TELLING: Final = 0.6  # a plain word has less
_ERRORS: Final = ("Error", "Errors", "Exception", "Exceptions")

_WEIGHTS: Final = {
    ClueKind.EXPRESSION: 1.0,
    ClueKind.USE: 0.8,
    ClueKind.KEY: 1.0,
    ClueKind.NAME: 0.8,
    ClueKind.OWNER: 0.6,
    ClueKind.FRAME: 0.6,
}


@dataclass(frozen=True, slots=True)
class Clue:
    """`text` as a person would write it; `needle` is a part that every occurrence holds, `pattern` finds them all.

    `fails`: the error says that using it failed (it is undefined, null, no function). `derived`: another way to write
    what the error names, as generated code does (`CurrentLeaderEpoch` in a schema is `currentLeaderEpoch` in its class).
    """

    text: str
    kind: ClueKind
    needle: str
    pattern: str
    fails: bool = False
    derived: bool = False

    @property
    def weight(self) -> float:
        """How much a clue of its kind says, 0..1; a lower-case name of one part can be any word, `non-empty` is English."""
        name = re.split(r"\W+", self.text.strip("$@:#-."))[-1]
        plain = self.kind in (ClueKind.NAME, ClueKind.USE) and len(parts(name)) < 2 and name == name.lower()
        english = self.kind is ClueKind.KEY and self.text.replace("-", "").isalpha() and self.text.count("-") < 2
        return _WEIGHTS[self.kind] * (0.6 if english or (plain and self.text[:1].isalnum()) else 1.0)

    @property
    def tells(self) -> bool:
        """Whether the cause of the error has to do with what it names: the use of it failed, or it is no plain word. The
        name of an error is no such thing, because code elsewhere raises it."""
        return not self.derived and (self.fails or (self.weight >= _TELLING and not self.text.endswith(_ERRORS)))


_BETWEEN: Final = r"(?:\?\.|\.|->|::|\\{1,2}|#)"
_WORD: Final = r"[A-Za-z_][\w$]*"
_CHAIN: Final = re.compile(rf"(?<![\w$/.\\-])[$@]{{0,2}}{_WORD}(?:{_BETWEEN}[$@]?{_WORD})+(?:\(\))?")
_SPLIT: Final = re.compile(_BETWEEN)
_SIGIL: Final = re.compile(r"(?<![\w$@:/.-])(?:\$|@@?|:(?=[a-z])|--|#(?=[a-z]))[A-Za-z_][\w-]*")
_CALL: Final = re.compile(r"(?<![\w$.>:\\-])([A-Za-z_]\w{2,})\(\)")
_KEY: Final = re.compile(r"(?<![\w./-])[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+){1,9}(?![\w-])")
_QUOTED: Final = re.compile(r"'([^'\n]{2,120}+)'|\"([^\"\n]{2,120}+)\"|`([^`'\n]{2,120}+)[`']|‘([^‘’\n]{2,120}+)’")
_QUOTED_NAME: Final = re.compile(rf"(?<!\w)[`'\"‘]({_WORD}(?:\(\))?)['\"`’](?!\w)")
_CAMEL: Final = re.compile(r"(?<![\w$.>:\\/-])[A-Za-z_]\w*(?![\w\\])")
_ALERT: Final = re.compile(
    r"\[(?:FIRING|RESOLVED)[^\]\n]{0,20}\]\s*([A-Za-z]\w*)|\b([A-Za-z]\w*) (?:is )?(?:firing|triggered)\b|"
    r"\balertname\s*[=:]\s*['\"]?(\w+)|^[Aa]lert:? ([A-Za-z]\w*)"
)
"""The name of a rule of the monitoring, which names no code."""
_RUNTIME: Final = re.compile(
    r"(?:None|NotImplemented)Type|(?:Nil|True|False|std)Class|o?dict_(?:keys|values|items|\w*iterator)|"
    r"(?:list|set|tuple|str|bytes|range)_?iterator|async_generator|builtin_function_or_method|"
    r"(?:getset|method|wrapper|member|classmethod)_descriptor|method-wrapper|"
    r"(?:java\.)?(?:lang|util|io|nio|time|math|text)(?:\.[a-z]\w*)*\.[A-Z][\w.]*|System(?:\.[A-Z]\w*)+|"
    r"[Tt]ime-out|(?:non|not)-[a-z]+|[a-z]+-(?:like|naive|aware|only|safe)"
)
"""Types that belong to a language, and phrases of its own messages: `'NoneType' object`, `a bytes-like object`."""
_LIBRARY: Final = re.compile(
    r"(?:java\.(?:lang|util|io|nio|time|math|text|net|sql|security)|jdk|sun|kotlin|scala|builtins|collections|datetime|decimal)\b"
    r"|(?:System|Microsoft)\.[A-Z]"
    r"|(?:\*|\b)(?:bytes|context|errors|http|io|json|net|os|reflect|sort|sql|strconv|strings|sync|time|url)\.[A-Z]\w*\Z"
)
"""Full names of types and functions of standard libraries: `java.util.Map`, `System.String`, `http.Request`."""
_FAILS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"Cannot (?:read|set) propert(?:y|ies) ['\"]?(?P<m>[\w$]+)['\"]? of (?:undefined|null)",
        r"of (?:undefined|null) \((?:reading|setting) ['\"](?P<m>[\w$]+)",
        r"can't access property ['\"](?P<m>[\w$]+)",
        r"Cannot call method ['\"](?P<m>[\w$]+)",
        r"Call to a member function (?P<m>\w+)\(\)",
        r"has no attribute ['\"](?P<m>\w+)",
        r"has no field or method (?P<m>\w+)",
        r"undefined method [`'‘](?P<m>\w+[?!]?)",
        r"Cannot invoke \"(?:\w*+[.$])*+(?P<m>\w++)\(",
        r"Undefined property: [\w\\]+::\$(?P<m>\w+)",
        r"Call to undefined method [\w\\]+(?:::|->)(?P<m>\w+)\(",
        r"(?<![$@\w.])(?P<e>[$@\w.]++)['\"]? is (?:undefined|not defined|not a function|not a constructor|null)\b",
        r"name ['\"](?P<e>\w+)['\"] is not defined",
        r"\bundefined: (?P<e>\w+(?:\.\w+)?)",
        r"Undefined variable:? \$?(?P<v>\w+)",
        r"undefined local variable or method [`'‘](?P<e>\w+)",
        r"uninitialized constant (?P<e>[\w:]+)",
        r"[Uu]ndefined (?:function|constant) [\"']?(?P<e>[\w\\]+)",
        r"[Uu]nknown function (?P<e>[\w:\\]+)",
        r"[Uu]nknown column ['\"`](?:\w+\.){0,3}(?P<e>\w+)",
        r"[Ii]nvalid column name ['\"`](?P<e>\w+)",
        r"column ['\"`]?(?:\w+\.){0,3}(?P<e>\w+)['\"`]? (?:of relation ['\"`]?\w+['\"`]? )?does not exist",
        r"no such column: (?:\w+\.){0,3}(?P<e>\w+)",
        r"has no column named (?P<e>\w+)",
        r"relation ['\"`](?:\w+\.){0,3}(?P<e>\w+)['\"`] does not exist",
        r"no such table: (?:\w+\.){0,3}(?P<e>\w+)",
        r"[Tt]able ['\"`](?:\w+\.){0,3}(?P<e>\w+)['\"`] doesn't exist",
    )
)


def clues_in(messages: Sequence[str], frames: Iterable[Frame] = ()) -> tuple[Clue, ...]:
    """The clues of an error's messages, at most 24. `frames` are those that lie in no file of the repository: a built
    bundle keeps the names of some functions."""
    found: dict[tuple[str, ClueKind], Clue] = {}
    for message in messages:
        for clue in _of(without_placeholders(message[:_LONGEST])):
            if _RUNTIME.fullmatch(clue.text):
                continue
            same = found.setdefault((clue.text, clue.kind), clue)
            if clue.fails and not same.fails:
                found[clue.text, clue.kind] = clue
    for clue in _of_frames(frames):
        found.setdefault((clue.text, clue.kind), clue)
    for clue in _generated(tuple(found.values())):
        found.setdefault((clue.text, clue.kind), clue)
    return tuple(found.values())[:_MOST]


def clues_of_line(names: Iterable[str]) -> tuple[Clue, ...]:
    """Names of the failing line that another program can share: long ones of several parts, at most 8."""
    telling = (name for name in sorted(names) if len(name) > 5 and len(parts(name)) > 1 and _tells(name))
    return tuple(_exact(name, ClueKind.NAME) for name in islice(telling, _OF_LINE))


def _generated(clues: Sequence[Clue]) -> Iterator[Clue]:
    """The other forms of names of three parts and more: with a capital first, and with underscores."""
    names = [
        clue.text
        for clue in clues
        if clue.kind is ClueKind.NAME and re.fullmatch(r"[a-z]+(?:[A-Z][a-z]+){2,}", clue.text)
    ]
    for name in names[:_FORMS]:
        for form in (name[0].upper() + name[1:], "_".join(parts(name))):
            yield replace(_exact(form, ClueKind.NAME), derived=True)


def _of(message: str) -> Iterator[Clue]:
    rows = [row.groupdict() for pattern in _FAILS for row in pattern.finditer(message)]
    members = {row["m"] for row in rows if row.get("m")}
    variables = {f"${row['v']}" for row in rows if row.get("v")}  # PHP writes them with `$`, its notices often without
    failing = {name for row in rows for key, name in row.items() if name and key != "v"} | variables
    yield from (_member(name) for name in sorted(members))
    yield from (_exact(name, ClueKind.EXPRESSION, fails=True) for name in sorted(variables))
    for chain in _CHAIN.finditer(message):
        if not _LIBRARY.match(chain[0]) or chain[0] in failing:
            yield from _of_chain(chain[0], failing)
    for row in _QUOTED.finditer(message):
        yield from _of_quoted(next(text for text in row.groups() if text), failing)
    for name in _QUOTED_NAME.findall(message):  # a person puts the whole error in quotes, with its own inside
        yield from _of_quoted(name, failing)
    yield from _of_words(message, failing, members)


def _of_words(message: str, failing: set[str], members: set[str]) -> Iterator[Clue]:
    """Names that stand alone: with a sigil, before `()`, with hyphens or underscores, in camel case, or failing."""
    for row in _SIGIL.finditer(message):
        if row[0].strip("$@:-#") not in KEYWORDS:
            yield _exact(row[0], ClueKind.EXPRESSION, row[0] in failing)
    for row in _CALL.finditer(message):
        yield _exact(row[1], ClueKind.NAME, row[1] in failing)
    for row in _KEY.finditer(message):
        yield _exact(row[0], ClueKind.KEY if "-" in row[0] else ClueKind.NAME, row[0] in failing)
    alerts = {name for row in _ALERT.finditer(message) for name in row.groups() if name}
    for row in _CAMEL.finditer(message):
        if row[0] in alerts:
            continue
        camel = len(parts(row[0])) > 1 and re.search(r"[a-z][A-Z]", row[0])
        if camel or (row[0] in failing and row[0] not in members):
            yield _exact(row[0], ClueKind.NAME, row[0] in failing)


def _of_chain(chain: str, failing: set[str]) -> Iterator[Clue]:
    """`A.b.c()` is the expression `b.c`, the name `c` and its owner `b`."""
    names = _SPLIT.split(chain.removesuffix("()"))
    owner, name = names[-2], names[-1]
    fails = chain in failing or name in failing
    separator = r"\s*(?:\?\.|\.|->|::|\\{1,2}|#)\s*"
    if len(owner) > 1 and len(name) > 1:
        pattern = rf"(?<![\w$]){re.escape(owner)}{separator}{re.escape(name)}(?![\w$])"
        yield Clue(f"{owner}{_separator(chain)}{name}", ClueKind.EXPRESSION, name, pattern, fails)
    if _tells(name):
        yield _exact(name, ClueKind.NAME, fails)
    if owner[:1].isupper() and _tells(owner):
        yield _exact(owner, ClueKind.OWNER)


def _of_quoted(text: str, failing: set[str]) -> Iterator[Clue]:
    text = text.removesuffix("()")
    if re.fullmatch(_WORD, text):
        if text not in KEYWORDS and len(text) > 1:
            yield _exact(text, ClueKind.NAME, text in failing)
    elif re.fullmatch(r"[\w$@][\w$@.:/*+-]{2,79}", text):
        yield _exact(text, ClueKind.KEY, text in failing)


def _of_frames(frames: Iterable[Frame]) -> Iterator[Clue]:
    names = [bare_name(frame.function) for frame in frames]
    telling = [name for name in dict.fromkeys(names) if name and len(name) > 5 and len(parts(name)) > 1]
    return (_exact(name, ClueKind.FRAME) for name in telling[:_FRAMES])


def _separator(chain: str) -> str:
    separators: list[str] = _SPLIT.findall(chain)
    return separators[-1] if separators else "."


def _tells(name: str) -> bool:
    return len(name.strip("$@_")) > 2 and name not in KEYWORDS and name.lower() not in STOCK


def _member(name: str) -> Clue:
    """A member whose use failed: `.tools`, `->tools`, `["tools"]`."""
    return Clue(name, ClueKind.USE, name, rf"(?:\.|->|::|\[\s*['\"]|&\.)\s*{re.escape(name)}(?![\w$])", fails=True)


def _exact(text: str, kind: ClueKind, fails: bool = False) -> Clue:
    hyphen = "-" if "-" in text else ""
    before = "" if text[:1] in "$@:#-" else rf"(?<![\w${hyphen}])"
    return Clue(text, kind, text, rf"{before}{re.escape(text)}(?![\w${hyphen}])", fails)
