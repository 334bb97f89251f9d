"""What `gather` makes of its parts: figures with a ranker of two weights, and what a proof takes out of the evidence."""

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from incidents.evidence import Evidence, Signal, Suspect
from incidents.rollout import Rollout
from tests.repositories import START, Built, Change, build, git
from tests.tools.ranking.impacts import commit
from tests.tools.ranking.test_gather import CART, GUILTY, INNOCENT, START_OF_SHOP, TRACE
from tools.git.repository import Repository
from tools.impact.step_check import StepCheck
from tools.ranking.gather import gather, rival_of
from tools.ranking.ranker import Weight, Weights
from tools.traces import parse

FILE = Weights(signals={"touched_trace_file": Weight(weight=2.0)}, none={"always": Weight(weight=1.0)})
LATER: Change = {"files": {"shop/cart.py": CART + "X = 1\n"}, "message": "Add X"}
NOTHING = "touches no file of the trace nor anything its lines use"
OLDER = "shop/cart.py:7, where it failed, is older than the deploy, and no commit changed a function of the trace or what its lines call."


def gathered(built: Built, base: int = 0, **how: Any) -> Evidence:  # noqa: ANN401 (what gather takes)
    repository = Repository.open(built.path)
    return gather(repository, built.shas[base], built.shas[-1], parse(TRACE), weights=FILE, **how)


def test_an_empty_window_is_evidence_that_nothing_was_deployed(tmp_path: Path) -> None:
    built = build(tmp_path, [START_OF_SHOP, GUILTY])
    evidence = gather(Repository.open(built.path), "main", built.shas[1], parse(TRACE))
    assert [frame.repo_path for frame in evidence.trace.frames] == ["shop/cart.py", "shop/view.py"]
    assert evidence == Evidence(
        trace=evidence.trace,
        base=built.shas[1],
        deployed=built.shas[1],
        none_probability=1.0,
        instead=("Nothing was deployed between the two revisions.",),
        missing=("The window is empty.",),
    )


def test_the_commits_of_the_window_and_none_share_one_softmax(tmp_path: Path) -> None:
    built = build(tmp_path, [START_OF_SHOP, INNOCENT[0], GUILTY, INNOCENT[1]])
    evidence = gathered(built)
    (guilty,) = evidence.suspects
    total = math.exp(2.0) + 2 + math.exp(1.0)
    assert guilty.commit.sha == built.shas[2]
    assert guilty.probability == pytest.approx(math.exp(2.0) / total)
    assert evidence.none_probability == pytest.approx(math.exp(1.0) / total)
    dropped = [(each.commit.sha, each.reason, each.kind, each.brief) for each in evidence.ruled_out]
    brief = "touches no file of the trace"
    assert dropped == [(built.shas[number], NOTHING, "nothing", brief) for number in (1, 3)]
    assert evidence.hit_failing_line == (built.shas[2],)
    assert (evidence.base, evidence.deployed) == (built.shas[0], built.shas[3])
    assert (evidence.instead, evidence.missing, evidence.unread, evidence.read_in_part) == ((), (), (), ())


def test_a_commit_from_before_that_explains_it_as_well_is_a_part_of_none_and_explains_nothing_better(
    tmp_path: Path,
) -> None:
    built = build(tmp_path, [START_OF_SHOP, GUILTY, LATER, INNOCENT[1]])
    evidence = gathered(built, 1)
    total = 2 * math.exp(2.0) + 1 + math.exp(1.0)
    assert evidence.older is not None
    assert evidence.older.commit.sha == built.shas[1]
    assert evidence.older.probability == pytest.approx(math.exp(2.0) / total)
    assert evidence.older.reasons == ("Changed shop/cart.py, where it fails.",)
    assert evidence.none_probability == pytest.approx((math.exp(1.0) + math.exp(2.0)) / total)
    assert [each.commit.sha for each in evidence.suspects] == [built.shas[2]]
    assert evidence.instead == (OLDER,)


def test_a_commit_from_before_is_named_where_no_commit_of_the_window_is_suspected(tmp_path: Path) -> None:
    built = build(tmp_path, [START_OF_SHOP, GUILTY, INNOCENT[1]])
    evidence = gathered(built, 1)
    assert evidence.suspects == ()
    assert evidence.instead[0].startswith(f"{built.shas[1][:9]} from before the deploy explains it better: ")


def test_a_commit_from_before_that_explains_it_less_is_known_and_not_named(tmp_path: Path) -> None:
    built = build(tmp_path, [START_OF_SHOP, GUILTY, LATER])
    weights = FILE.model_copy(update={"signals": {**FILE.signals, "live_before": Weight(weight=-0.1)}})
    evidence = gather(Repository.open(built.path), built.shas[1], built.shas[2], parse(TRACE), weights=weights)
    assert evidence.older is not None
    assert evidence.older.commit.sha == built.shas[1]
    assert evidence.instead == (OLDER,)


