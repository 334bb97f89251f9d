"""What a command prints below the report: all commits, the other errors of the log, who changed the code before."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from service.render import sanitize as neutral
from service.render.wording import short

if TYPE_CHECKING:
    from incidents.blame import Changer
    from incidents.evidence import Commit
    from incidents.verdict import Verdict
    from service.cli.trace_options import OtherError

_SHOWN_ERRORS = 9


class Section(NamedTuple):
    """A title and its rows; each row is one line of foreign text."""

    title: str
    rows: Sequence[str]


def all_commits(verdict: "Verdict", disproved: Collection[str] = ()) -> Section:
    """Every commit with its reason: the suspects, best first, then the others, newest first.

    `disproved` are those that a person said are not the cause.
    """
    said = {sha: "A person said: not the cause. " for sha in disproved}
    suspects = (_row(each.commit, said.get(each.commit.sha, "") + " ".join(each.reasons)) for each in verdict.suspects)
    dropped = (_row(each.commit, each.reason) for each in reversed(verdict.ruled_out))
    rows = [*suspects, *dropped]
    return Section(
        f"All commits ({len(rows)}): {len(verdict.suspects)} not ruled out, {len(verdict.ruled_out)} ruled out", rows
    )


def other_errors(others: Sequence["OtherError"]) -> Section:
    """`2 other errors: ...`, each with the number for `--error`."""
    rows = [f"{each.count} x {each.text} (--error {each.number})" for each in others[:_SHOWN_ERRORS]]
    more = len(others) - len(rows)
    counted = f"{len(others)} other kind{'' if len(others) == 1 else 's'} of error in the log"
    return Section(counted, [*rows, *([f"and {more} more"] if more else [])])


def changed_before(changers: Sequence["Changer"]) -> Section:
    """Commits from before the deploy that last changed what fails."""
    from service.render.blame import row

    rows = [f"{row(each)}: {each.reasons[0]}" for each in changers]
    return Section("Before this deploy, the failing code was last changed by (redtide blame lists more)", rows)


def _row(commit: "Commit", reason: str) -> str:
    return f"{short(commit.sha)}  {neutral.line(commit.subject, 72)}: {neutral.line(reason, 240)}"


def in_terminal(sections: Iterable[Section], width: int) -> str:
    """The sections as plain text."""
    return "".join(f"{line}\n" for section in sections for line in _terminal_lines(section, width))


def _terminal_lines(section: Section, width: int) -> Iterator[str]:
    from service.render.wrapping import wrapped

    yield ""
    yield neutral.line(section.title, 120)
    for row in section.rows:
        yield from wrapped(neutral.line(row, 400), max(width, 40), "  ", "    ")


def in_markdown(sections: Iterable[Section]) -> str:
    """The sections as Markdown lists."""
    from service.render.markdown import escape

    parts = [
        "\n".join([f"\n### {escape(section.title, 120)}\n", *(f"- {escape(row, 400)}" for row in section.rows)])
        for section in sections
    ]
    return "".join(f"{part}\n" for part in parts)
