"""A message in each of its states, within Slack's limits, whatever strangers wrote into it."""

import json
import re
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.reference import Reference
from incidents.report import Report
from incidents.revert import RevertStep, Stage
from service.render import markdown_message, text_message
from service.render.message import REVERT_STATES, Candidate, Excluded, Message, State, View, title
from service.render.slack_buttons import Choice, choice_of, value_of
from service.render.slack_html import page
from service.render.slack_message import detail, message_blocks, plain
from service.render.slack_preview import preview
from service.render.slack_views import CommitShown, commit_view, not_this_view
from service.store.judged_report import judged
from service.store.schemas import Judgement
from tests.service.notify.block_kit import check_blocks, check_mrkdwn, check_view
from tests.service.notify.parcels import MESSAGE
from tests.service.render.reports import CULPRIT, LIKELY, MOMENT, TEXTS, hostile_reports
from tests.service.store.test_judged_report import VERDICT

TOKEN = "t" * 24
STATES = [state for each in get_args(State) for state in (get_args(each) or (each,))]


def actions(message: Message) -> list[str]:
    return [each["action_id"] for each in message_blocks(message, TOKEN)["blocks"][-1]["elements"]]


def words(message: Message) -> str:
    return json.dumps(message_blocks(message, TOKEN), ensure_ascii=False)


def hostile_steps() -> st.SearchStrategy[RevertStep]:
    """A stage of a revert whose every free text was written by a stranger."""
    names = TEXTS.map(lambda text: text[:100])
    return st.builds(
        RevertStep, commit=TEXTS, stage=st.sampled_from(get_args(Stage)), actor=names, url=names, at=st.just(MOMENT)
    )


@st.composite
def hostile_messages(draw: st.DrawFn) -> Message:
    """A message whose every free text was written by a stranger."""
    return Message(
        incident="INC-k7mq2wz4ab",
        state=draw(st.sampled_from(STATES)),
        service=draw(TEXTS),
        environment=draw(TEXTS),
        opened_at=MOMENT,
        error=draw(TEXTS),
        page=draw(st.sampled_from(["", "https://redtide.example.org/incidents/INC-k7mq2wz4ab"])),
        alert_url=draw(st.none() | TEXTS),
        commit_url=draw(st.sampled_from(["", "https://git.example.org/shop/commit/{sha}"])),
        report=draw(st.none() | hostile_reports()),
        revert=draw(st.none() | hostile_steps()),
        failure=draw(TEXTS),
        correction=draw(TEXTS),
        related=draw(st.integers(0, 20_000)),
        related_services=draw(st.integers(0, 300)),
        answers=draw(st.dictionaries(TEXTS, st.integers(1, 9_999), max_size=8)),
        candidates=tuple(Candidate(n, "d" * 40, text) for n, text in enumerate(draw(st.lists(TEXTS, max_size=40)))),
        excluded=tuple(Excluded(text, text, text) for text in draw(st.lists(TEXTS, max_size=40))),
        views=tuple(View(text, text, None, text) for text in draw(st.lists(TEXTS, max_size=10))),
        trace="\n".join(draw(st.lists(TEXTS, max_size=60))),
        version=draw(st.integers(0, 999)),
    )


@given(hostile_messages())
def test_whatever_strangers_write_each_form_of_a_message_is_taken_and_none_is_left(message: Message) -> None:
    assert_that_slack_takes_it(message)
    assert_that_nothing_leaves_the_other_forms(message)
    assert_that_nothing_becomes_markup_of_the_page(message)


def assert_that_slack_takes_it(message: Message) -> None:
    body = message_blocks(message, TOKEN)
    check_blocks(body["blocks"])
    assert 1 <= len(body["blocks"]) <= 12
    for text in (body["text"], plain(message), detail(message)):
        assert len(text) <= 4_000
        check_mrkdwn(text)


def assert_that_nothing_leaves_the_other_forms(message: Message) -> None:
    shown = markdown_message.render(message, 1_950)
    assert len(shown) <= 1_950
    assert "@everyone" not in shown
    assert "\x1b" not in text_message.render(message) + preview(message_blocks(message, TOKEN)["blocks"])


def assert_that_nothing_becomes_markup_of_the_page(message: Message) -> None:
    shown = page([message_blocks(message, TOKEN)["blocks"]])
    tags = set(re.findall(r"<(/?[a-zA-Z!][^\s>]*)", shown))
    ours = re.findall(r"\S+", "!doctype html head meta title style body div small h3 p span a b code pre")
    assert {tag.removeprefix("/") for tag in tags} <= set(ours)
    assert not re.search(r'href="(?!https?://)', shown)


