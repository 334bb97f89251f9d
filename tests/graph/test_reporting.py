"""The report code writes: budgets, the revert's readiness, and hostile words made harmless."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agents.incident_manager import Words
from graph.investigation import investigate
from graph.readiness import git_revert
from graph.reporting import conclusion, draft, headline, nameable, with_words
from graph.settle import settle
from incidents.evidence import Commit, Suspect
from incidents.opinion import Opinion
from incidents.report import Report
from tests.shop import Shop, build_shop


async def reported(shop: Shop, head: str | None = None, **changed: object) -> Report:
    """The report of a culprit: evidence alone, taken to be sure."""
    context, request = replace(shop.context(), head=head), shop.request(**changed)
    evidence = shop.evidence()
    sure = evidence.model_copy(
        update={
            "suspects": tuple(
                each.model_copy(update={"probability": 0.9 if each.commit.sha == shop.culprit else 0.02})
                for each in evidence.suspects
            ),
            "none_probability": 0.05,
        }
    )
    return draft(context, shop.repository(), request, sure, settle(sure, lines_of=lambda path: None))


async def test_the_culprit_comes_with_a_command_that_git_understands(shop: Shop) -> None:
    report = await reported(shop)
    assert report.outcome == "culprit"
    assert report.verdict_line.startswith(f'{shop.culprit[:9]} "prices: no special case for unknown items" · Ana')
    assert report.revert == f"Reverts cleanly on main at {shop.shas['readme'][:9]}: 1 file."
    assert report.command is not None
    assert report.command.endswith(f"git revert --no-edit {shop.culprit}")
    assert report.commits[0].sha == shop.culprit
    assert report.considered == 3
    assert sum(report.dropped.values()) + len(report.commits) == 3


async def test_the_service_gives_its_own_command(shop: Shop) -> None:
    assert (await reported(shop, revert_command="redtide revert INC-1")).command == "redtide revert INC-1"


async def test_the_age_before_the_first_error_is_told(shop: Shop) -> None:
    made = shop.repository().commit(shop.culprit).committed_at
    report = await reported(shop, first_seen=made + timedelta(minutes=4))
    assert report.verdict_line.endswith("committed 4 min before the first error")


async def test_a_head_without_the_culprit_is_a_blocker_not_a_failure(shop: Shop) -> None:
    report = await reported(shop, head=shop.shas["comment"])
    assert report.revert.startswith("The revert could not be planned: ")
    assert report.next_step == (
        f"Undo {shop.culprit[:9]} by hand, or roll the deploy back; then watch whether the errors stop."
    )
    assert report.command is None


async def test_no_culprit_has_no_command(shop: Shop) -> None:
    found = await investigate(shop.context(), shop.request(base=shop.shas["guard"]))
    assert found.verdict.outcome != "culprit"
    assert (found.report.command, found.report.revert) == (None, "")
    assert found.report.next_step


@pytest.mark.parametrize(
    ("suspects", "told"),
    [
        (2, "which; read both suspects"),
        (3, "which; read 2 of the commits first"),
        (1, "whether this commit caused it"),
    ],
)
async def test_where_it_cannot_be_told_the_line_and_the_next_step_name_as_many(
    shop: Shop, suspects: int, told: str
) -> None:
    evidence = shop.evidence()
    commits = [*(each.commit for each in evidence.suspects), *(each.commit for each in evidence.ruled_out)][:suspects]
    open_ = evidence.model_copy(
        update={
            "suspects": tuple(
                Suspect(commit=each, probability=chance)
                for each, chance in zip(commits, (0.4, 0.35, 0.02), strict=False)
            ),
            "none_probability": 0.2,
            "ruled_out": (),
        }
    )
    verdict = settle(open_, lines_of=lambda path: None)
    assert verdict.outcome == "unsure"
    report = draft(shop.context(), shop.repository(), shop.request(), open_, verdict)
    assert report.verdict_line == f"It cannot be told {told}."
    assert sum(each.sha[:9] in report.next_step for each in commits) == min(suspects, 2)
    worded = verdict.model_copy(update={"next_step": "Read them all."})
    again = draft(shop.context(), shop.repository(), shop.request(), open_, worded)
    assert (again.verdict_line, again.commits) == (report.verdict_line, report.commits)


def test_the_headline_keeps_its_state_whatever_the_effect() -> None:
    told = headline("none", "s" * 300, "e" * 300)
    assert len(told) <= 100
    assert told.startswith("No commit of this deploy · ")


async def test_words_change_headline_and_why_only(shop: Shop) -> None:
    report = await reported(shop)
    worded = with_words(report, Words(effect="carts fail", why=("The guard is gone.",)))
    assert worded.headline == "Likely cause found · shop · carts fail"
    assert worded.why == ("The guard is gone.",)
    assert worded.model_copy(update={"headline": report.headline, "why": report.why}) == report
    assert with_words(report, None) is report


async def test_hostile_subjects_stay_on_one_line_of_bounded_length(tmp_path_factory: pytest.TempPathFactory) -> None:
    words = "fix \x1b[31m\u202e" + "x" * 5_000 + " password=hunter2hunter2"
    shop = build_shop(tmp_path_factory.mktemp("hostile") / "shop.git", bad_message=words)
    report = await reported(shop)
    assert len(report.verdict_line) < 300
    assert "\x1b" not in report.model_dump_json()
    assert "hunter2" not in report.model_dump_json()


def test_a_merge_is_reverted_against_its_first_parent() -> None:
    merge = Commit(sha="a" * 40, subject="m", author="Ana", committed_at=datetime.now(UTC), parents=("b", "c"))
    assert "git revert --no-edit -m 1 " in git_revert(merge, "d" * 40)


@pytest.mark.parametrize(
    ("caused", "abstained", "told"),
    [
        (True, None, "The developer, not proven, on {sha}: It reads a long as an int."),
        (
            False,
            None,
            "The developer, not proven, on what was there before the deploy or outside it: It reads a long as an int.",
        ),
        (None, "it cannot tell which commit it was", "The developer cannot tell: It reads a long as an int."),
    ],
)
async def test_what_the_developer_found_out_is_told_where_the_verdict_states_nothing(
    shop: Shop, caused: bool | None, abstained: str | None, told: str
) -> None:
    evidence = shop.evidence().model_copy(update={"none_probability": 0.5})
    first, *_ = evidence.suspects
    open_ = evidence.model_copy(update={"suspects": (first.model_copy(update={"probability": 0.45}),)})
    said = Opinion(
        agent="developer",
        commit=first.commit.sha,
        caused=caused,
        abstained=abstained,
        mechanism="It reads a long as an int.",
    )
    verdict = settle(open_, [said], lines_of=lambda path: None)
    report = draft(shop.context(), shop.repository(), shop.request(), open_, verdict)
    assert verdict.outcome == "unsure"
    assert told.format(sha=first.commit.sha[:9]) in report.why
    assert told.format(sha=first.commit.sha[:9]) in conclusion(report, verdict)


async def test_words_may_name_what_the_verdict_names_to_the_reader_and_nothing_else(shop: Shop) -> None:
    evidence = shop.evidence()
    innocent = [each.commit.sha for each in evidence.ruled_out]
    first, second, *others = [*(each.commit.sha for each in evidence.suspects), *innocent]
    told = settle(evidence, lines_of=lambda path: None).model_copy(
        update={"culprit": first, "reason": "It removed the guard.", "next_step": f"Read {second[:9]} too."}
    )
    basis = told.confidence.model_copy(update={"basis": ()})
    named = nameable(evidence, told.model_copy(update={"confidence": basis}))
    assert {first, second} <= set(named)
    assert others
    assert not set(named).intersection(others)
