"""One row of a Python traceback, what stands right above the first and what is quoted below one."""

import re
from collections.abc import Sequence

from tools.traces.announced import announced
from tools.traces.candidates import Draft
from tools.traces.languages import elixir, ruby
from tools.traces.messages.ends import leaves_out
from tools.traces.messages.records import begins_record
from tools.traces.messages.titles import titles_stack
from tools.traces.places.locations import LANGUAGES
from tools.traces.unwrap.lines import Log

MOST_OF_HEADER = 8

FRAME = re.compile(r'(\s*)(?:> )?File "([^"]{1,1000})",? line (\d{1,9})(?:,? in(?: |(?=<))(.{1,300}))?$')
RAISED = re.compile(r"((?:[A-Za-z_]\w*|<locals>)(?:\.(?:\w+|<locals>))*)(?:: ?(.*))?$")
_LABEL = re.compile(r"\s*(?:[Dd]etails:|\d{1,4}|\.{3} \d{1,4} non-project frames)\s*$")
STATEMENTS = frozenset({"raise", "return", "pass", "break", "continue", "yield", "await", "else", "try", "finally"})


def labels_rows(line: str) -> bool:
    """Whether a line only stands above rows, counts them or stands for some that were left out."""
    return titles_stack(line) or _LABEL.match(line) is not None or leaves_out(line)


def language_of_rows(drafts: Sequence[Draft]) -> str:
    """Trackers print frames of other languages in Python's way."""
    path = next((frame.path for draft in drafts for frame in draft.frames), "")
    return LANGUAGES.get(path.rpartition(".")[2], "python")


def named(path: str, text: str) -> tuple[str | None, str | None]:
    """Function and class of what a row names, as the language of its file writes it."""
    language = LANGUAGES.get(path.rpartition(".")[2], "python")
    if language == "python":
        return text.partition("  ")[0], None  # the code of the row may stand behind it
    if language == "ruby":
        return ruby.named(text)
    function, owner = elixir.named(text) if language == "elixir" else (text.rpartition(".")[2], text.rpartition(".")[0])
    return function or text, owner or None


def whole_header(log: Log, index: int) -> str:
    """The lines right above the first row that announce an error, when it takes several; else "" """
    index -= bool(index and not log.lines[index - 1].strip())
    for at in range(index - 1, max(index - MOST_OF_HEADER, -1), -1):
        if not log.lines[at].strip() or begins_record(log.lines[at]):
            return ""
        said = announced(log.lines[at])
        if said is not None and not said.start:
            return "\n".join(line for line in log.lines[at:index] if not labels_rows(line))
    return ""


def beside(log: Log, index: int, indent: int) -> bool:
    """Whether the line that a row quotes begins in the column of the row: the text lost the difference."""
    below = log.lines[index + 1 : index + 3]
    code = len(below) > 1 and len(below[0]) - len(below[0].lstrip()) == indent and FRAME.match(below[0]) is None
    return code and FRAME.match(below[1]) is not None


def frames_follow(log: Log, index: int) -> bool:
    """Whether rows stand below, with nothing but a message and blank lines between."""
    below = log.lines[index + 1 : index + MOST_OF_HEADER]
    return any(FRAME.match(line) for line in below) and not any(map(begins_record, below))


def quoted(log: Log, index: int) -> bool:
    """Whether a line of a text without indentation is source: another row follows, or it is no exception."""
    text = log.lines[index].strip()
    below = log.lines[index + 1] if index + 1 < len(log.lines) else ""
    raised = RAISED.match(text)
    return bool(FRAME.match(below)) or raised is None or raised[1] in STATEMENTS
