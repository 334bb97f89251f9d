"""The repository as the rest of the house reads it, against the real git command line."""

import shutil
from pathlib import Path

import pygit2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.errors import IncompleteRepository, InputError, NotAnAncestor, RepositoryNotFound, UnknownRevision
from tests.hostile.commits import PEOPLE
from tests.hostile.damage import CUT
from tests.hostile.forge import history
from tests.repositories import Built, Change, build, extend, git
from tools.git.diff import commit_diff
from tools.git.repository import MAX_FILE_BYTES, Repository


@pytest.fixture
def built(tmp_path: Path) -> Built:
    changes: list[Change] = [{"files": {"a.txt": f"{n}\n", f"src/f{n}.py": "x = 1\n"}} for n in range(6)]
    return build(tmp_path, changes)


def shas_of_window(path: Path, base: str, deployed: str) -> list[str]:
    return [commit.sha for commit in Repository.open(path).window(base, deployed)]


def git_window(path: Path, base: str, deployed: str) -> list[str]:
    return git(path, "rev-list", "--first-parent", "--reverse", f"{base}..{deployed}").split()


def test_a_work_tree_its_git_folder_a_bare_clone_and_a_linked_worktree_are_the_same_repository(built: Built) -> None:
    bare, linked = built.path.parent / "bare", built.path.parent / "linked"
    git(built.path, "clone", "--bare", str(built.path), str(bare))
    git(built.path, "worktree", "add", str(linked), built.shas[2])

    heads = [Repository.open(path).resolve(built.shas[5]) for path in (built.path, built.path / ".git", bare, linked)]

    assert heads == [built.shas[5]] * 4
    assert Repository.open(linked).resolve("HEAD") == built.shas[2]
    assert Repository.open(str(linked)).folder == (built.path / ".git").resolve()


def test_a_folder_that_is_no_repository_is_refused_even_inside_one(built: Built, tmp_path: Path) -> None:
    with pytest.raises(RepositoryNotFound, match="no such path"):
        Repository.open(tmp_path / "nowhere")
    with pytest.raises(RepositoryNotFound, match=r"repository around it is .*repository/\.git"):
        Repository.open(built.path / "src")
    (tmp_path / "file").write_text("no repository")
    with pytest.raises(RepositoryNotFound):
        Repository.open(tmp_path / "file")


def test_revisions_are_named_as_git_names_them(built: Built) -> None:
    git(built.path, "tag", "-a", "v1", "-m", "annotated", built.shas[3])
    git(built.path, "branch", "feature/x", built.shas[1])
    repository = Repository.open(built.path)

    for revision in ("HEAD", "HEAD~2", "v1", "v1^", "feature/x", "main", built.shas[4][:9], "main@{0}"):
        assert repository.resolve(revision) == git(built.path, "rev-parse", f"{revision}^{{commit}}")


HOSTILE = ["", "-rf", "--output=x", "a\nb", "a\0b", ":/(a+)+$", "HEAD^{/x}", "HEAD:a.txt", "x" * 5000, "\ud800"]
ABSENT = ["nothing", "0" * 40, "..", "HEAD..HEAD", "@{-1}", "HEAD^9", "HEAD~99999999999999", "é"]


@pytest.mark.parametrize("revision", [*HOSTILE, *ABSENT])
def test_a_revision_that_does_not_exist_or_is_hostile_is_one_clear_error(built: Built, revision: str) -> None:
    with pytest.raises(UnknownRevision) as refused:
        Repository.open(built.path).resolve(revision)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 500


def test_a_revision_that_is_not_a_commit_is_refused(built: Built) -> None:
    tree = git(built.path, "rev-parse", "HEAD^{tree}")
    with pytest.raises(UnknownRevision):
        Repository.open(built.path).resolve(tree)
    with pytest.raises(UnknownRevision):
        Repository.open(built.path).commit(tree)


