"""The sentences every surface shares, as plain text: escaping is left to the surface."""

from datetime import UTC, timedelta

from incidents.reference import Reference
from incidents.report import Report
from incidents.verdict import Outcome
from service.render import sanitize as neutral

_SURE: dict[Outcome, str] = {"unsure": "No answer is likely enough", "not_enough": "What was seen"}
"""What stands in place of a confidence where nothing is stated."""


def short(sha: str) -> str:
    """The sha as people quote it."""
    return neutral.line(sha, 64)[:9]


def confidence(report: Report) -> str:
    """How sure, in a word, and on which checkable facts: the first two that are not told as reasons anyway.

    Once a person has judged the verdict, what they said counts. What the owner's command showed comes first.
    """
    return f"{report.confirmation} {_confidence(report)}".strip()


def _confidence(report: Report) -> str:
    if report.feedback:
        return report.feedback
    told = "\n".join(map(_bare, report.why))
    facts = [fact for fact in report.confidence.basis if _bare(fact) not in told]
    return _SURE.get(report.outcome, f"{report.confidence.word.capitalize()} confidence") + (
        f": {'; '.join(facts[:2])}" if facts else ""
    )


def worth_a_look(report: Report) -> str:
    """How many of the commits considered are worth a look."""
    return f"{report.considered - sum(report.dropped.values())} of {counted(report.considered, 'commit')} worth a look"


def dropped(report: Report) -> str:
    """The other commits, counted by reason, most frequent first: `9 × tests or docs · 3 × style only`."""
    by_count = sorted(report.dropped.items(), key=lambda item: (-item[1], item[0]))
    shown = [f"{count} × {neutral.line(reason, 60)}" for reason, count in by_count[:4]]
    rest = sum(count for _, count in by_count[4:])
    return " · ".join([*shown, f"{rest} × other reasons"] if rest else shown)


def log(report: Report) -> tuple[str, ...]:
    """When it began and how often it comes, as the log tells it; empty without a log."""
    spark = f"{report.sparkline}  " if report.sparkline else ""
    rate = f"{spark}{report.rate}".strip()
    return tuple(line for line in (f"{report.began}:" if report.began else "", rate) if line)


def _bare(sentence: str) -> str:
    return sentence.rstrip(" .").casefold()


def reference(each: Reference) -> str:
    """A review, pull request or ticket by its number; a reviewer by name."""
    text = neutral.line(each.text, 60)
    return f"reviewed by {text}" if each.kind == "reviewer" else text


def span(time: timedelta) -> str:
    """A span of time as people say it, in one unit: `50 s`, `12 min`, `3 h`, `5 days`."""
    seconds = max(int(time.total_seconds()), 0)
    for unit, size, least in (("days", 86_400, 172_800), ("h", 3_600, 7_200), ("min", 60, 120)):
        if seconds >= least:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def mode(report: Report) -> str:
    """Who looked at it."""
    if report.mode == "evidence":
        return "evidence only, no language model"
    return f"agents on {report.model}" if report.model else "agents"


def counted(number: int, noun: str) -> str:
    """Return `1 error`, `1,204 errors`: for nouns whose plural is written with an s."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def context(report: Report, *, dated: bool = False) -> tuple[str, ...]:
    """The small print: incident, how many errors since when, who looked, how long it took. `dated`: with the day, which no
    time beside the message tells there."""
    errors = counted(report.count, "error") if report.count else ""  # a text in which no error was found
    if errors and report.first_seen is not None:
        errors += f" since {report.first_seen.astimezone(UTC):{'%Y-%m-%d %H:%M' if dated else '%H:%M'}} UTC"
    return tuple(part for part in (report.incident, errors, mode(report), f"{report.seconds:.1f} s") if part)
