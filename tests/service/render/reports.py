"""Reports to render: one as in life, and hostile ones."""

from datetime import UTC, datetime
from typing import get_args

from hypothesis import strategies as st

from incidents.report import Report, ReportedCommit
from incidents.verdict import Confidence, Outcome

ATTACKS = (
    "<!channel> <@U123> look",
    "\x1b[2J\x1b[31mred\x1b]0;title\x07",
    "[click](https://evil.example/x) ![i](javascript:alert(1))",
    "\u202egnp.exe\u202c",
    "*bold* `code` ~gone~ @everyone #12 <script>alert(1)</script>",
    "line one\nline two\r\n# heading",
    "تصحيح السلة",
    "Z" + "\u0301" * 500,
    "x" * 5_000,
    "=== | pipe | 1. list",
)
TEXTS = st.one_of(st.sampled_from(ATTACKS), st.text(st.characters(codec="utf-8"), max_size=120))
MOMENT = datetime(2025, 11, 18, 10, 2, tzinfo=UTC)

CULPRIT = ReportedCommit(
    sha="3f9a1c2d" + "0" * 32,
    subject="cart: drop null guard",
    author="Ana Ruiz",
    committed_at=MOMENT,
    probability=0.91,
    tag="wrote the failing line",
    deployed="deployed 4 min before, at 09:58:02, by Ben",
)
LIKELY = Report(
    incident="inc-142",
    service="checkout",
    environment="production",
    outcome="culprit",
    headline="Likely cause found · checkout · production",
    verdict_line='3f9a1c2d "cart: drop null guard" · Ana Ruiz · committed 4 min before the first error',
    why=(
        "src/Cart.php:41 is where it failed; 3f9a1c2d wrote that line",
        "The method total() is called on the value that this commit lets be null",
    ),
    commits=(CULPRIT,),
    considered=14,
    dropped={"tests or docs": 9, "no file of the trace": 4},
    revert="Reverts cleanly · no later commit depends on it",
    command="redtide revert inc-142",
    next_step="Revert it, then watch the error rate.",
    missing=("The function of line 17 could not be parsed",),
    confidence=Confidence(probability=0.9, word="high", basis=("line in trace", "2 of 2 agents")),
    mode="agents",
    model="llama-3.1-70b",
    began="Around 10:02:00 UTC we got 1,280 of the following error",
    rate="0 → 51 a minute, a new error, still going on at 10:27:00 · first on web-1 · only in 3f9a1c2d",
    sparkline="▁▁▁▁▂▇█▇▆█",
    log_url="https://kibana.example/app/discover#/?_g=%28a%29&_a=%28b%29",
    error="Error: Call to a member function total() on null",
    count=1_280,
    first_seen=MOMENT,
    alert_url="https://alerts.example/a?x=1&y=2",
    seconds=2.14,
)
NONE = LIKELY.model_copy(
    update={
        "outcome": "none",
        "headline": "No code cause found · checkout",
        "verdict_line": "None of the 14 commits deployed did this",
        "why": (),
        "commits": (),
        "dropped": {"tests or docs": 9, "no file of the trace": 5},
        "command": None,
        "revert": "",
        "mode": "evidence",
        "model": None,
        "alert_url": None,
        "first_seen": None,
        "began": "",
        "rate": "",
        "sparkline": "",
        "log_url": None,
    }
)


@st.composite
def hostile_reports(draw: st.DrawFn) -> Report:
    """A report whose every free text was written by a stranger."""
    commit = st.builds(
        ReportedCommit,
        sha=TEXTS,
        subject=TEXTS,
        author=TEXTS,
        committed_at=st.just(MOMENT),
        probability=st.floats(0, 1),
        tag=TEXTS,
        deployed=TEXTS,
    )
    return Report(
        incident=draw(TEXTS),
        service=draw(TEXTS),
        environment="production",
        outcome=draw(st.sampled_from(get_args(Outcome))),
        headline=draw(TEXTS)[:100],
        verdict_line=draw(TEXTS),
        why=tuple(draw(st.lists(TEXTS, max_size=3))),
        commits=tuple(draw(st.lists(commit, max_size=3))),
        considered=draw(st.integers(0, 500)),
        dropped=draw(st.dictionaries(TEXTS, st.integers(1, 500), max_size=8)),
        revert=draw(TEXTS),
        command=draw(st.none() | TEXTS),
        next_step=draw(TEXTS),
        missing=tuple(draw(st.lists(TEXTS, max_size=6))),
        confidence=Confidence(probability=0.5, word="low", basis=tuple(draw(st.lists(TEXTS, max_size=4)))),
        mode="agents",
        model=draw(st.none() | TEXTS),
        began=draw(TEXTS),
        rate=draw(TEXTS),
        sparkline=draw(TEXTS)[:64],
        log_url=draw(st.none() | TEXTS),
        error=draw(TEXTS),
        count=draw(st.integers(1, 10**9)),
        first_seen=draw(st.none() | st.just(MOMENT)),
        alert_url=draw(st.none() | TEXTS),
        seconds=draw(st.floats(0, 1e5)),
    )