@given(revision=st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_no_text_used_as_a_revision_escapes_the_error_tree(revision: str, empty: Repository) -> None:
    with pytest.raises(UnknownRevision):
        empty.resolve(revision)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return Repository.open(build(tmp_path_factory.mktemp("empty"), []).path)


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


def test_missing_objects_are_one_clear_error_with_a_remedy(built: Built) -> None:
    partial = built.path.parent / "partial"
    git(built.path, "config", "uploadpack.allowFilter", "true")
    git(built.path, "clone", "-q", "--bare", "--filter=blob:none", f"file://{built.path}", str(partial))
    repository = Repository.open(partial)

    assert len(repository.paths("HEAD")) == 7  # names need no file
    with pytest.raises(IncompleteRepository, match="git fetch --refetch"):
        repository.file("HEAD", "a.txt")
    with pytest.raises(IncompleteRepository, match="git fetch --refetch"):
        commit_diff(repository, built.shas[3])


def test_files_are_read_at_any_revision(built: Built) -> None:
    repository = Repository.open(built.path)
    assert repository.file("HEAD", "a.txt") == b"5\n"
    assert repository.text(built.shas[0], "a.txt") == "0\n"
    assert repository.text(built.shas[0], "src/f5.py") is None
    for path in ("", "src", "/a.txt", "../a.txt", "a.txt/", "a.txt/b", "nothing", "a\0b", "\ud800", "a" * 100_000):
        assert repository.file("HEAD", path) is None


def test_binary_undecodable_and_huge_files_do_no_harm(tmp_path: Path) -> None:
    files = {"image": b"\x89PNG\0\0", "latin": "gr\xfc\xdfe\n".encode("latin-1"), "huge": b"x" * (MAX_FILE_BYTES + 1)}
    repository = Repository.open(build(tmp_path, [{"files": files}]).path)
    assert repository.text("HEAD", "image") is None
    assert repository.file("HEAD", "image") == b"\x89PNG\0\0"
    assert repository.text("HEAD", "latin") == "gr\ufffd\ufffde\n"
    assert repository.file("HEAD", "huge") is None


def test_paths_are_what_ls_tree_lists_without_submodules(built: Built) -> None:
    inner = built.path.parent / "inner"
    git(built.path, "clone", "-q", str(built.path), str(inner))
    git(built.path, "submodule", "-q", "add", str(inner), "vendored")
    (built.path / "link").symlink_to("a.txt")
    git(built.path, "add", "-A")
    git(built.path, "commit", "-q", "-m", "submodule and link")
    listed = git(built.path, "ls-tree", "-r", "--name-only", "HEAD").split("\n")

    repository = Repository.open(built.path)

    assert list(repository.paths("HEAD")) == [path for path in listed if path != "vendored"]
    assert repository.file("HEAD", "vendored") is None
    assert repository.file("HEAD", "link") == b"a.txt"


def test_paths_that_are_not_utf8_do_not_crash(tmp_path: Path) -> None:
    built = build(tmp_path, [{"files": {"a": "1\n"}}])
    folder = bytes(built.path)
    Path((folder + b"/caf\xe9.txt").decode(errors="surrogateescape")).write_text("x\n")
    git(built.path, "add", "-A")
    git(built.path, "commit", "-q", "-m", "latin name")
    repository = Repository.open(built.path)
    assert repository.paths("HEAD") == ("a", "caf\ufffd.txt")
    assert [file.path for file in commit_diff(repository, "HEAD").files] == ["caf\ufffd.txt"]


def test_hostile_commits_are_described_without_crashing(tmp_path: Path) -> None:
    built = build(tmp_path, [{"files": {"a": "1\n"}}])
    tree = git(built.path, "rev-parse", "HEAD^{tree}").encode()
    body = (
        b"tree " + tree + b"\nauthor \xff\xfe <x> 99999999999999999 +9999\ncommitter c <c> -5 -9900\n"
        b"encoding no-such-encoding\n\n  \n\xff subject\x07\nbody\n"
    )
    raw = built.path / "raw"
    raw.write_bytes(body)
    sha = git(built.path, "hash-object", "-t", "commit", "-w", "--literally", str(raw))
    repository = Repository.open(built.path)

    commit = repository.commit(sha)

    assert commit.subject.startswith("\ufffd subject")
    assert commit.committed_at.year >= 1970
    assert "body" in repository.message(sha)
    commit.model_dump_json()


def test_what_is_checked_out_or_configured_does_not_change_what_is_seen(built: Built) -> None:
    repository = Repository.open(built.path)
    before = commit_diff(repository, built.shas[3])
    (built.path / ".gitattributes").write_text("* binary -diff\n")
    shutil.rmtree(built.path / "src")
    git(built.path, "config", "diff.renames", "false")
    git(built.path, "config", "core.bare", "false")
    assert commit_diff(Repository.open(built.path), built.shas[3]) == before


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


def test_a_branch_whose_last_commit_libgit2_cannot_parse_is_resolved(tmp_path: Path) -> None:
    made = history(tmp_path, PEOPLE["an author without brackets"])
    (made.forge.path / "refs" / "heads" / "odd").write_text(made.shas["odd"] + "\n")
    repository = Repository.open(made.forge.path)

    for name in ("odd", "refs/heads/odd", made.shas["odd"]):
        assert repository.resolve(name) == made.shas["odd"]
    assert repository.is_ancestor(made.shas["base"], "odd")
    assert not repository.is_ancestor("odd", made.shas["base"])


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


def test_whether_a_commit_lies_behind_a_missing_one_is_not_guessed(tmp_path: Path) -> None:
    made = history(tmp_path, CUT["a commit that is not there"])
    repository = Repository.open(made.forge.path)
    with pytest.raises(IncompleteRepository, match="is not known"):
        repository.is_ancestor(made.shas["base"], made.shas["mail"])
    assert repository.is_ancestor(made.shas["guilty"], made.shas["mail"])
