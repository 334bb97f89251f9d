"""Reverts, planned without a trace and written as git would write them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.errors import IncompleteRepository, InputError
from incidents.revert import RevertPlan
from tests.repositories import Built, Change, build, extend, git
from tools.git.repository import Repository
from tools.policy.plan_facts import plan_facts
from tools.revert.apart import written_apart
from tools.revert.plan import plan_revert
from tools.revert.write import write_revert


def numbered(**changed: str) -> str:
    return "".join(f"{changed.get(f'l{number}', f'line {number}')}\n" for number in range(1, 31))


@pytest.fixture
def built(tmp_path: Path) -> Built:
    changes: list[Change] = [
        {"files": {"f": numbered(), "g": "g\n"}},
        {"files": {"f": numbered(l3="three")}, "message": "Break it\n\nWith a body."},
        {"files": {"f": numbered(l3="three", l20="twenty")}, "message": "Go on"},
    ]
    return build(tmp_path, changes)


def everything(path: Path) -> dict[str, bytes]:
    """Every byte of a repository, its work tree included."""
    return {str(file): file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file()}


def plan(built: Built, commit: str, head: str = "main") -> RevertPlan:
    return plan_revert(Repository.open(built.path), commit, head)


def git_revert_tree(path: Path, commit: str, *options: str) -> str:
    """The tree that `git revert` makes, in a clone."""
    clone = path.parent / "reverting"
    git(path, "clone", "-q", "--no-local", str(path), str(clone))
    git(clone, "revert", "--no-edit", *options, commit)
    return git(clone, "rev-parse", "HEAD^{tree}")


def test_a_plan_is_what_git_revert_would_make_and_leaves_no_trace(built: Built) -> None:
    before = everything(built.path)
    planned = plan(built, built.shas[1][:10])
    assert everything(built.path) == before
    assert planned.clean
    assert planned.tree == git_revert_tree(built.path, built.shas[1])
    assert planned.files == ("f",)
    assert planned.branch == f"redtide/revert-{built.shas[1][:12]}"
    assert planned.message == f'Revert "Break it"\n\nThis reverts commit {built.shas[1]}.\n'
    assert (planned.commit, planned.head) == (built.shas[1], built.shas[2])


def test_writing_adds_one_commit_on_a_branch_and_nothing_else(built: Built) -> None:
    (built.path / "f").write_text("half done work")
    git(built.path, "add", "f")
    (built.path / "g").write_text("more of it")
    before = {name: data for name, data in everything(built.path).items() if "/objects/" not in name}
    repository = Repository.open(built.path)
    planned = plan_revert(repository, built.shas[1], "HEAD")

    sha = write_revert(repository, planned, author=("Grace Hopper", "grace@example.org"))

    after = {name: data for name, data in everything(built.path).items() if "/objects/" not in name}
    added = {Path(name).relative_to(built.path).as_posix() for name in after.keys() - before.keys()}
    assert added == {f".git/refs/heads/{planned.branch}", f".git/logs/refs/heads/{planned.branch}"}
    assert {name: after[name] for name in before} == before
    assert git(built.path, "rev-parse", planned.branch) == sha
    assert git(built.path, "rev-parse", f"{sha}^") == built.shas[2]
    assert git(built.path, "rev-parse", f"{sha}^{{tree}}") == planned.tree
    assert (
        git(built.path, "log", "-1", "--format=%an <%ae> %cn", sha) == "Grace Hopper <grace@example.org> Grace Hopper"
    )
    assert git(built.path, "log", "-1", "--format=%B", sha).strip() == planned.message.strip()
    assert git(built.path, "fsck", "--strict") == ""


def test_an_existing_branch_is_never_touched(built: Built) -> None:
    repository = Repository.open(built.path)
    planned = plan(built, built.shas[1])
    sha = write_revert(repository, planned)
    with pytest.raises(InputError, match=f"git branch -D {planned.branch}"):
        write_revert(repository, planned)
    assert git(built.path, "rev-parse", planned.branch) == sha


def test_a_branch_in_the_way_of_the_name_is_one_clear_error(built: Built) -> None:
    git(built.path, "branch", "redtide")
    with pytest.raises(InputError, match="cannot write branch redtide/revert-"):
        write_revert(Repository.open(built.path), plan(built, built.shas[1]))


def test_bare_repositories_can_be_reverted_in(built: Built) -> None:
    bare = built.path.parent / "bare"
    git(built.path, "clone", "-q", "--bare", str(built.path), str(bare))
    repository = Repository.open(bare)
    sha = write_revert(repository, plan_revert(repository, built.shas[1], "main"))
    assert git(bare, "show", f"{sha}:f") == numbered(l20="twenty").strip()


def test_linked_worktrees_share_the_branch(built: Built) -> None:
    linked = built.path.parent / "linked"
    git(built.path, "worktree", "add", "-q", str(linked), built.shas[1])
    repository = Repository.open(linked)
    sha = write_revert(repository, plan_revert(repository, built.shas[1], "main"))
    assert git(built.path, "rev-parse", f"redtide/revert-{built.shas[1][:12]}") == sha


def test_the_user_of_the_repository_signs_when_nobody_is_named(built: Built) -> None:
    repository = Repository.open(built.path)
    nobody = write_revert(repository, plan(built, built.shas[1]))
    git(built.path, "config", "user.name", "Config User")
    git(built.path, "config", "user.email", "config@example.org")
    somebody = write_revert(Repository.open(built.path), plan(built, built.shas[2]))
    assert git(built.path, "log", "-1", "--format=%an <%ae>", nobody) == "Red Tide <redtide@localhost>"
    assert git(built.path, "log", "-1", "--format=%an <%ae>", somebody) == "Config User <config@example.org>"


def test_the_user_of_the_account_signs_next(built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "personal").write_text("[user]\nname = Home User\nemail = home@example.org\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "personal"))
    sha = write_revert(Repository.open(built.path), plan(built, built.shas[1]))
    assert git(built.path, "log", "-1", "--format=%an <%ae>", sha) == "Home User <home@example.org>"


@pytest.mark.parametrize("name", ["<script>\n\0", "", "Zoë <z@x>", " . ", "x" * 5_000])
def test_strange_author_names_are_stored_without_harm(built: Built, name: str) -> None:
    sha = write_revert(Repository.open(built.path), plan(built, built.shas[1]), author=(name, name))
    assert git(built.path, "fsck", "--strict") == ""
    assert git(built.path, "log", "-1", "--format=%an", sha)


def test_a_merge_is_undone_as_a_whole(tmp_path: Path) -> None:
    built = build(tmp_path, [{"files": {"f": numbered()}}])
    git(built.path, "checkout", "-q", "-b", "side")
    extend(built.path, [{"files": {"f": numbered(l3="three")}}, {"files": {"new": "new\n"}}])
    git(built.path, "checkout", "-q", "main")
    extend(built.path, [{"files": {"f": numbered(l25="x")}}])
    git(built.path, "merge", "-q", "--no-ff", "-m", "Merge side", "side")
    merge, first = git(built.path, "rev-parse", "HEAD", "HEAD^1").split()
    extend(built.path, [{"files": {"f": numbered(l3="three", l12="y", l25="x")}}])

    planned = plan(built, merge)

    assert planned.clean
    assert planned.files == ("f", "new")
    assert planned.tree == git_revert_tree(built.path, merge, "-m", "1")
    assert (
        planned.message == f'Revert "Merge side"\n\nThis reverts commit {merge}, reversing\nchanges made to {first}.\n'
    )


def test_a_root_commit_can_be_reverted(built: Built, tmp_path: Path) -> None:
    root = build(tmp_path, [{"files": {"a": "1\n"}}, {"files": {"b": "2\n"}}], name="root")
    assert plan(root, root.shas[0]).files == ("a",)
    assert plan(root, root.shas[0]).tree == git_revert_tree(root.path, root.shas[0])


def test_a_renamed_file_is_reverted_where_it_is_now(built: Built) -> None:
    extend(built.path, [{"files": {"f": None, "moved": numbered(l3="three", l20="twenty")}}])
    planned = plan(built, built.shas[1])
    assert planned.files == ("moved",)
    assert planned.tree == git_revert_tree(built.path, built.shas[1])


def test_later_changes_on_the_same_lines_conflict_and_are_named(built: Built) -> None:
    later = extend(built.path, [{"files": {"f": numbered(l3="3!", l20="twenty")}, "message": "Polish line three"}])[0]
    extend(built.path, [{"files": {"g": "unrelated\n"}}])
    before = everything(built.path)

    planned = plan(built, built.shas[1])

    assert everything(built.path) == before
    assert not planned.clean
    assert planned.tree is None
    assert planned.files == ("f",)
    assert [conflict.path for conflict in planned.conflicts] == ["f"]
    assert planned.conflicts[0].reason == f"line 3 changed again since, last by {later[:12]} Polish line three"
    with pytest.raises(InputError, match="conflicts in f"):
        write_revert(Repository.open(built.path), planned)


def test_deleted_created_and_binary_files_conflict_with_a_readable_reason(tmp_path: Path) -> None:
    built = build(
        tmp_path,
        [
            {"files": {"f": numbered(), "gone": numbered(l1="g"), "image": b"\0\1"}},
            {"files": {"f": numbered(l3="three"), "gone": None, "added": numbered(l2="a"), "image": b"\0\2"}},
            {"files": {"f": None, "gone": "other\n", "added": numbered(l2="b"), "image": b"\0\3"}},
        ],
    )
    reasons = {conflict.path: conflict.reason for conflict in plan(built, built.shas[1]).conflicts}
    assert reasons["f"].startswith(f"deleted or moved since, last by {built.shas[2][:12]} ")
    assert reasons["added"].startswith("added by this commit and changed since, last by ")
    assert reasons["gone"].startswith("deleted or moved by this commit and there again since")
    assert reasons["image"].startswith("changed again since in the same place")


def test_submodules_are_reverted_and_conflict_like_files(built: Built) -> None:
    bumps = []
    for number in range(3):
        git(built.path, "update-index", "--add", "--cacheinfo", f"160000,{built.shas[0][:39]}{number},vendored")
        git(built.path, "commit", "-q", "-m", f"bump {number}")
        bumps.append(git(built.path, "rev-parse", "HEAD"))
    assert plan(built, bumps[2]).files == ("vendored",)
    assert plan(built, bumps[2]).clean
    assert [conflict.path for conflict in plan(built, bumps[1]).conflicts] == ["vendored"]


def test_what_is_already_undone_says_so(built: Built) -> None:
    git(built.path, "revert", "--no-edit", built.shas[1])
    planned = plan(built, built.shas[1])
    assert planned.already_reverted
    assert not planned.clean
    assert planned.files == ()
    with pytest.raises(InputError, match="already undone"):
        write_revert(Repository.open(built.path), planned)


def test_only_commits_of_the_head_can_be_reverted(built: Built) -> None:
    with pytest.raises(InputError, match="is not part of"):
        plan(built, built.shas[2], head=built.shas[1])
    with pytest.raises(InputError, match="no commit"):
        plan(built, "nothing")


def test_the_edge_of_a_shallow_clone_is_refused(built: Built) -> None:
    shallow = built.path.parent / "shallow"
    git(built.path, "clone", "-q", "--depth", "2", f"file://{built.path}", str(shallow))
    repository = Repository.open(shallow)
    assert plan_revert(repository, built.shas[2], "HEAD").clean
    with pytest.raises(IncompleteRepository, match="git fetch --unshallow"):
        plan_revert(repository, built.shas[1], "HEAD")


places = st.lists(st.sampled_from([3, 4, 8, 15, 22, 29]), min_size=1, max_size=3, unique=True)


@given(history=st.lists(places, min_size=2, max_size=5), which=st.integers(1, 5))
@settings(max_examples=12, deadline=None)
def test_plans_agree_with_git_revert(
    history: list[list[int]], which: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lines: dict[str, str] = {}
    changes: list[Change] = [{"files": {"f": numbered()}}]
    for number, changed in enumerate(history):
        lines = {**lines, **{f"l{place}": f"{number} at {place}" for place in changed}}
        changes.append({"files": {"f": numbered(**lines)}})
    built = build(tmp_path_factory.mktemp("plans"), changes)
    commit = built.shas[min(which, len(history))]

    planned = plan(built, commit)

    git(built.path, "revert", "--no-edit", commit, check=False)
    conflicting = bool(git(built.path, "ls-files", "--unmerged"))
    assert bool(planned.conflicts) == conflicting
    if not conflicting:
        assert planned.tree == git(built.path, "rev-parse", "HEAD^{tree}")


def test_a_commit_that_is_written_apart_is_the_same_each_time_and_leaves_the_repository_alone(built: Built) -> None:
    repository, planned = Repository.open(built.path), plan(built, built.shas[1])
    before, at = everything(built.path), datetime(2026, 11, 30, tzinfo=UTC)
    shas = set()
    for _ in range(2):
        with written_apart(repository, planned, ("Ada", "ada@example.org"), at) as (folder, sha):
            shas.add(sha)
            assert git(folder, "rev-parse", f"{sha}^{{tree}}", f"{sha}^").split() == [planned.tree, planned.head]
        assert not folder.exists()
    assert len(shas) == 1
    assert everything(built.path) == before


def test_files_without_readable_lines_are_counted_and_are_a_gap(tmp_path: Path) -> None:
    built = build(tmp_path, [{"files": {"a.bin": "\0old"}}, {"files": {"a.bin": "\0new"}}], name="binary")
    found = plan(built, built.shas[1])
    assert (found.stat.files, found.stat.uncounted) == (1, 1)
    assert found.gaps == ("1 file without readable lines",)
    assert plan_facts(Repository.open(built.path), found)["lines"] is None
