from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from incidents.errors import NotAnAncestor, UnknownRevision
from incidents.evidence import Evidence
from tests.repositories import START, Change, build, without_files
from tools.git.repository import Repository
from tools.ranking.gather import gather
from tools.ranking.ranker import Weight, Weights
from tools.traces import parse

CART = """class Cart:
    def __init__(self, items):
        self.items = items

    def total(self):
        prices = [item.price for item in self.items]
        return sum(prices) / len(prices)
"""
GUARDED = CART.replace("        return sum", "        if not prices:\n            return 0\n        return sum")
TRACE = """Traceback (most recent call last):
  File "/srv/app/shop/view.py", line 5, in show
    return render(cart.total())
  File "/srv/app/shop/cart.py", line 7, in total
    return sum(prices) / len(prices)
ZeroDivisionError: division by zero
"""
VIEW = "from shop.cart import Cart\n\n\ndef show(cart):\n    return render(cart.total())\n"
START_OF_SHOP: Change = {"files": {"shop/cart.py": GUARDED, "shop/view.py": VIEW, "README.md": "shop\n"}}
INNOCENT: list[Change] = [
    {"files": {"README.md": "the shop\n"}, "message": "Describe the shop"},
    {"files": {"shop/mail.py": "def send(to):\n    return to\n"}, "message": "Send mail"},
]
GUILTY: Change = {"files": {"shop/cart.py": CART}, "message": "Simplify the total"}


def gathered(
    folder: Path, changes: list[Change], trace: str = TRACE, first_seen: datetime | None = None
) -> tuple[Evidence, list[str]]:
    built = build(folder, changes)
    repository = Repository.open(built.path)
    return gather(repository, built.shas[0], built.shas[-1], parse(trace), first_seen=first_seen), built.shas


def _once(evidence: Evidence, window: list[str]) -> None:
    seen = [each.commit.sha for each in evidence.suspects] + [each.commit.sha for each in evidence.ruled_out]
    assert sorted(seen) == sorted(window)
    assert sum(each.probability for each in evidence.suspects) + evidence.none_probability <= 1 + 1e-9


def test_the_commit_that_removed_a_guard_is_named_with_file_and_line(tmp_path: Path) -> None:
    evidence, shas = gathered(tmp_path, [START_OF_SHOP, INNOCENT[0], GUILTY, INNOCENT[1]])
    _once(evidence, shas[1:])
    best = evidence.suspects[0]
    assert best.commit.sha == shas[2]
    assert best.probability > evidence.none_probability
    assert any("shop/cart.py" in reason and "total" in reason for reason in best.reasons)
    assert len(best.reasons) <= 3


def test_when_nobody_touched_what_fails_none_of_them_did_it(tmp_path: Path) -> None:
    start: Change = {"files": {**START_OF_SHOP["files"], "shop/cart.py": CART}}
    evidence, shas = gathered(tmp_path, [start, *INNOCENT])
    _once(evidence, shas[1:])
    assert evidence.none_probability > 0.8
    reasons = {each.commit.sha: each.reason for each in evidence.ruled_out}
    assert reasons[shas[1]] == "changes only documents"


def test_an_empty_window_has_no_suspects(tmp_path: Path) -> None:
    built = build(tmp_path, [START_OF_SHOP])
    evidence = gather(Repository.open(built.path), built.shas[0], built.shas[0], parse(TRACE))
    assert evidence.suspects == ()
    assert evidence.none_probability == 1
    assert evidence.missing == ("The window is empty.",)


def test_text_without_a_trace_is_compared_by_its_words(tmp_path: Path) -> None:
    evidence, shas = gathered(tmp_path, [START_OF_SHOP, *INNOCENT], trace="the mail could not be sent")
    _once(evidence, shas[1:])
    assert evidence.missing == ("There is no stack trace: only the words of the message could be compared.",)


def test_a_trace_that_never_enters_the_repository_is_said_so(tmp_path: Path) -> None:
    trace = TRACE.replace("/srv/app/shop/", "/usr/lib/python3/other/")
    evidence, _ = gathered(tmp_path, [START_OF_SHOP, *INNOCENT], trace=trace)
    assert evidence.missing == ("No frame of the trace lies in a file of the repository at the deployed revision.",)


def test_commits_that_were_not_read_in_full_are_named_up_to_five(tmp_path: Path) -> None:
    large: list[Change] = [{"files": {f"shop/table{n}.py": f"x = {n}\n" * 17_000}} for n in range(6)]
    evidence, shas = gathered(tmp_path, [START_OF_SHOP, *large], TRACE.replace("line 7", "line 9"))
    named = ", ".join(sha[:9] for sha in shas[1:6])
    assert evidence.missing == (f"Too large to read in full, or not all there: {named}.",)


