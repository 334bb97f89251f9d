"""The repository as the rest of the house reads it, against the real git command line."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.errors import IncompleteRepository, RepositoryNotFound, UnknownRevision
from tests.hostile.commits import PEOPLE
from tests.hostile.damage import CUT
from tests.hostile.forge import history
from tests.repositories import Built, Change, build, git
from tools.git.diff import commit_diff
from tools.git.repository import MAX_FILE_BYTES, Repository


@pytest.fixture
def built(tmp_path: Path) -> Built:
    changes: list[Change] = [{"files": {"a.txt": f"{n}\n", f"src/f{n}.py": "x = 1\n"}} for n in range(6)]
    return build(tmp_path, changes)


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


def test_a_branch_whose_last_commit_libgit2_cannot_parse_is_resolved(tmp_path: Path) -> None:
    made = history(tmp_path, PEOPLE["an author without brackets"])
    (made.forge.path / "refs" / "heads" / "odd").write_text(made.shas["odd"] + "\n")
    repository = Repository.open(made.forge.path)

    for name in ("odd", "refs/heads/odd", made.shas["odd"]):
        assert repository.resolve(name) == made.shas["odd"]
    assert repository.is_ancestor(made.shas["base"], "odd")
    assert not repository.is_ancestor("odd", made.shas["base"])


def test_whether_a_commit_lies_behind_a_missing_one_is_not_guessed(tmp_path: Path) -> None:
    made = history(tmp_path, CUT["a commit that is not there"])
    repository = Repository.open(made.forge.path)
    with pytest.raises(IncompleteRepository, match="is not known"):
        repository.is_ancestor(made.shas["base"], made.shas["mail"])
    assert repository.is_ancestor(made.shas["guilty"], made.shas["mail"])