@pytest.mark.parametrize("state", STATES)
def test_the_error_is_shown_in_every_state(state: State) -> None:
    message = replace(MESSAGE, state=state, report=LIKELY if state == "culprit" else None)
    assert "Call to a member function total() on null" in words(message)
    assert "Call to a member function total() on null" in plain(message)
    assert "Call to a member function total() on null" in text_message.render(message)
    assert "Call to a member function total" in markdown_message.render(message, 1_950).replace("\\", "")


def test_commits_alert_log_and_page_are_linked() -> None:
    shown = words(MESSAGE)
    assert f"<https://git.example.org/shop/commit/{LIKELY.commits[0].sha}|`3f9a1c2d0`>" in shown
    assert "|alert>" in shown
    assert "|log>" in shown
    assert "https://redtide.example.org/incidents/INC-k7mq2wz4ab" in shown


def test_the_counts_are_those_of_the_whole_report_when_rows_are_left_out() -> None:
    rows = tuple(LIKELY.commits[0].model_copy(update={"subject": "s" * 200, "tag": "t" * 200}) for _ in range(3))
    long = LIKELY.model_copy(
        update={"commits": rows, "considered": 16, "why": ("w" * 300,) * 3, "next_step": "n" * 300, "rate": "r" * 200}
    )
    shown = words(replace(MESSAGE, report=long))
    assert re.search(r"3 of 16 commits worth a look, [12] shown:", shown)
    assert "13 others" in shown or "9 × tests or docs · 4 × no file of the trace" in shown


def test_the_culprit_is_not_said_twice_where_room_is_short() -> None:
    long = LIKELY.model_copy(
        update={
            "verdict_line": '3f9a1c2d0 "cart: drop null guard" · Ana Ruiz',
            "why": tuple(f"reason {n} " + "w" * 100 for n in range(3)),
        }
    )
    (kept,) = [
        each for each in message_blocks(replace(MESSAGE, report=long), TOKEN)["blocks"] if "worth a look" in str(each)
    ]
    assert kept["text"]["text"].splitlines()[0] == "1 of 14 commits worth a look"
    assert all(f"reason {n} " in words(replace(MESSAGE, report=long)) for n in range(3))


def test_a_verdict_that_a_person_called_wrong_offers_no_commit_any_more() -> None:
    message = replace(MESSAGE, state="wrong", correction="No deploy caused it.")
    for shown in (
        words(message),
        plain(message),
        markdown_message.render(message, 3_000),
        text_message.render(message),
    ):
        assert "redtide revert" not in shown
        assert "3f9a1c2d0" not in shown
        assert "No deploy caused it" in shown
    assert actions(message) == ["open", "more"]


def test_after_feedback_the_message_says_what_the_page_says() -> None:
    said = Judgement(label="wrong", commit="b" * 40, note="the rate", version=1, actor="ana", culprit=CULPRIT.sha)
    report = judged(LIKELY, VERDICT, [said], 1)
    message = replace(MESSAGE, state="wrong", report=report)
    for shown in (
        words(message),
        plain(message),
        markdown_message.render(message, 3_000),
        text_message.render(message),
    ):
        assert "Said to be wrong" in shown
        assert "caused this, said ana" in shown
        assert "bbbbbbbbb" in shown
        assert "redtide revert" in shown
    assert title(message) == report.headline
    assert actions(message) == ["open", "more"]
    assert "Revert…" not in words(message)


def test_the_thread_holds_trace_opinions_and_what_was_ruled_out() -> None:
    shown = detail(MESSAGE)
    assert "#0 src/Cart.php(41): Cart-&gt;total()" in shown
    assert "What the agents think (they disagree)" in shown
    assert "readme: friendlier: tests or docs" in shown


def test_the_lines_of_a_trace_stay_where_they_began() -> None:
    trace = 'Traceback:\n  File "/app/a.py", line 9, in total\n    return rate\n' + " " * 500 + "x\n \nKeyError: 'a'"
    shown = detail(replace(MESSAGE, trace=trace))
    assert (
        "```Traceback:\n  File \"/app/a.py\", line 9, in total\n    return rate\n            x\n\nKeyError: 'a'```"
        in shown
    )


