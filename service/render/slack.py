"""The report as a Slack Block Kit message: verdict first, at most ten blocks, about 900 visible characters."""

from collections.abc import Callable
from typing import Any

from incidents.report import Report, ReportedCommit
from service.render import sanitize as neutral
from service.render import wording
from service.render.slack_text import Block, context, header, link, section, text

VISIBLE_BUDGET = 900
_LONGEST_COMMAND = 160
_REFERENCES = 3
Address = Callable[[str], str | None]
"""The web page of a commit, by its sha."""


def blocks(report: Report) -> dict[str, Any]:
    """The message as `{"text": fallback, "blocks": [...]}`, ready for `chat.postMessage`."""
    body = verdict_blocks(report)
    return {
        "text": fallback(report),
        "blocks": [header(neutral.line(report.headline, 100)), *body],
    }


def fallback(report: Report) -> str:
    """What a notification shows, and what is sent when the blocks are refused."""
    return text(f"{neutral.line(report.headline, 100)}: {neutral.line(report.verdict_line, 180)}", 300)


def verdict_blocks(report: Report, address: Address = lambda sha: None) -> list[Block]:
    """The blocks of the verdict, below the header."""
    short = fitted(report)
    found = [
        section("\n".join(filter(None, (*_verdict(short, report, address), text(_confidence(short, report), 200))))),
        section(_log(short)),
        section(_reasons(short)),
        section(_commits(short, report, address)),
        section(_ending(short)),
        section(f"```{text(short.command or '')}```") if short.command else None,
        context(_small_print(short)),
    ]
    return [block for block in found if block is not None]


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
            "next_step": neutral.line(report.next_step, 220),
            "began": neutral.line(report.began, 120),
            "rate": neutral.line(report.rate, 140),
            "sparkline": neutral.line(report.sparkline, 32),
            "error": neutral.line(report.error, 120),
            "missing": tuple(neutral.line(text, 90) for text in report.missing[:1]),
        }
    )
    if _visible(short) > VISIBLE_BUDGET:
        short = short.model_copy(update={"commits": _not_named(short)})  # the verdict's line names the culprit already
    if _visible(short) > VISIBLE_BUDGET:
        bare = (row.model_copy(update={"references": ()}) for row in short.commits)
        short = short.model_copy(update={"commits": tuple(bare)})
    cuts = (
        ("missing", 0),
        ("sparkline", 0),
        ("commits", 2),
        ("why", 2),
        ("commits", 1),
        ("why", 1),
        ("dropped", 0),
        ("rate", 0),
        ("began", 0),
    )
    for field, keep in cuts:
        if _visible(short) > VISIBLE_BUDGET:
            items = getattr(short, field)
            short = short.model_copy(update={field: {} if field == "dropped" else items[:keep]})
    return short


def _not_named(report: Report) -> tuple[ReportedCommit, ...]:
    """The rows of commits that the verdict's line does not name."""
    return tuple(row for row in report.commits if wording.short(row.sha) not in report.verdict_line)


def _confidence(short: Report, whole: Report) -> str:
    """How sure, without the facts that are reasons, also those for which there is no room."""
    return wording.confidence(short.model_copy(update={"why": whole.why}))


def _whole(command: str | None) -> str | None:
    """The command, or nothing: one that was cut would be worse than none."""
    shown = neutral.line(command or "", 2 * _LONGEST_COMMAND)
    return shown if 0 < len(shown) <= _LONGEST_COMMAND else None


def _visible(report: Report) -> int:
    """About how many characters a reader sees."""
    known = {row.sha: "".join(map(wording.reference, row.references)) for row in report.commits}
    rows = (
        f"{wording.short(row.sha)} {row.subject} {row.tag} {row.deployed} {known[row.sha]}" for row in report.commits
    )
    single = (report.headline, report.verdict_line, report.revert, report.command or "", report.next_step)
    small = (wording.confidence(report)[:200], wording.worth_a_look(report), wording.dropped(report)[:200])
    log = (*wording.log(report), report.error)
    return sum(map(len, (*single, *log, *report.why, *rows, *small, *report.missing, *wording.context(report))))


def _clipped(commit: ReportedCommit, verdict_line: str) -> ReportedCommit:
    """Short, and without what the verdict's line tells anyway."""
    cut = {"subject": neutral.line(commit.subject, 60), "tag": neutral.line(commit.tag, 40)}
    deployed = "" if commit.deployed in verdict_line else neutral.line(commit.deployed, 60)
    return commit.model_copy(update={**cut, "deployed": deployed, "references": commit.references[:_REFERENCES]})


def _verdict(short: Report, whole: Report, address: Address) -> list[str]:
    """The verdict's line with its commit linked, and below it what that commit refers to."""
    row = next((each for each in whole.commits if short.verdict_line.startswith(wording.short(each.sha))), None)
    if row is None or not row.sha:
        return [f"*{text(short.verdict_line)}*"]
    sha = wording.short(row.sha)
    linked = link(address(row.sha), f"`{text(sha)}`")
    rest = text(short.verdict_line.removeprefix(sha))
    return [f"*{linked} {rest}*" if rest else f"*{linked}*", _known(row)]


def _known(row: ReportedCommit) -> str:
    """Its pull request, reviewers and tickets, linked where their page is known."""
    shown = row.references[:_REFERENCES]
    return " · ".join(link(neutral.web_address(each.url), text(wording.reference(each), 60)) for each in shown)


def _log(report: Report) -> str:
    """When it began (linked to the log), the error, how often it comes."""
    address = neutral.web_address(report.log_url)
    shown = f" ({link(address, 'log')})" if address else ""
    began = f"{text(report.began)}{shown}:" if report.began else ""
    error = f"`{text(report.error)}`" if report.error else ""
    rate = wording.log(report)[1:] if report.began else ()
    return "\n".join(line for line in (began, error, *(text(each) for each in rate)) if line)


def _reasons(report: Report) -> str:
    return "\n".join(f"• {text(reason)}" for reason in report.why)


def _commits(short: Report, whole: Report, address: Address) -> str:
    """The rows there is room for; the counts are those of the whole report."""
    if not whole.considered:
        return ""
    hidden = len(_not_named(whole)) - len(_not_named(short))
    kept = wording.worth_a_look(whole) + (f", {len(short.commits)} shown" if hidden else "")
    named = {each.sha for each in whole.commits} - {each.sha for each in _not_named(whole)}
    rows = [_row(commit, address, known=commit.sha not in named) for commit in short.commits]
    ruled_out = sum(whole.dropped.values())
    others = wording.dropped(short) or (f"{ruled_out} others" if ruled_out else "")
    return "\n".join([f"{kept}:" if rows else kept, *rows, *([text(others, 200)] if others else [])])


def _row(commit: ReportedCommit, address: Address, *, known: bool) -> str:
    """One commit; `known`: with what it refers to."""
    why = "".join(f" · {text(each)}" for each in (commit.tag, commit.deployed) if each)
    refers = f" · {_known(commit)}" if known and commit.references else ""
    sha = link(address(commit.sha), f"`{text(wording.short(commit.sha))}`")
    return f"{sha} {text(commit.subject)}{why}{refers}"


def _ending(report: Report) -> str:
    missing = (f"Not seen: {each}" for each in report.missing)
    return "\n".join(text(each) for each in (report.revert, report.next_step, *missing) if each)


def _small_print(report: Report) -> str:
    parts = [text(part, 80) for part in wording.context(report)]
    address = neutral.web_address(report.alert_url)
    return " · ".join([link(address, "alert"), *parts] if address else parts)
