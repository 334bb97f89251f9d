"""What happened inside a submodule, where its own repository is at hand."""

from pathlib import Path

from tests.repositories import Built, build, git
from tools.commits.dependencies import dependencies_moved
from tools.git.repository import Repository
from tools.git.submodules import titles_between


def outer_with(tmp_path: Path) -> tuple[Built, Built]:
    """A repository with a submodule that is fetched, moved by two commits; and the inner one."""
    inner = build(
        tmp_path,
        [{"files": {"a.js": str(n)}, "message": f"Step {n}\n\nmore"} for n in range(3)],
        name="inner",
    )
    outer = build(tmp_path, [{"files": {"page.js": "1"}}], name="outer")
    git(outer.path, "submodule", "-q", "add", str(inner.path), "lib/soup")
    git(outer.path / "lib/soup", "checkout", "-q", inner.shas[0])
    git(outer.path, "add", "lib/soup")
    git(outer.path, "commit", "-qm", "Add soup")
    git(outer.path / "lib/soup", "checkout", "-q", inner.shas[2])
    git(outer.path, "commit", "-qam", "Update soup")
    return outer, inner


def test_the_titles_between_two_states_are_told_newest_first(tmp_path: Path) -> None:
    outer, inner = outer_with(tmp_path)
    repository = Repository.open(outer.path)
    assert titles_between(repository, "lib/soup", inner.shas[0], inner.shas[2]) == ("Step 2", "Step 1")
    (moved,) = dependencies_moved(repository, git(outer.path, "rev-parse", "HEAD"))
    was, now = inner.shas[0][:10], inner.shas[2][:10]
    assert moved.sentence == f"moved `lib/soup` from {was} to {now} (2 commits; the newest: Step 2)"


def test_a_submodule_that_was_never_fetched_or_lies_elsewhere_has_no_titles(tmp_path: Path) -> None:
    outer, inner = outer_with(tmp_path)
    repository = Repository.open(outer.path)
    assert titles_between(repository, "lib/other", inner.shas[0], inner.shas[2]) == ()
    assert titles_between(repository, "../../../inner/.git", inner.shas[0], inner.shas[2]) == ()
    assert titles_between(repository, "lib/soup", "0" * 40, inner.shas[2]) == ()
    assert titles_between(repository, "lib/soup", inner.shas[0], "f" * 40) == ()
