from hypothesis import given
from markdown_it import MarkdownIt
from markdown_it.token import Token

from incidents.report import Report
from service.render import markdown
from tests.service.render.reports import ATTACKS, LIKELY, NONE, TEXTS, hostile_reports

PARSER = MarkdownIt("commonmark", {"html": True}).enable("table")


def _tokens(text: str) -> list[Token]:
    return [child for token in PARSER.parse(text) for child in [token, *(token.children or [])]]


def test_the_report_tells_verdict_reasons_commits_and_command() -> None:
    text = markdown.render(LIKELY)

    assert text.startswith("## Likely cause found · checkout · production\n")
    assert "High confidence: line in trace; 2 of 2 agents" in text
    assert (
        "| `3f9a1c2d0` | 91% | cart: drop null guard | Ana Ruiz | wrote the failing line · deployed 4 min before, at 09:58:02, by Ben |"
        in text
    )
    assert "```sh\nredtide revert inc-142\n```" in text
    assert "- Not seen: The function of line 17 could not be parsed" in text


def test_none_of_these_reads_as_a_full_answer() -> None:
    text = markdown.render(NONE)

    assert "None of the 14 commits deployed did this" in text
    assert "0 of 14 commits worth a look (9 × tests or docs · 5 × no file of the trace)" in text
    assert "```" not in text


@given(TEXTS)
def test_escaped_text_parses_as_one_paragraph_of_plain_text(text: str) -> None:
    escaped = markdown.escape(text, 200)
    kinds = {token.type for token in _tokens(escaped)}

    assert kinds <= {"paragraph_open", "inline", "text", "text_special", "paragraph_close"}


@given(hostile_reports())
def test_no_text_of_a_stranger_forms_markup(report: Report) -> None:
    tokens = _tokens(markdown.render(report))
    kinds = {token.type for token in tokens}
    links = [token.attrs["href"] for token in tokens if token.type == "link_open"]

    assert not kinds & {
        "html_block",
        "html_inline",
        "image",
        "blockquote_open",
        "ordered_list_open",
        "code_block",
        "hr",
    }
    assert sum(token.type == "heading_open" for token in tokens) <= 1
    assert len(links) <= 1
    assert not any("@" in token.content.replace("@\u200b", "") for token in tokens if token.type == "text")


def test_a_name_of_a_commit_that_ends_a_table_cell_stays_in_its_code_span() -> None:
    odd = LIKELY.commits[0].model_copy(update={"sha": "@|"})
    tokens = _tokens(markdown.render(LIKELY.model_copy(update={"commits": (odd,)})))

    assert next(token.content for token in tokens if token.type == "code_inline") == "@|"
    assert not any("@|" in token.content for token in tokens if token.type == "text")


def test_mentions_issue_numbers_and_addresses_are_broken_up() -> None:
    escaped = markdown.escape("@everyone see #12 and https://evil.example or www.evil.example", 200)

    for live in ("@everyone", "#12", "https://evil", "www.evil"):
        assert live not in escaped


def test_every_attack_renders() -> None:
    for attack in ATTACKS:
        assert markdown.render(LIKELY.model_copy(update={"verdict_line": attack, "error": attack}))
