"""What Gradle says of a build that failed without a trace: the paragraph below `* What went wrong:`."""

from itertools import takewhile
from typing import Final

from tools.traces.announced import quoted_above
from tools.traces.candidates import Draft, Found
from tools.traces.messages.ends import MAX_MESSAGE_LINES
from tools.traces.unwrap.lines import Log

CUES: Final = ("* What went wrong:",)

_OPENS: Final = "* "  # the next section


def find(log: Log) -> list[Found]:
    """Each such paragraph; a line behind `>` is the cause of the one above."""
    found: list[Found] = []
    for at, line in enumerate(log.lines):
        if line.strip() != CUES[0] or quoted_above(log.lines, at):
            continue
        below = (said.strip().removeprefix("> ") for said in log.lines[at + 1 : at + 1 + MAX_MESSAGE_LINES])
        said = list(takewhile(lambda text: text and not text.startswith(_OPENS), below))
        if said:
            found.append(Found("java", (Draft(None, "\n".join(said)).failure(),), at))
    return found
