"""Windows of commits between two revisions, against `git rev-list`; in shallow and damaged repositories too."""

from pathlib import Path

import pygit2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.errors import IncompleteRepository, InputError, NotAnAncestor, UnknownRevision
from tests.hostile.commits import PEOPLE
from tests.hostile.forge import history
from tests.repositories import Built, Change, build, extend, git
from tools.git.diff import commit_diff
from tools.git.repository import Repository


@pytest.fixture
def built(tmp_path: Path) -> Built:
    changes: list[Change] = [{"files": {"a.txt": f"{n}\n", f"src/f{n}.py": "x = 1\n"}} for n in range(6)]
    return build(tmp_path, changes)


def shas_of_window(path: Path, base: str, deployed: str) -> list[str]:
    return [commit.sha for commit in Repository.open(path).window(base, deployed)]


def git_window(path: Path, base: str, deployed: str) -> list[str]:
    return git(path, "rev-list", "--first-parent", "--reverse", f"{base}..{deployed}").split()


def test_the_window_runs_from_after_base_to_deployed_oldest_first(built: Built) -> None:
    assert shas_of_window(built.path, built.shas[1], "main") == built.shas[2:]
    assert shas_of_window(built.path, built.shas[5], "main") == []


def test_base_and_deployed_the_wrong_way_round_have_no_window(built: Built) -> None:
    with pytest.raises(NotAnAncestor, match="not an ancestor"):
        Repository.open(built.path).window("main", built.shas[1])


def merged(tmp_path: Path) -> tuple[Built, str, str]:
    """main: 0 - 1 - M - 3, where M merges the branch 0 - side. Returns also side and M."""
    built = build(tmp_path, [{"files": {"a": "0\n"}}, {"files": {"a": "1\n"}}])
    git(built.path, "checkout", "-q", "-b", "side", built.shas[0])
    side = extend(built.path, [{"files": {"b": "b\n"}, "message": "side work"}])[0]
    git(built.path, "checkout", "-q", "main")
    git(built.path, "merge", "-q", "--no-ff", "-m", "Merge side", "side")
    merge = git(built.path, "rev-parse", "HEAD")
    extend(built.path, [{"files": {"a": "3\n"}}])
    return built, side, merge


def test_a_merge_is_one_commit_of_the_window(tmp_path: Path) -> None:
    built, side, merge = merged(tmp_path)

    window = Repository.open(built.path).window(built.shas[0], "main")

    assert [commit.sha for commit in window] == git_window(built.path, built.shas[0], "main")
    assert window[1].sha == merge
    assert window[1].parents == (built.shas[1], side)
    assert side not in [commit.sha for commit in window]


def test_a_base_beside_the_first_parent_chain_follows_rev_list(tmp_path: Path) -> None:
    built, side, _ = merged(tmp_path)
    assert shas_of_window(built.path, side, "main") == git_window(built.path, side, "main")
    assert len(shas_of_window(built.path, side, "main")) == 3


@given(plan=st.lists(st.tuples(st.sampled_from("cmb"), st.integers(0, 5), st.integers(0, 10**9)), max_size=12))
@settings(max_examples=15, deadline=None)
def test_windows_equal_rev_list_whatever_the_shape_and_the_clocks(
    plan: list[tuple[str, int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("shape")
    raw = pygit2.init_repository(str(folder), bare=True)
    tree = raw.TreeBuilder().write()
    shas: list[pygit2.Oid] = []
    for number, (kind, back, at) in enumerate([("c", 0, 0), *plan]):
        who = pygit2.Signature("a", "a@b", at, 0)  # clocks run backwards and forwards
        parents = [shas[-1 - min(back, len(shas) - 1)] if kind == "b" else shas[-1]] if shas else []
        other = shas[max(0, len(shas) - 2 - back)] if kind == "m" and len(shas) > 1 else None
        parents += [other] if other is not None and other not in parents else []
        shas.append(raw.create_commit(None, who, who, str(number), tree, parents))
    repository = Repository.open(folder)
    for base in shas[:-1]:
        is_ancestor = repository.is_ancestor(str(base), str(shas[-1]))
        assert is_ancestor == (str(base) in git(folder, "rev-list", str(shas[-1])).split())
        if is_ancestor:
            found = [commit.sha for commit in repository.window(str(base), str(shas[-1]))]
            assert found == git_window(folder, str(base), str(shas[-1]))


def test_a_shallow_clone_that_holds_the_whole_window_works(built: Built) -> None:
    shallow = built.path.parent / "shallow"
    git(built.path, "clone", "-q", "--depth", "4", f"file://{built.path}", str(shallow))
    repository = Repository.open(shallow)

    window = repository.window(built.shas[2], "HEAD")

    assert [commit.sha for commit in window] == built.shas[3:]
    assert [commit_diff(repository, commit.sha).file_count for commit in window] == [2, 2, 2]


def test_a_shallow_clone_that_lacks_the_base_names_the_remedy(built: Built) -> None:
    shallow = built.path.parent / "shallow"
    git(built.path, "clone", "-q", "--depth", "2", f"file://{built.path}", str(shallow))
    repository = Repository.open(shallow)

    with pytest.raises(UnknownRevision, match="git fetch --unshallow"):
        repository.window(built.shas[1], "HEAD")
    with pytest.raises(IncompleteRepository, match="git fetch --unshallow"):
        commit_diff(repository, built.shas[4])  # at the edge: its parent is unknown, it did not add everything


def test_a_window_that_leaves_a_shallow_clone_is_refused(tmp_path: Path) -> None:
    built, side, _ = merged(tmp_path)
    shallow = tmp_path / "shallow"
    git(built.path, "clone", "-q", "--depth", "2", f"file://{built.path}", str(shallow))
    with pytest.raises(InputError, match="git fetch --unshallow"):
        Repository.open(shallow).window(side, "HEAD")


def test_history_before_the_window_is_not_read(tmp_path: Path) -> None:
    raw = pygit2.init_repository(str(tmp_path / "long"), bare=True)
    tree = raw.TreeBuilder().write()
    last: list[pygit2.Oid] = []
    shas: list[str] = []
    for number in range(500):
        who = pygit2.Signature("a", "a@b", 1_000_000 + number, 0)
        last = [raw.create_commit(None, who, who, "c", tree, last)]
        shas.append(str(last[0]))
    for sha in shas[:450]:
        (tmp_path / "long" / "objects" / sha[:2] / sha[2:]).unlink()
    repository = Repository.open(tmp_path / "long")

    assert [commit.sha for commit in repository.window(shas[-41], shas[-1])] == shas[-40:]


def test_around_damage_a_base_that_is_none_is_still_refused(tmp_path: Path) -> None:
    made = history(tmp_path, PEOPLE["an author without brackets"])
    repository = Repository.open(made.forge.path)
    with pytest.raises(NotAnAncestor):
        repository.window(made.shas["mail"], made.shas["base"])


def test_a_base_of_another_project_is_refused_rather_than_taken_for_a_broken_history(tmp_path: Path) -> None:
    changes: list[Change] = [{"files": {"a.txt": f"{n}\n"}} for n in range(302)]
    built = build(tmp_path, changes)
    git(built.path, "checkout", "-q", "--orphan", "other")
    (other,) = extend(built.path, [{"files": {"b": "b\n"}, "message": "another project"}])
    with pytest.raises(NotAnAncestor):
        Repository.open(built.path).window(other, built.shas[-1])
