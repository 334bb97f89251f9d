"""Pull requests, reviewers and tickets of a commit, as each surface shows them; strangers wrote their text."""

import pytest

from incidents.reference import Reference
from incidents.report import Report
from service.render import markdown, terminal
from tests.service.render.reports import ATTACKS, CULPRIT, LIKELY

PULL = Reference(kind="pull request", text="#12", url="https://github.com/acme/shop/pull/12")
KNOWN = (PULL, Reference(kind="reviewer", text="Ben Cho"), Reference(kind="ticket", text="SHOP-7"))


def report(*references: Reference, url: str | None = None) -> Report:
    row = CULPRIT.model_copy(update={"references": references, "url": url})
    return LIKELY.model_copy(update={"commits": (row,)})


def test_a_terminal_shows_them_below_the_commit_and_one_whole_address() -> None:
    lines = [line.strip() for line in terminal.render(report(*KNOWN), width=60).splitlines()]
    at = lines.index("#12 · reviewed by Ben Cho · SHOP-7")
    assert lines[at + 1] == "https://github.com/acme/shop/pull/12"


def test_markdown_links_the_commit_and_what_has_a_page() -> None:
    text = markdown.render(report(*KNOWN, url="https://github.com/acme/shop/commit/3f9a1c2d"))
    assert "| [`3f9a1c2d0`](<https://github.com/acme/shop/commit/3f9a1c2d>) |" in text
    assert "[\\#\u200b12](<https://github.com/acme/shop/pull/12>) · reviewed by Ben Cho · SHOP-7 |" in text


@pytest.mark.parametrize("attack", ATTACKS)
def test_their_text_forms_no_markup_and_no_address_of_its_own(attack: str) -> None:
    hostile = (Reference(kind="ticket", text=attack[:100], url="javascript:alert(1)>"),)
    plain, marked = terminal.render(report(*hostile)), markdown.render(report(*hostile))
    assert "\x1b" not in plain + marked
    assert "javascript:alert(1)>" not in plain + marked
    assert "](<" not in marked
    (row,) = [line for line in marked.splitlines() if line.startswith("| `")]
    assert row.replace("\\|", "").count("|") == 6