def test_a_commit_made_after_the_first_error_is_ruled_out(tmp_path: Path) -> None:
    seen = datetime.fromtimestamp(START + 3600 + 1800, UTC)
    evidence, shas = gathered(tmp_path, [START_OF_SHOP, INNOCENT[0], GUILTY], first_seen=seen)
    _once(evidence, shas[1:])
    assert {each.commit.sha: each.reason for each in evidence.ruled_out}[shas[2]].startswith("made after")


def test_what_is_proven_innocent_is_ruled_out_and_takes_nothing_from_the_others(tmp_path: Path) -> None:
    built = build(tmp_path, [START_OF_SHOP, {"files": {"shop/cart.py": GUARDED + "X = 1\n"}}, GUILTY])
    repository = Repository.open(built.path)
    alone, both = (
        gather(repository, built.shas[0], built.shas[2], parse(TRACE), innocent=innocent)
        for innocent in ({built.shas[1]: "never shipped"}, {})
    )
    assert [(each.commit.sha, each.reason) for each in alone.ruled_out] == [(built.shas[1], "never shipped")]
    assert alone.suspects[0].probability > both.suspects[0].probability


def test_other_weights_than_the_shipped_ones_may_be_given(tmp_path: Path) -> None:
    built = build(tmp_path, [START_OF_SHOP, GUILTY])
    weights = Weights(signals={"touched_trace_file": Weight(weight=2.0)}, none={"always": Weight(weight=2.0)})
    evidence = gather(Repository.open(built.path), built.shas[0], built.shas[1], parse(TRACE), weights=weights)
    assert evidence.suspects[0].probability == pytest.approx(evidence.none_probability)
    assert evidence.suspects[0].reasons == ("Changed shop/cart.py, where it fails.",)


def test_a_reverted_commit_is_not_the_culprit(tmp_path: Path) -> None:
    undo: Change = {"files": {"shop/cart.py": GUARDED}, "message": 'Revert "Simplify the total"'}
    evidence, shas = gathered(tmp_path, [START_OF_SHOP, GUILTY, undo, INNOCENT[1]])
    _once(evidence, shas[1:])
    assert evidence.none_probability > max((each.probability for each in evidence.suspects), default=0)


def test_wrong_revisions_are_refused(tmp_path: Path) -> None:
    built = build(tmp_path, [START_OF_SHOP, GUILTY])
    repository = Repository.open(built.path)
    with pytest.raises(UnknownRevision):
        gather(repository, "nowhere", built.shas[1], parse(TRACE))
    with pytest.raises(NotAnAncestor):
        gather(repository, built.shas[1], built.shas[0], parse(TRACE))


@pytest.mark.parametrize(("minutes", "ruled_out"), [(9, False), (10, False), (11, True)])
def test_clocks_may_differ_by_ten_minutes_before_a_commit_counts_as_made_after_the_error(
    tmp_path: Path, minutes: int, ruled_out: bool
) -> None:
    built = build(tmp_path, [START_OF_SHOP, GUILTY])
    repository = Repository.open(built.path)
    (made,) = repository.window(built.shas[0], built.shas[1])
    first_seen = made.committed_at - timedelta(minutes=minutes)
    evidence = gather(repository, built.shas[0], built.shas[1], parse(TRACE), first_seen=first_seen)
    assert [each.reason for each in evidence.ruled_out] == ["made after the error was first seen"] * ruled_out


@pytest.mark.parametrize(
    ("trace", "visibility"),
    [
        (TRACE, "code"),
        (TRACE.replace("line 7", "line 3").replace("    return sum(prices) / len(prices)\n", ""), "code"),
        ('  File "/srv/app/shop/cart.py", line 7, in total\nZeroDivisionError: division by zero\n', "unconfirmed"),
        (TRACE.replace("/srv/app/shop/", "/usr/lib/python3/other/"), "library"),
        ("the mail could not be sent", "message"),
        ("hello", "message"),
        ("", "nothing"),
    ],
)
def test_how_much_could_be_seen_is_told(tmp_path: Path, trace: str, visibility: str) -> None:
    evidence, _ = gathered(tmp_path, [START_OF_SHOP, *INNOCENT], trace=trace)
    assert evidence.seen.visibility == visibility


