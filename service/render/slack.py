"""The report as a Slack Block Kit message: verdict first, at most ten blocks, about 900 visible characters.

Limits: 50 blocks, header 150 and section 3,000 characters (Slack's Block Kit reference). Text objects are `verbatim`,
so that no name, channel or address written by a stranger becomes a mention or a link.
"""

from typing import Any

from incidents.report import Report, ReportedCommit
from service.render import sanitize as neutral
from service.render import wording

VISIBLE_BUDGET = 900
_LONGEST_COMMAND = 160
_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", "`": "'", "*": "\u2217", "~": "\u223c", "@": "@\u200b"}
)


def blocks(report: Report) -> dict[str, Any]:
    """The message as `{"text": fallback, "blocks": [...]}`, ready for `chat.postMessage`."""
    short = fitted(report)
    body = [
        _section(f"*{_text(short.verdict_line)}*\n{_text(wording.confidence(short), 200)}"),
        _section(_log(short)),
        _section(_reasons(short)),
        _section(_commits(short, wording.kept(report))),
        _section(_ending(short)),
        _section(f"```{_text(short.command or '')}```") if short.command else None,
        _context(short),
    ]
    return {
        "text": _text(f"{short.headline}: {short.verdict_line}", 300),
        "blocks": [_header(short), *(block for block in body if block is not None)],
    }


def fitted(report: Report) -> Report:
    """The report cut to the visible budget: long texts are clipped, then the least important rows left out."""
    short = report.model_copy(
        update={
            "headline": neutral.line(report.headline, 100),
            "verdict_line": neutral.line(report.verdict_line, 180),
            "why": tuple(neutral.line(reason, 120) for reason in report.why),
            "commits": tuple(_clipped(commit, report.verdict_line) for commit in report.commits),
            "revert": neutral.line(report.revert, 120),
            "command": _whole(report.command),
            "next_step": neutral.line(report.next_step, 140),
            "began": neutral.line(report.began, 120),
            "rate": neutral.line(report.rate, 140),
            "sparkline": neutral.line(report.sparkline, 32),
            "error": neutral.line(report.error, 120) if report.began else "",
            "missing": tuple(neutral.line(text, 90) for text in report.missing[:1]),
        }
    )
    cuts = (
        ("missing", 0),
        ("sparkline", 0),
        ("commits", 2),
        ("why", 2),
        ("commits", 1),
        ("why", 1),
        ("dropped", 0),
        ("rate", 0),
        ("error", 0),
        ("began", 0),
    )
    for field, keep in cuts:
        if _visible(short) > VISIBLE_BUDGET:
            items = getattr(short, field)
            short = short.model_copy(update={field: {} if field == "dropped" else items[:keep]})
    return short


def _whole(command: str | None) -> str | None:
    """The command, or nothing: one that was cut would be worse than none."""
    shown = neutral.line(command or "", 2 * _LONGEST_COMMAND)
    return shown if 0 < len(shown) <= _LONGEST_COMMAND else None


def _visible(report: Report) -> int:
    """About how many characters a reader sees."""
    rows = (f"{wording.short(row.sha)} {row.subject} {row.tag} {row.deployed}" for row in report.commits)
    single = (report.headline, report.verdict_line, report.revert, report.command or "", report.next_step)
    small = (wording.confidence(report)[:200], wording.kept(report), wording.dropped(report)[:200])
    log = (*wording.log(report), report.error if report.began else "")
    return sum(map(len, (*single, *log, *report.why, *rows, *small, *report.missing, *wording.context(report))))


def _clipped(commit: ReportedCommit, verdict_line: str) -> ReportedCommit:
    """Short, and without what the verdict's line tells anyway."""
    cut = {"subject": neutral.line(commit.subject, 60), "tag": neutral.line(commit.tag, 40)}
    deployed = "" if commit.deployed in verdict_line else neutral.line(commit.deployed, 60)
    return commit.model_copy(update={**cut, "deployed": deployed})


def _log(report: Report) -> str:
    """When it began (linked to the log), the error, how often it comes."""
    if not report.began:
        return ""
    address = neutral.web_address(report.log_url)
    link = f" (<{address.replace('&', '&amp;')}|log>)" if address else ""
    rate = wording.log(report)[1:]
    return "\n".join([f"{_text(report.began)}{link}:", f"`{_text(report.error)}`", *(_text(each) for each in rate)])


def _reasons(report: Report) -> str:
    return "\n".join(f"• {_text(reason)}" for reason in report.why)


def _commits(report: Report, kept: str) -> str:
    """`kept` counts all that are worth a look, also those for which there is no room."""
    if not report.considered:
        return ""
    rows = [_row(commit) for commit in report.commits]
    others = wording.dropped(report)
    return "\n".join([f"{kept}:" if rows else kept, *rows, *_lines(others)])


def _row(commit: ReportedCommit) -> str:
    told = "".join(f" · {_text(each)}" for each in (commit.tag, commit.deployed) if each)
    return f"`{_text(wording.short(commit.sha))}` {_text(commit.subject)}{told}"


def _ending(report: Report) -> str:
    missing = (f"Not seen: {text}" for text in report.missing)
    return "\n".join(_text(text) for text in (report.revert, report.next_step, *missing) if text)


def _lines(text: str) -> list[str]:
    return [_text(text, 200)] if text else []


def _text(text: str, limit: int = 300) -> str:
    return neutral.line(text, limit).translate(_ESCAPES)


def _header(report: Report) -> dict[str, Any]:
    plain = neutral.line(report.headline, 150) or "Red Tide"
    return {"type": "header", "text": {"type": "plain_text", "text": plain, "emoji": False}}


def _section(text: str) -> dict[str, Any] | None:
    if not text.strip("* \n"):
        return None
    return {"type": "section", "text": {"type": "mrkdwn", "text": neutral.clip(text, 3000), "verbatim": True}}


def _context(report: Report) -> dict[str, Any]:
    parts = [_text(part, 80) for part in wording.context(report)]
    address = neutral.web_address(report.alert_url)
    if address is not None:
        parts.insert(0, f"<{address.replace('&', '&amp;')}|alert>")
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": " · ".join(parts), "verbatim": True}]}