def test_who_is_proven_innocent_takes_no_probability_and_is_no_reason_for_doubt(tmp_path: Path) -> None:
    large: Change = {"files": {"shop/table.py": "x = 1\n" * 17_000}}
    built = build(tmp_path, [START_OF_SHOP, GUILTY, large, LATER])
    both, one = (gathered(built, innocent=innocent) for innocent in ({}, {built.shas[1]: "a", built.shas[2]: "b"}))
    assert (both.hit_failing_line, both.read_in_part) == ((built.shas[1],), (built.shas[2],))
    assert (one.hit_failing_line, one.read_in_part) == ((), ())
    assert [(each.commit.sha, each.reason) for each in one.ruled_out] == [(built.shas[1], "a"), (built.shas[2], "b")]
    (left,) = one.suspects
    assert left.probability == pytest.approx(math.exp(2.0) / (math.exp(2.0) + math.exp(1.0)))


def test_what_gives_a_value_is_told_of_whoever_is_not_proven_innocent(tmp_path: Path) -> None:
    sets = CART.replace("[item.price for item in self.items]", "[item.price for item in self.all]")
    built = build(
        tmp_path, [{"files": {**START_OF_SHOP["files"], "shop/cart.py": CART}}, {"files": {"shop/cart.py": sets}}]
    )
    assert {each.commit for each in gathered(built).producers} == {built.shas[1]}
    assert gathered(built, innocent={built.shas[1]: "never shipped"}).producers == ()


