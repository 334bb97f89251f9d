"""The chart of an incident holds numbers, times and our own words only."""

import re
from datetime import timedelta

from incidents.log import LogFindings, Onset
from incidents.rollout import Rollout
from service.console.error_chart import Mark, error_rate, marks
from service.store.reverts import Passed
from tests.service.console.findings import HOSTILE
from tests.service.stand_ins import NOON


def minute(number: float) -> timedelta:
    return timedelta(minutes=number)


LOG = LogFindings(
    index="logs",
    query="all",
    since=NOON,
    until=NOON + minute(10),
    counts_from=NOON,
    bucket_seconds=60,
    counts=(0, 0, 5, 9, 0, 1, 0, 0, 0, 0),
    onset=Onset(
        at=NOON + minute(2),
        earliest=NOON + minute(1),
        latest=NOON + minute(3),
        kind="new",
        shape="sudden",
        rate_before=0,
        rate_after=7,
    ),
)


def words(chart: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", chart)


def test_the_chart_shows_errors_onset_and_deploys_and_only_numbers() -> None:
    drawn = error_rate(LOG, (Rollout(revision=HOSTILE, at=NOON + minute(1), actor=HOSTILE),))
    assert drawn.count('class="bar"') == 3
    assert drawn.count('class="onset"') == drawn.count('class="deploy"') == 1
    assert "script" not in drawn
    assert words(drawn) == ["deploy 12:01", "12:00 UTC", "12:10 UTC"]
    assert "uncounted" not in drawn
    assert error_rate(None, ()) == error_rate(LOG.model_copy(update={"counts": ()}), ()) == ""


def test_every_stage_of_a_revert_and_the_end_are_marked_in_the_order_of_time() -> None:
    stages = ("proposed", "open", "withdrawn", "open", "merged", "deployed", "recovered", "not_helped", "cannot_tell")
    found = marks([Passed(each, NOON + minute(n)) for n, each in enumerate(stages)], NOON + minute(3.5))
    assert [(each.kind, each.words) for each in found] == [
        ("revert", "revert opened"),
        ("revert", "revert withdrawn"),
        ("revert", "revert opened"),
        ("recovered", "over, says its sender"),
        ("revert", "revert merged"),
        ("revert", "revert live"),
        ("recovered", "errors at baseline"),
        ("not_helped", "did not help"),
    ]


def test_what_happened_after_the_last_count_makes_the_axis_longer_and_says_that_nothing_was_counted_there() -> None:
    drawn = error_rate(LOG, (), (Mark("recovered", "errors at baseline", NOON + minute(20)),))
    grey = re.search(r'class="uncounted" x="([\d.]+)" y="\d+" width="([\d.]+)"', drawn)
    assert grey is not None
    assert float(grey[1]) + float(grey[2]) == 720
    line = re.search(r'class="recovered"><title>errors at baseline 12:20</title><line x1="([\d.]+)"', drawn)
    assert line is not None
    assert abs(float(grey[1]) - 720 * 10 / 22) < 0.1
    assert abs(float(line[1]) - 720 * 20 / 22) < 0.1
    last_bar = max(map(float, re.findall(r'class="bar" x="([\d.]+)"', drawn)))
    assert last_bar < float(grey[1])


def test_a_revert_of_the_next_day_stands_at_the_end_with_its_day_and_leaves_the_errors_a_third() -> None:
    drawn = error_rate(LOG, (), (Mark("revert", "revert merged", NOON + timedelta(days=1)),))
    assert "revert merged 11-24 12:00" in words(drawn)
    assert 'class="uncounted" x="240.0"' in drawn
    assert '<line x1="720.0"' in drawn


def test_words_never_stand_on_each_other() -> None:
    close = tuple(Mark("revert", "revert opened", NOON + minute(n / 10)) for n in range(12))
    drawn = error_rate(LOG, (), close)
    places = [
        (float(x), int(y))
        for x, y in re.findall(r'<text class="mark" x="([\d.]+)" y="(\d+)" text-anchor="start">rev', drawn)
    ]
    assert len(places) == len({y for _, y in places}) == 5
    assert drawn.count("<title>revert opened") == 12
