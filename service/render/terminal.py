"""The report as terminal text: colours are optional, nothing else depends on them."""

from collections.abc import Iterator

from incidents.report import Report, ReportedCommit
from incidents.verdict import Outcome, percent
from service.render import sanitize as neutral
from service.render import wording
from service.render.wrapping import wrapped

_CODES = {"bold": "1", "dim": "2", "red": "1;31", "green": "1;32", "yellow": "1;33"}
_OUTCOME_COLOUR: dict[Outcome, str] = {"culprit": "red", "unsure": "yellow", "none": "green", "not_enough": "yellow"}


def render(report: Report, color: bool = False, width: int = 100) -> str:
    """The whole report, wrapped at `width` columns (at least 40), ending in a newline."""
    return "\n".join(_lines(report, color, max(width, 40))) + "\n"


def _lines(report: Report, color: bool, width: int) -> Iterator[str]:
    yield _paint(neutral.line(report.headline, 100), _OUTCOME_COLOUR[report.outcome], color)
    began, *rate = wording.log(report) or ("",)
    yield from _wrapped(began, width)
    if report.error:
        yield from _wrapped(report.error, width, limit=300)
    yield from (row for text in rate for row in _wrapped(text, width))
    yield ""
    yield from (_paint(text, "bold", color) for text in _wrapped(report.verdict_line, width))
    yield from _wrapped(wording.confidence(report), width)
    yield from _part("Why", [row for reason in report.why for row in _bullet(reason, width)], color)
    yield from _part(wording.worth_a_look(report) if report.considered else "", _commits(report, width), color)
    yield from _part("Revert", _revert(report, width), color)
    yield from _part("Next", list(_wrapped(report.next_step, width)) if report.next_step else [], color)
    yield from _part("Not seen", [row for text in report.missing for row in _bullet(text, width)], color)
    yield ""
    yield from (_paint(text, "dim", color) for text in _wrapped(" · ".join(_context(report)), width, indent=""))


def _part(title: str, rows: list[str], color: bool) -> Iterator[str]:
    if title and rows:
        yield from ("", _paint(title, "bold", color), *rows)


def _commits(report: Report, width: int) -> list[str]:
    rows = [line for commit in report.commits for line in _row(commit, width)]
    others = wording.dropped(report)
    return [*rows, *(_wrapped(f"others: {others}", width) if others else [])] or ["  none"]


def _row(commit: ReportedCommit, width: int) -> list[str]:
    """The commit, and below it why it is listed."""
    room = max(width - 20, 20)
    text = f"{neutral.line(commit.subject, 72)} · {neutral.line(commit.author, 40)}"
    row = f"  {percent(commit.probability):>4}  {wording.short(commit.sha):<9}  {neutral.clip(text, room)}"
    known = " · ".join(map(wording.reference, commit.references))
    below = [neutral.line(text, room) for text in (commit.tag, commit.deployed, known) if text]
    links = (neutral.web_address(each.url) for each in commit.references)  # never cut: the first that leads somewhere
    return [row, *(f"{'':19}{text}" for text in (*below, *[link for link in links if link][:1]))]


def _revert(report: Report, width: int) -> list[str]:
    rows = list(_wrapped(report.revert, width)) if report.revert else []
    # Never wrapped: a command must survive copying.
    return [*rows, f"  $ {neutral.line(report.command, 400)}"] if report.command else rows


def _context(report: Report) -> list[str]:
    address = neutral.web_address(report.alert_url)
    log = neutral.web_address(report.log_url)
    return [*wording.context(report, dated=True), *dict.fromkeys(each for each in (address, log) if each)]


def _bullet(text: str, width: int) -> list[str]:
    return wrapped(neutral.line(text, 400), width, "  • ", "    ")


def _wrapped(text: str, width: int, indent: str = "  ", limit: int = 500) -> list[str]:
    return wrapped(neutral.line(text, limit), width, indent, indent)


def _paint(text: str, style: str, color: bool) -> str:
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if color else text
