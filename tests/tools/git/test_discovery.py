"""The repository around a folder, and the names near a mistyped one."""

from pathlib import Path

import pytest

from incidents.errors import RepositoryNotFound
from tests.repositories import Built, build, git
from tools.git.discovery import near_names, repository_around
from tools.git.repository import Repository


@pytest.fixture
def built(tmp_path: Path) -> Built:
    built = build(tmp_path, [{"files": {"shop/src/cart.py": "x\n"}}])
    for name in ("v1.4.0", "v1.4.1", "v2026.11.27", "release-3.0", "nightly"):
        git(built.path, "tag", name)
    git(built.path, "branch", "checkout-fix")
    return built


@pytest.mark.parametrize("below", [".", "shop", "shop/src", ".git"])
def test_a_repository_is_found_from_every_folder_in_it(built: Built, below: str) -> None:
    assert repository_around(built.path / below).folder.resolve() == (built.path / ".git").resolve()


def test_a_bare_repository_is_found_from_within(built: Built, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(built.path), str(tmp_path / "bare.git"))
    assert repository_around(tmp_path / "bare.git").folder.resolve() == (tmp_path / "bare.git").resolve()


def test_no_repository_around_is_an_error_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(RepositoryNotFound, match="no git repository around"):
        repository_around(tmp_path)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("1.4.0", "v1.4.0"),
        ("v1_4_1", "v1.4.1"),
        ("v2026.11.28", "v2026.11.27"),
        ("3.0", "release-3.0"),
        ("Nightly", "nightly"),
        ("checkout_fix", "checkout-fix"),
        ("v1.4.9", "v1.4.1"),
        ("v1.5", "v1.4.1"),
    ],
)
def test_a_name_that_people_write_otherwise_is_near(built: Built, name: str, near: str) -> None:
    assert near_names(Repository.open(built.path), name)[0] == near


@pytest.mark.parametrize("name", ["", "~", "something-else-entirely", "\x1b[31m"])
def test_nothing_is_near_what_is_unlike_everything(built: Built, name: str) -> None:
    assert near_names(Repository.open(built.path), name) == ()
