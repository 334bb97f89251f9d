"""The level that a log line names (`ERROR`, `[error]`, `level=error`, `"level":"error"`), and where its message begins."""

import re
from typing import Final, NamedTuple

GRAVE: Final = frozenset({"error", "err", "fatal", "crit", "critical", "severe", "emerg", "emergency", "alert", "panic",
    "dpanic", "fail", "ftl", "pnc", "erro", "fata", "pani"})  # fmt: skip
"""The names of levels of an error and worse, in lower case. Large logs are searched for them too (error_rows.py)."""
_MUTE: Final = frozenset(
    {"trace", "debug", "info", "notice", "verbose", "trce", "dbug", "inf", "dbg", "vrb", "trc", "debu", "trac"}
)
_SEARCHED: Final = 400

_WORD: Final = re.compile(
    r"(?<![\w$/-])(?P<upper>(?<!STACK )(?<!BACK )TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|ERR|FATAL"
    r"|CRIT(?:ICAL)?|SEVERE|EMERG(?:ENCY)?|ALERT|PANIC|ERRO|FATA|PANI|DEBU|TRAC|INF|WRN|FTL|PNC|DBG|VRB|TRC)(?![\w!=-])"
    r"|\[ ?(?P<bracketed>trace|debug|info|notice|warn(?:ing)?|error|err|fatal|crit(?:ical)?|alert|emerg)\]"
    r"|(?:^|(?<=\s))(?:level|lvl|severity)=\"?(?P<field>\w{3,9})\"?(?=\s|$)"
    r"|(?:^|(?<=[\s\]|]))(?P<lower>trace|debug|info|notice|warn(?:ing)?|error|fatal|trce|dbug|fail|crit)(?=: |\s{0,4}\| )"
)
_KUBERNETES: Final = re.compile(
    r"(?:.{0,80}\s)?(?P<letter>[EFIW])\d{4} \d\d:\d\d:\d\d\.\d{1,9}\s+\d{1,9} [\w./-]{1,200}:\d{1,7}\] "
)
_EXCLAIMED: Final = re.compile(
    r"(?:\d{4}[-/]\d\d[-/]\d\d[T ][\d:.]{8,20}(?:Z|[+-]\d\d:?\d\d)? )?(?P<letter>[EWID])! (?=\S)"
)
_LOGCAT: Final = re.compile(r"(?P<letter>[EFIWDV])/[\w.:-]{1,60} ?\( ?\d{1,9}\): ")
_JSON: Final = re.compile(
    r"\"(?:@?level|@l|lvl|severity|severity_?text|levelname|level_name|log_?level|log\.level)\"\s?:\s?(?:\"(?P<name>\w{1,12})\"|(?P<number>\d{1,4}))",
    re.IGNORECASE,
)
_GROUP: Final = re.compile(r"\[[^\[\]]{0,100}\]|\([^()]{0,100}\)")
_PROSE: Final = re.compile(r"[A-Za-z]{3,}$")
_TYPE: Final = re.compile(r"(?:[A-Z]\w{0,60}::[A-Z]\w{0,60}|\b[A-Z]\w{0,60}(?:Error|Exception)): {1,2}$")
"""An error's type, whose message begins with a level of the database's."""
_CALENDAR: Final = re.compile(
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun|UTC|GMT|C?ES?T|PST|stdout|stderr)$"
)
_NEXT: Final = re.compile(r"\] \[(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL)\]")
_STAMP: Final = re.compile(r"[^A-Za-z]*(?:T[\d:.,+-]*Z?)?[^A-Za-z]*$")
_SEPARATORS: Final = frozenset({"-", "--", "|", ":", ">", "::"})


class Level(NamedTuple):
    """`grave`: an error; `mute`: nothing that failed, such as INFO. The message begins at `end`."""

    grave: bool
    mute: bool
    end: int


def level_of(line: str) -> Level | None:
    """The level of a log line as it was written; None when it names none."""
    text = line[:_SEARCHED]
    if '"' in text and "{" in text and (found := _JSON.search(line[:4_000])) is not None and line.lstrip()[:1] == "{":
        return _of_number(int(found["number"])) if found["number"] else _named(found["name"].lower(), 0)
    lettered = _KUBERNETES.match(text) or _LOGCAT.match(text) or _EXCLAIMED.match(text)
    if lettered:
        return Level(lettered["letter"] in "EF", lettered["letter"] in "IDV", lettered.end())
    for word in _WORD.finditer(text):
        name = next(filter(None, word.groups()))
        before = text[: word.start()]
        if _TYPE.search(before) or not (_is_stamp(before) if word["lower"] else _is_prefix(before)):
            return None
        if _NEXT.match(text, word.end()) and before.endswith("["):
            continue  # a build's tool shows what another one said: that one's level stands behind its own
        if name.lower() in GRAVE | _MUTE or name.lower().startswith(("warn", "wrn")):
            return _named(name.lower(), word.end())
    return None


def _named(name: str, end: int) -> Level:
    return Level(name in GRAVE, name in _MUTE, end)


def _of_number(number: int) -> Level:
    """The numbers of Bunyan and Pino (50 is an error), and of Monolog (400)."""
    return Level(50 <= number <= 60 or number >= 400, number < 40 or 100 <= number < 300, 0)


def _is_stamp(text: str) -> bool:
    """Whether only a time and brackets stand there: `cart.c:42: error:` is a compiler's sentence, which begins before."""
    return _STAMP.match(_GROUP.sub(" ", text)) is not None


def _is_prefix(text: str) -> bool:
    """Whether times, names and brackets stand there, and no prose: `GET /cart returned ERROR` names no level."""
    words = _GROUP.sub(" ", text).split()
    if len(words) > 12:
        return False
    prose = 0
    for at, word in enumerate(words):
        named = at + 1 < len(words) and words[at + 1] in _SEPARATORS
        if _PROSE.match(word) and not _CALENDAR.match(word) and not named:
            prose += 1
    return prose <= 1
