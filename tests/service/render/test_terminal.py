import re

from hypothesis import given
from hypothesis import strategies as st

from incidents.report import Report
from service.render import markdown, slack, terminal
from tests.service.render.reports import LIKELY, NONE, hostile_reports


def test_the_message_is_read_from_verdict_to_small_print() -> None:
    text = terminal.render(LIKELY)
    order = [
        "Likely cause found",
        "Around 10:02:00 UTC we got 1,280 of the following error:",
        "Call to a member function total() on null",
        "▁▁▁▁▂▇█▇▆█ 0 → 51 a minute, a new error",
        "3f9a1c2d",
        "High confidence",
        "Why",
        "1 of 14 commits worth a look",
        "deployed 4 min before, at 09:58:02, by Ben",
        "Reverts cleanly",
        "$ redtide revert inc-142",
        "Revert it, then watch",
        "Not seen",
        "inc-142 · 1,280 errors since 2025-11-18 10:02 UTC · agents on llama-3.1-70b · 2.1 s",
    ]
    places = [text.index(part) for part in order]

    assert places == sorted(places)


def test_without_colour_there_is_no_escape_and_with_colour_the_same_words() -> None:
    plain, painted = terminal.render(LIKELY), terminal.render(LIKELY, color=True)

    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == plain


@given(hostile_reports(), st.integers(40, 160))
def test_no_escape_of_a_stranger_reaches_the_terminal_and_lines_fit(report: Report, width: int) -> None:
    text = terminal.render(report, width=width)

    assert "\x1b" not in text
    assert "\u202e" not in text
    assert all(
        len(line) <= width
        for line in text.splitlines()
        if not line.startswith("  $ ") and line != report.headline[:100]
    )


def test_every_surface_tells_the_same_verdict() -> None:
    for report in (LIKELY, NONE):
        surfaces = (terminal.render(report, width=200), markdown.render(report), str(slack.blocks(report)))
        for surface in surfaces:
            assert report.headline in surface
            assert report.verdict_line.split('"')[0].strip() in surface
            assert f"{report.confidence.word.capitalize()} confidence" in surface