def test_a_commit_that_cannot_be_read_is_named_unless_something_clears_it(tmp_path: Path) -> None:
    # A history of its own: what another test has read of the same commits is cached.
    own: Change = {"files": {**START_OF_SHOP["files"], "damaged": "on purpose\n"}}
    built = build(tmp_path, [own, GUILTY, *INNOCENT, LATER])
    tree = git(built.path, "rev-parse", f"{built.shas[2]}^{{tree}}")
    (built.path / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    unread = [built.shas[2], built.shas[3]]
    open_, cleared = (gathered(built, innocent=innocent) for innocent in ({}, {built.shas[2]: "never shipped"}))
    assert open_.unread == tuple(unread)
    assert [note.partition(":")[0] for note in open_.missing] == [
        f"Commit {sha[:9]} could not be read" for sha in unread
    ]
    assert [(each.commit.sha, each.kind) for each in open_.ruled_out] == [(sha, "unread") for sha in unread]
    assert cleared.unread == (built.shas[3],)
    assert [(each.commit.sha, each.kind) for each in cleared.ruled_out] == [(unread[0], "fact"), (unread[1], "unread")]
    assert {each.commit.sha for each in open_.suspects} == {built.shas[1], built.shas[4]}


def damaged(folder: Path, *changes: Change, gone: str) -> Built:
    """A history of its own (what another test has read of the same commits is cached) without one of its objects."""
    own: Change = {"files": {**START_OF_SHOP["files"], "damaged": f"{gone}\n"}}
    built = build(folder, [own, *changes])
    sha = git(built.path, "rev-parse", gone)
    (built.path / ".git" / "objects" / sha[:2] / sha[2:]).unlink()
    return built


def test_what_came_before_a_first_commit_that_cannot_be_read_is_compared_too(tmp_path: Path) -> None:
    built = damaged(tmp_path, GUILTY, *INNOCENT, LATER, gone="main~2^{tree}")
    evidence = gathered(built, 1)
    assert evidence.unread == (built.shas[2], built.shas[3])
    assert evidence.older is not None
    assert evidence.older.commit.sha == built.shas[1]


def test_a_gap_in_the_history_is_told(tmp_path: Path) -> None:
    built = damaged(tmp_path, INNOCENT[0], GUILTY, INNOCENT[1], LATER, gone="main~3")
    evidence = gathered(built)
    assert evidence.unread == (built.shas[1], built.shas[2])
    assert evidence.missing[0].endswith("the history ends there, before the base.")


def test_of_a_bare_message_a_commit_is_dropped_for_what_it_was_compared_with(tmp_path: Path) -> None:
    built = build(tmp_path, [START_OF_SHOP, *INNOCENT])
    repository = Repository.open(built.path)
    evidence = gather(repository, built.shas[0], built.shas[2], parse("the total is wrong"), weights=FILE)
    said = ("shares no name with the message", "nothing", "")
    assert [(each.reason, each.kind, each.brief) for each in evidence.ruled_out] == [said, said]


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    own: Change = {"files": {**START_OF_SHOP["files"], "lost/page.txt": "on purpose\n"}}
    built = build(tmp_path, [own, GUILTY])
    tree = git(built.path, "rev-parse", f"{built.shas[1]}:lost")
    (built.path / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    assert gathered(built).missing == ("Folders of the deployed revision could not be read in full: lost/.",)


LIVE = datetime.fromtimestamp(START + 24 * 3600, UTC)


@pytest.mark.parametrize(
    ("first_seen", "source", "measured"),
    [
        (LIVE + timedelta(minutes=10), "recorded", 1.0),
        (LIVE + timedelta(minutes=10), "log", 1.0),
        (LIVE + timedelta(minutes=10), "git", None),
        (LIVE + timedelta(hours=2), "recorded", pytest.approx(1 - math.log(12) / math.log(144))),
        (None, "recorded", None),
        (datetime(2030, 1, 1), "recorded", None),  # a log without an offset
    ],
)
def test_how_long_a_commit_had_been_live_is_known_from_recorded_deploys(
    tmp_path: Path, first_seen: datetime | None, source: str, measured: float | None
) -> None:
    built = build(tmp_path, [START_OF_SHOP, GUILTY])
    rollout = Rollout.model_validate(
        {"revision": built.shas[1], "at": LIVE, "source": source, "commits": (built.shas[1],)}
    )
    (guilty,) = gathered(built, first_seen=first_seen, rollouts=[rollout]).suspects
    assert next((each.value for each in guilty.signals if each.name == "began_after_deploy"), None) == measured


def test_what_was_read_is_not_read_again_to_check_citations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own: Change = {"files": {**START_OF_SHOP["files"], "read": "once\n"}}
    built = build(tmp_path, [own, GUILTY, INNOCENT[1]])
    evidence = gathered(built)
    for name in ("survey", "read_window"):
        monkeypatch.delattr(f"tools.impact.step_check.{name}")
    steps = StepCheck(Repository.open(built.path), evidence)
    assert steps.in_trace("shop/cart.py", 7)
    assert steps.calls_away(built.shas[2], "shop/mail.py", 1) is None


def test_an_installed_package_is_the_project_that_its_manifest_names(tmp_path: Path) -> None:
    package: Change = {
        "files": {
            "packages/ui/package.json": '{"name": "@acme/ui"}',
            "packages/ui/src/list.js": "x()\n",
            "src/list.js": "x()\n",
        }
    }
    built = build(tmp_path, [package, INNOCENT[0]])
    text = "TypeError: x is not a function\n    at list (/app/node_modules/@acme/ui/src/list.js:1:1)\n"
    evidence = gather(Repository.open(built.path), built.shas[0], built.shas[1], parse(text))
    assert [frame.repo_path for frame in evidence.trace.frames] == ["packages/ui/src/list.js"]


def test_a_commit_that_only_removes_files_was_read_where_no_frame_is_in_the_repository(tmp_path: Path) -> None:
    """A trace of another project: what was not there to be read is no part of it."""
    own: Change = {"files": {**START_OF_SHOP["files"], "logo.bin": b"\0\1\2"}}
    built = build(tmp_path, [own, {"files": {"logo.bin": None}}])
    foreign = TRACE.replace("shop/", "elsewhere/of/")
    evidence = gather(Repository.open(built.path), built.shas[0], built.shas[1], parse(foreign))
    assert evidence.unread == ()


def test_a_commit_from_before_without_a_reason_of_its_own_explains_nothing_better() -> None:
    best = Suspect(commit=commit("a"), probability=0.2, reasons=("Speaks of it.",))
    older = Suspect(commit=commit("b"), probability=0.3, reasons=("Speaks of it.",))
    assert rival_of(older, [best]) is None
    more = older.model_copy(update={"reasons": ("Speaks of it.", "Wrote the line.")})
    told = rival_of(more, [best])
    assert told is not None
    assert told.reasons == ("Wrote the line.",)


def test_a_commit_from_before_is_measured_against_the_best_of_the_window() -> None:
    own = Suspect(commit=commit("b"), probability=0.3, reasons=("Wrote the line.",))
    low, best, better = (Suspect(commit=commit("a"), probability=p, reasons=("It did.",)) for p in (0.1, 0.3, 0.31))
    assert rival_of(own, [low, best]) == own
    assert rival_of(own, [low, better, low]) is None
    assert rival_of(own, []) == own
    assert rival_of(None, [best]) is None
    excused = Signal(name="excused_by_new_reason", value=1.0, detail="had no reason to fail")
    assert rival_of(own.model_copy(update={"signals": (excused,)}), [low]) is None
