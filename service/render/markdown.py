"""The report as GitHub-flavoured Markdown, for a pull request, an issue or a page."""

import re

from incidents.reference import Reference
from incidents.report import Report, ReportedCommit
from incidents.verdict import percent
from service.render import sanitize as neutral
from service.render import wording

_SPECIAL = re.compile(r"[\\`*_\[\]<>#|~&$]")
# Mentions, issue numbers and bare addresses are linked after parsing, whatever is escaped: only a break stops them.
_LINKED = re.compile(r"@|://|(?<=[wW]{3})\.|\\#(?=\d)|(?<=[gG][hH])-(?=\d)")
_BREAK = "\u200b"
# A list, a rule or a heading begins with one of these at the start of a line.
_OPENING = re.compile(r"^(\d{1,9})([.)])(?=\s|$)|^([-+=])")


def render(report: Report) -> str:
    """The whole report, ending in a newline. Text of strangers cannot form a link, a mention or markup."""
    parts = [
        f"## {escape(report.headline, 100)}",
        f"**{escape(report.verdict_line, 400) or report.outcome}**  \n{escape(wording.confidence(report), 400)}",
        _log(report),
        escape(report.error, 400),
        escape(" ".join(wording.log(report)[1:]), 400),
        "\n".join(f"- {escape(reason, 400)}" for reason in report.why),
        _commits(report),
        escape(report.revert, 400),
        f"```sh\n{_code(report.command)}\n```" if report.command else "",
        escape(report.next_step, 400),
        "\n".join(f"- Not seen: {escape(text, 300)}" for text in report.missing),
        _context(report),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def escape(text: str, limit: int) -> str:
    """One line of plain text as Markdown that shows exactly that text."""
    escaped = _SPECIAL.sub(r"\\\g<0>", neutral.line(text, limit))
    escaped = _OPENING.sub(r"\1\\\2\3", escaped)
    return _LINKED.sub(lambda match: match.group() + _BREAK, escaped)


def _log(report: Report) -> str:
    """When it began, with the address that shows it."""
    began = escape(report.began, 300)
    address = neutral.web_address(report.log_url)
    return f"{began} (<{address}>):" if began and address else f"{began}:" if began else ""


def _commits(report: Report) -> str:
    if not report.considered:
        return ""
    table = ["| commit | probability | subject | author | |", "| --- | ---: | --- | --- | --- |"]
    rows = [_row(commit) for commit in report.commits]
    others = wording.dropped(report)
    return "\n".join(
        [
            f"{wording.worth_a_look(report)}" + (f" ({escape(others, 300)})" if others else ""),
            *(["", *table, *rows] if rows else []),
        ]
    )


def _row(commit: ReportedCommit) -> str:
    why = " · ".join(filter(None, (commit.tag, commit.deployed)))
    known = " · ".join(
        [escape(why, 160), *map(_reference, commit.references)] if why else map(_reference, commit.references)
    )
    cells = (escape(commit.subject, 100), escape(commit.author, 60), known)
    sha = _code(wording.short(commit.sha)).replace("|", "\\|")  # a table ends a cell there even inside a code span
    return f"| {_link(f'`{sha}`', commit.url)} | {percent(commit.probability)} | {' | '.join(cells)} |"


def _reference(each: Reference) -> str:
    return _link(escape(wording.reference(each), 80), each.url)


def _link(text: str, url: str | None) -> str:
    """Linked text, or the text alone where the address is none."""
    address = neutral.web_address(url)
    return f"[{text}](<{address}>)" if address else text


def _code(text: str) -> str:
    return neutral.line(text, 400).replace("`", "'")


def _context(report: Report) -> str:
    parts = [escape(part, 120) for part in wording.context(report)]
    address = neutral.web_address(report.alert_url)
    return " · ".join([f"<{address}>", *parts] if address else parts)