def test_a_value_says_what_it_stands_for_and_nothing_else_does() -> None:
    choice = Choice(TOKEN, 7, "c12")
    assert choice_of(value_of(choice)) == choice
    assert len(value_of(Choice(TOKEN, 9_999_999, "no_deploy"))) <= 75
    assert choice_of("INC-k7mq2wz4ab") is None
    assert choice_of("x.-1.c1") is None


def test_the_preview_reads_like_the_message() -> None:
    shown = preview(message_blocks(MESSAGE, TOKEN)["blocks"], width=90)
    assert shown.startswith("│ Likely cause found · checkout · production\n")
    assert "│   redtide revert inc-142\n" in shown
    assert "[Revert…]  [👍 Right]  [👎 Not this…]  [Open]  [⋯]" in shown
    assert "https://" not in shown


STEP = RevertStep(commit=CULPRIT.sha, stage="proposed", actor="slack:U0RESPOND", at=MOMENT)
PULL = "https://git.example.org/shop/pull/77"


@pytest.mark.parametrize(
    ("stage", "head", "said", "offers"),
    [
        ("proposed", "Revert proposed", "The revert of 3f9a1c2d0 was proposed by <@U0RESPOND> at 10:02 UTC.", True),
        ("open", "Revert under review", "was opened for review by <@U0RESPOND> at 10:02 UTC.", False),
        ("merged", "Revert merged", "was merged by <@U0RESPOND> at 10:02 UTC. Not known yet", False),
        ("recovered", "Recovered", "The errors were back to their baseline at 10:02 UTC", False),
        ("not_helped", "The revert did not help", "it is probably not the cause", False),
    ],
)
def test_each_stage_of_a_revert_is_said_and_a_revert_that_is_under_way_is_not_offered_again(
    stage: Stage, head: str, said: str, offers: bool
) -> None:
    step = STEP.model_copy(update={"stage": stage, "url": PULL})
    message = replace(MESSAGE, state=REVERT_STATES[stage], revert=step)
    blocks = message_blocks(message, TOKEN)["blocks"]
    assert blocks[0]["text"]["text"].startswith(f"{head} · checkout · Error: Call to a member")
    assert said in blocks[1]["text"]["text"]
    assert f"<{PULL}|Look at it>" in blocks[1]["text"]["text"]
    assert LIKELY.verdict_line[10:30] in words(message)
    assert ("redtide revert" in words(message), "revert" in actions(message)) == (offers, offers)
    for shown in (plain(message), text_message.render(message), markdown_message.render(message, 3_000)):
        assert head in shown
        assert PULL in shown
        assert ("redtide revert" in shown) == offers


def test_a_revert_of_a_verdict_that_is_wrong_names_no_commit() -> None:
    message = replace(MESSAGE, state="wrong", revert=STEP.model_copy(update={"stage": "merged"}))
    assert "The revert was merged by" in words(message)
    assert "3f9a1c2d0" not in words(message) + text_message.render(message) + markdown_message.render(message, 3_000)


@given(hostile_messages(), hostile_reports(), st.lists(TEXTS, max_size=120))
def test_every_modal_is_one_that_slack_takes(message: Message, report: Report, subjects: list[str]) -> None:
    candidates = [Candidate(number, f"{number:040x}", subject) for number, subject in enumerate(subjects)]
    shown = CommitShown(
        sha=f"{1:040x}",
        subject=message.error,
        author=message.service,
        url=message.alert_url,
        references=tuple(Reference(kind="ticket", text=text[:100], url=text) for text in subjects[:8]),
        reasons=tuple(subjects),
        plan=report.revert,
        command=report.command or "",
    )
    choice = Choice(TOKEN, 9_999_999, "c1")
    for view in (commit_view("C0123ABCD", choice, shown, candidates), not_this_view("C0123ABCD", choice, candidates)):
        assert check_view(view)


def test_how_many_errors_the_related_incidents_are_is_said() -> None:
    assert "12 related incidents in 3 services, 19,988 errors: " in words(replace(MESSAGE, related_errors=19_988))


def test_the_page_reads_like_the_message_and_links_like_it() -> None:
    shown = page([message_blocks(MESSAGE, TOKEN)["blocks"]])
    assert "<h3>Likely cause found · checkout · production</h3>" in shown
    assert f'<a href="https://git.example.org/shop/commit/{LIKELY.commits[0].sha}"><code>3f9a1c2d0</code></a>' in shown
    assert "<pre>redtide revert inc-142</pre>" in shown
    assert '<span class="button danger">Revert…</span>' in shown
