"""What proves a commit innocent: a fact from elsewhere, its time, or a line that the trace quotes as it was before."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from incidents.evidence import Commit
from incidents.trace import Frame
from tests.repositories import Change, build
from tests.tools.ranking.impacts import commit, frame, traced
from tools.git.repository import Repository
from tools.ranking.proofs import proofs_of
from tools.ranking.quoted_lines import rewritten_since

OLD, NEW = "rate = table[kind]", "rate = table.get(kind)"
MADE = commit("a").committed_at


def made(sha: str, minutes: int) -> Commit:
    return commit(sha).model_copy(update={"committed_at": MADE + timedelta(minutes=minutes)})


def test_a_proof_from_elsewhere_comes_before_the_time() -> None:
    window = [made("a", 60), made("b", 60), made("c", 0), made("d", 0)]
    assert proofs_of(window, {"a": "never shipped", "d": "is a merge", "z": "gone"}, MADE) == {
        "a": "never shipped",
        "b": "made after the error was first seen",
        "d": "is a merge",
    }


def test_without_a_time_that_says_where_it_was_nothing_was_too_late() -> None:
    assert proofs_of([made("a", 60)], {}, None) == {}
    assert proofs_of([made("a", 60)], {}, datetime(2020, 1, 1)) == {}  # a log without an offset


def file(*lines: str, path: str = "shop/rates.py") -> Change:
    return {"files": {path: "".join(f"{line}\n" for line in lines)}}


def proven(folder: Path, changes: Sequence[Change], *frames: Frame, name: str = "repository") -> dict[int, str]:
    """Number of the commit -> why it is innocent."""
    built = build(folder, changes, name=name)
    repository = Repository.open(built.path)
    window = repository.window(built.shas[0], built.shas[-1])
    found = rewritten_since(repository, window, built.shas[-1], traced(*frames))
    return {built.shas.index(sha): why for sha, why in found.items()}


def quoting(source: str, path: str = "shop/rates.py") -> Frame:
    return frame(1, f"  {source} ", path=path)


def why(path: str = "shop/rates.py") -> str:
    return f"the trace quotes the line as it was before this commit: {path}"


def test_who_took_a_quoted_line_away_is_innocent_and_nobody_else(tmp_path: Path) -> None:
    changes = [file(OLD), file(OLD, "other = 1"), file(NEW, "other = 1"), file(NEW, "other = 2")]
    assert proven(tmp_path, changes, quoting(OLD)) == {2: why()}


def test_every_quoted_line_is_looked_at(tmp_path: Path) -> None:
    keep, tax = "keep = table or None", "tax = rate * 19 // 100"
    changes = [file(OLD, tax, keep), file(NEW, tax, keep), file(NEW, "tax = 0 * rate", keep)]
    quoted = (quoting("never = was there"), quoting(keep), frame(3), quoting(tax), quoting(OLD))
    assert proven(tmp_path, changes, *quoted) == {1: why(), 2: why()}


def test_a_line_that_is_still_there_however_it_is_indented_proves_nothing(tmp_path: Path) -> None:
    changes = [file(f"    {OLD}"), file(NEW, f"  {OLD}")]
    assert proven(tmp_path, changes, quoting(OLD)) == {}


def test_a_line_that_another_line_only_holds_is_gone(tmp_path: Path) -> None:
    assert proven(tmp_path, [file(OLD), file(f"{OLD} or 0")], quoting(OLD)) == {1: why()}


def test_a_line_of_less_than_twelve_characters_stands_in_many_places(tmp_path: Path) -> None:
    changes = [file("n = rate(12)", "n = rate(1)"), file("pass")]
    assert proven(tmp_path, changes, quoting("n = rate(1)")) == {}
    assert proven(tmp_path, changes, quoting("n = rate(12)"), name="second") == {1: why()}


def test_a_frame_outside_the_repository_and_a_file_that_is_gone_prove_nothing(tmp_path: Path) -> None:
    changes: list[Change] = [file(OLD), {"files": {"shop/rates.py": None, "shop/other.py": "other = 1\n"}}]
    assert proven(tmp_path, changes, quoting(OLD)) == {}
    outside = frame(1, OLD, path="shop/rates.py", in_app=False)
    assert proven(tmp_path, [file(OLD), file(NEW)], outside, name="second") == {}


def test_a_line_that_was_only_moved_was_not_taken_away(tmp_path: Path) -> None:
    far = [f"line_{number} = {number}" for number in range(30)]
    changes = [file(OLD, *far), file(*far, OLD), file(*far, NEW)]
    assert proven(tmp_path, changes, quoting(OLD)) == {2: why()}
    assert proven(tmp_path, [file(OLD, *far), file(*far, f"  {OLD}")], quoting(OLD), name="second") == {}


def test_the_search_ends_where_the_file_begins(tmp_path: Path) -> None:
    first = file(OLD)
    gone: Change = {"files": {"shop/rates.py": None, "shop/other.py": "other = 1\n"}}
    assert proven(tmp_path, [file("a = 1", path="a"), first, gone, file("unlike = 'anything'")], quoting(OLD)) == {}


def test_at_most_twenty_lines_are_looked_at(tmp_path: Path) -> None:
    lines = [f"{OLD}  # {number}" for number in range(21)]
    paths = [f"shop/rates_{number}.py" for number in range(21)]
    start: Change = {"files": {path: f"{line}\n" for path, line in zip(paths, lines, strict=True)}}
    later: list[Change] = [file(NEW, path=path) for path in paths]
    quoted = [quoting(line, path) for path, line in zip(paths, lines, strict=True)]
    found = proven(tmp_path, [start, *later], *quoted[:1], *quoted[:1], *quoted)
    assert found == {number + 1: why(path) for number, path in enumerate(paths[:20])}
