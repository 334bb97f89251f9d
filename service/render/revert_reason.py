"""The reason of a revert, as the end of its commit message: the incident, the error, and why it is this commit."""

import textwrap
from collections.abc import Iterator, Sequence

from incidents.report import Report
from service.render import sanitize as neutral
from tools.text.unacted import unacted

_WIDTH = 72


def revert_reason(head: str, report: Report | None, *, reasons: Sequence[str] = (), url: str = "") -> str:
    """`head` says what the commit is to the incident. Nothing that strangers wrote is acted on by who hosts the code."""
    error = neutral.line(report.error, 300) if report else ""
    paragraphs = [
        _wrapped(head),
        textwrap.indent(_wrapped(error, _WIDTH - 4), "    ") if error else "",
        "\n".join(_wrapped(f"- {reason}", indent="  ") for reason in reasons),
        "\n".join(_trailers(report, url)),
    ]
    return "\n\n".join(filter(None, paragraphs)) + "\n"


def _trailers(report: Report | None, url: str) -> Iterator[str]:
    """The last paragraph, which `git interpret-trailers` reads. `Link:` is what the Linux kernel calls such a page."""
    if report is not None:
        yield f"Red-Tide-Incident: {report.incident}"
    if page := neutral.web_address(url):
        yield f"Link: {page}"


def _wrapped(text: str, width: int = _WIDTH, indent: str = "") -> str:
    """Wrapped words of one line; a word that is longer stays whole."""
    safe = unacted(neutral.line(text, 500))
    return textwrap.fill(safe, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