def test_what_explains_a_failure_otherwise_is_a_fact_of_the_code_and_never_of_a_message(tmp_path: Path) -> None:
    untouched, _ = gathered(tmp_path / "a", [START_OF_SHOP, *INNOCENT])
    guilty, _ = gathered(tmp_path / "b", [START_OF_SHOP, GUILTY])
    worded, _ = gathered(tmp_path / "c", [START_OF_SHOP, *INNOCENT], trace="the mail could not be sent")
    documents, _ = gathered(tmp_path / "d", [START_OF_SHOP, INNOCENT[0]], trace="the mail could not be sent")
    assert untouched.instead[-1] == (
        "shop/cart.py:9 (line 7 of another build), where it failed, is older than the deploy, and no commit changed a "
        "function of the trace or what its lines call."
    )
    assert untouched.missing == ("The trace is of another build: its line 7 of shop/cart.py is line 9 here.",)
    assert (guilty.instead, worded.instead) == ((), ())
    assert documents.instead == ("No commit of the deploy can have caused it: changes only documents.",)


def unread_shop(folder: Path, changes: Sequence[Change]) -> tuple[Repository, tuple[str, ...]]:
    """A clone of a shop without the content of its files, and the commits that were made: a start and `changes`."""
    # Files of their own: what another test has read of the same content is cached.
    files: dict[str, str | bytes | None] = {
        path: f"{text!s}# read by nobody in {folder.name}\n" for path, text in START_OF_SHOP["files"].items()
    }
    built = build(folder, [{"files": files}, *changes])
    return Repository.open(without_files(built)), tuple(built.shas)


UNSEEN: Change = {"files": {"shop/cart.py": "# seen by nobody\ndef total(cart):\n    return sum(cart.discount)\n"}}


@pytest.mark.parametrize(
    ("trace", "unread"), [(TRACE, 1), ("AttributeError: 'Cart' object has no attribute 'discount_of_cart'", 0)]
)
def test_a_clone_without_the_files_clears_nobody(tmp_path: Path, trace: str, unread: int) -> None:
    partial, shas = unread_shop(tmp_path, [UNSEEN])
    evidence = gather(partial, shas[0], shas[-1], parse(trace))
    assert (evidence.unread, evidence.instead) == (shas[1:][:unread], ())


def test_a_clone_without_the_files_is_said_to_be_incomplete_and_not_that_the_trace_lies_elsewhere(
    tmp_path: Path,
) -> None:
    partial, shas = unread_shop(tmp_path, INNOCENT)
    evidence = gather(partial, shas[0], shas[-1], parse(TRACE))
    assert (evidence.seen.mapped, evidence.seen.read, evidence.seen.visibility) == (2, 0, "library")
    assert evidence.seen.absent > 0
    assert "No file of the trace could be read at the deployed revision." in evidence.missing
    assert any(note.startswith("This clone is not complete") for note in evidence.missing)


OLD_FORM = "        return sum(prices) / len(prices)"
NEW_FORM = "        return sum(prices, start=0) / len(prices)"
REWRITTEN: Change = {"files": {"shop/cart.py": CART.replace(OLD_FORM, NEW_FORM)}, "message": "Name the start"}


def test_a_commit_that_rewrote_the_line_which_the_trace_quotes_as_it_was_before_cannot_be_the_cause(
    tmp_path: Path,
) -> None:
    evidence, shas = gathered(tmp_path, [START_OF_SHOP, GUILTY, REWRITTEN, INNOCENT[1]])
    _once(evidence, shas[1:])
    reasons = {each.commit.sha: each.reason for each in evidence.ruled_out}
    assert reasons[shas[2]] == "the trace quotes the line as it was before this commit: shop/cart.py"
    assert evidence.suspects[0].commit.sha == shas[1]


def test_a_line_that_was_rewritten_and_written_again_proves_nothing(tmp_path: Path) -> None:
    evidence, _ = gathered(tmp_path, [START_OF_SHOP, GUILTY, REWRITTEN, GUILTY])
    assert not any("quotes the line" in each.reason for each in evidence.ruled_out)


def test_of_two_rewritings_of_a_quoted_line_only_the_last_is_proven(tmp_path: Path) -> None:
    again: Change = {**REWRITTEN, "message": "again"}
    evidence, shas = gathered(tmp_path, [START_OF_SHOP, GUILTY, REWRITTEN, GUILTY, again])
    proven = [each.commit.sha for each in evidence.ruled_out if "quotes the line" in each.reason]
    assert proven == [shas[4]]


def test_a_quoted_line_is_followed_back_through_a_renamed_file(tmp_path: Path) -> None:
    moved: Change = {"files": {"shop/cart.py": None, "shop/basket.py": REWRITTEN["files"]["shop/cart.py"]}}
    trace = TRACE.replace("shop/cart.py", "shop/basket.py")
    evidence, shas = gathered(tmp_path, [START_OF_SHOP, GUILTY, REWRITTEN, moved], trace)
    assert shas[2] in [each.commit.sha for each in evidence.ruled_out if "quotes the line" in each.reason]
