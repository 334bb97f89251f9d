"""What the log and the deploys tell, in the report's words."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.log_wording import began, deployed, rate, sparkline
from incidents.evidence import Evidence
from incidents.log import LogFindings, Onset, Share
from incidents.rollout import Rollout
from incidents.trace import StackTrace

AT = datetime(2026, 11, 23, 10, 50, 35, tzinfo=UTC)
ONSET = Onset(
    at=AT,
    earliest=AT - timedelta(seconds=20),
    latest=AT,
    kind="new",
    shape="sudden",
    rate_before=0,
    rate_after=10.2,
)
LOG = LogFindings(
    index="logs-*",
    query="service checkout",
    since=AT - timedelta(hours=1),
    until=AT + timedelta(minutes=5),
    total=51,
    onset=ONSET,
    first_host="web-1",
    first_version="v2",
    versions=(Share(name="v2", count=51),),
    counts=(0, 0, 1, 7),
)


def log(**changed: object) -> LogFindings:
    return LOG.model_copy(update=changed)


def onset(**changed: object) -> LogFindings:
    return log(onset=ONSET.model_copy(update=changed))


def test_the_sentence_people_look_for() -> None:
    assert began(LOG) == "Around 10:50:35 UTC we got 51 of the following error"
    assert began(log(complete=False)) == "Around 10:50:35 UTC we got at least 51 of the following error"
    wide = onset(earliest=AT - timedelta(minutes=5))
    assert began(wide) == "Around 10:50:35 UTC (between 10:45:35 UTC and 10:50:35 UTC) we got 51 of the following error"
    assert began(log(onset=None)) == "We got 51 of the following error since 09:50:35 UTC"
    assert began(None) == ""


def test_the_rate_before_and_after_and_where_it_began() -> None:
    assert (
        rate(LOG)
        == "0 → 10 a minute, a new error, still going on at 10:55:35 UTC · first on web-1 · at first only in v2"
    )
    grew = onset(kind="grew", rate_before=0.25, shape="gradual", ended=AT + timedelta(minutes=2))
    both = grew.model_copy(update={"versions": (*LOG.versions, Share(name="v1", count=1))})
    assert rate(both).startswith(
        "0.25 → 10 a minute, an old error that grew, slowly, stopped at 10:52:35 UTC · first on"
    )
    assert rate(both).endswith("first in v2")
    assert rate(log(onset=None)) == ""


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**6), max_size=400))
def test_a_sparkline_is_as_high_as_its_counts_and_never_wide(counts: list[int]) -> None:
    line = sparkline(log(counts=tuple(counts)))
    assert len(line) <= 32
    assert (line == "") == (not any(counts))
    assert not line or "█" in line


def test_a_sparkline_shows_even_a_single_error() -> None:
    assert sparkline(log(counts=(0, 1, 100))) == "▁▂█"


def test_a_commit_says_when_it_was_deployed_and_by_whom() -> None:
    def told(before: timedelta, **changed: object) -> str:
        rollout = Rollout(revision="v2", at=AT - before, actor="Ana", commits=("c",)).model_copy(update=changed)
        evidence = Evidence(
            trace=StackTrace(), base="a", deployed="b", none_probability=1, log=LOG, rollouts=(rollout,)
        )
        return deployed(evidence, "c")

    assert told(timedelta(minutes=3, seconds=45)) == "deployed 3 min before, at 10:46:50 UTC, by Ana"
    assert told(timedelta(seconds=45)) == "deployed 45 s before, at 10:49:50 UTC, by Ana"
    assert told(timedelta(hours=30)) == "deployed 30 h before, at 04:50:35 UTC, by Ana"
    assert told(timedelta(minutes=-3)) == "deployed 3 min after the likely beginning, at 10:53:35 UTC, by Ana"
    assert told(timedelta(minutes=3), source="git", actor=None) == "tagged 3 min before, at 10:47:35 UTC"
    assert told(timedelta(minutes=3), commits=("d",)) == ""
