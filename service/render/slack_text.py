"""Text objects and blocks of Slack's Block Kit, escaped and within its limits.

They are `verbatim`, so that no name, channel or address written by a stranger becomes a mention or a link.
Limits: header 150 characters, section 3,000 (https://docs.slack.dev/reference/block-kit/blocks).
"""

from typing import Any

from service.render import sanitize

Block = dict[str, Any]
_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", "`": "'", "*": "\u2217", "~": "\u223c", "@": "@\u200b"}
)
_SECTION = 3_000


def text(untrusted: str, limit: int = 300) -> str:
    """One line of mrkdwn that shows exactly this text."""
    return sanitize.line(untrusted, limit).translate(_ESCAPES)


def link(address: str | None, label: str) -> str:
    """A link with this label (escaped already), or the label alone."""
    return f"<{address.replace('&', '&amp;')}|{label}>" if address else label


def header(untrusted: str) -> Block:
    """A header; it is plain text."""
    plain = sanitize.line(untrusted, 150) or "Red Tide"
    return {"type": "header", "text": {"type": "plain_text", "text": plain, "emoji": False}}


def section(escaped: str) -> Block | None:
    """A section of text that is escaped already; None when there is nothing to show."""
    if not escaped.strip("* \n"):
        return None
    return {"type": "section", "text": _mrkdwn(whole_lines(escaped, _SECTION))}


def context(escaped: str) -> Block | None:
    """Small print that is escaped already; None when there is none."""
    return {"type": "context", "elements": [_mrkdwn(whole_lines(escaped, _SECTION))]} if escaped.strip() else None


def whole_lines(escaped: str, limit: int) -> str:
    """At most `limit` characters, cut between two lines: a cut inside an entity or a link would be refused."""
    if len(escaped) <= limit:
        return escaped
    lines: list[str] = []
    size = 2
    for line in escaped.splitlines():
        size += len(line) + 1
        if size > limit:
            break
        lines.append(line)
    return "\n".join([*lines, sanitize.ELLIPSIS])


def _mrkdwn(escaped: str) -> Block:
    return {"type": "mrkdwn", "text": escaped, "verbatim": True}
