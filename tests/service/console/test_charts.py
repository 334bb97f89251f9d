"""Charts hold numbers and times only."""

from datetime import timedelta

from incidents.log import LogFindings, Onset
from incidents.rollout import Rollout
from service.console.charts import error_rate
from tests.service.console.findings import HOSTILE
from tests.service.stand_ins import NOON


def test_the_chart_shows_errors_onset_and_deploys_and_only_numbers() -> None:
    log = LogFindings(
        index="logs",
        query="all",
        since=NOON,
        until=NOON + timedelta(minutes=10),
        counts_from=NOON,
        bucket_seconds=60,
        counts=(0, 0, 5, 9, 0, 1, 0, 0, 0, 0),
        onset=Onset(
            at=NOON + timedelta(minutes=2),
            earliest=NOON + timedelta(minutes=1),
            latest=NOON + timedelta(minutes=3),
            kind="new",
            shape="sudden",
            rate_before=0,
            rate_after=7,
        ),
    )
    drawn = error_rate(log, (Rollout(revision=HOSTILE, at=NOON + timedelta(minutes=1), actor=HOSTILE),))
    assert drawn.count('class="bar"') == 3
    assert drawn.count('class="onset"') == drawn.count('class="deploy"') == 1
    assert "script" not in drawn
    assert error_rate(None, ()) == error_rate(log.model_copy(update={"counts": ()}), ()) == ""
