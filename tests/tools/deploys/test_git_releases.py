"""Tags as strangers write them: none of them hides the others."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.hostile.commits import TIMES
from tests.hostile.forge import Forge, Form, History, history
from tests.repositories import START
from tools.deploys.git_releases import by_commit_times, tagged
from tools.deploys.window import Began, WindowLimits
from tools.git.repository import Repository

BEGAN = Began(datetime.fromtimestamp(START + 9_000, UTC), datetime.fromtimestamp(START + 9_000, UTC))
TAGGERS = {
    "no tagger": b"",
    "a tagger without brackets": b"tagger Mallory\n",
    "a tagger that is not UTF-8": b"tagger \xff <\xe9> 1700007300 +0000\n",
    "a time nobody can hold": b"tagger M <m> 99999999999999999999 +0000\n",
    "a time that libgit2 holds and Python does not": b"tagger M <m> 9223372036854775807 +0000\n",
    "a time before all times": b"tagger M <m> -99999999999 +0000\n",
}


def tag(
    forge: Forge, name: str, target: str, kind: str = "commit", tagger: bytes = b"tagger T <t> 1700007300 +0000\n"
) -> str:
    """An annotated tag object and its reference."""
    data = f"object {target}\ntype {kind}\ntag {name}\n".encode() + tagger + b"\nx\n"
    sha = forge.object("tag", data)
    refer(forge, name, sha)
    return sha


def refer(forge: Forge, name: str, sha: str) -> None:
    (forge.path / "refs" / "tags" / name).write_text(sha + "\n")


def found_tags(made: History) -> set[str]:
    repository = Repository.open(made.forge.path)
    return {each.revision for each in tagged(repository, made.shas["mail"], BEGAN, WindowLimits())}


@pytest.fixture
def made(tmp_path: Path) -> History:
    """A history with one good tag."""
    made = history(tmp_path, Form())
    tag(made.forge, "good", made.shas["readme"])
    return made


@pytest.mark.parametrize("tagger", TAGGERS.values(), ids=TAGGERS.keys())
def test_a_tag_of_a_strange_tagger_hides_no_other(made: History, tagger: bytes) -> None:
    tag(made.forge, "strange", made.shas["guilty"], tagger=tagger)
    assert made.shas["readme"] in found_tags(made)


@pytest.mark.parametrize("kind", ["tree", "blob", "nothing"])
def test_a_tag_of_something_else_hides_no_other(made: History, kind: str) -> None:
    targets = {"tree": made.trees["mail"], "blob": made.forge.blob(b"x"), "nothing": "1" * 40}
    refer(made.forge, "odd", targets[kind])
    assert found_tags(made) == {made.shas["readme"]}


def test_tags_of_tags_of_tags_lead_to_their_commit(made: History) -> None:
    sha = made.shas["guilty"]
    for number in range(100):
        sha = tag(made.forge, f"n{number}", sha, "tag" if number else "commit")
    assert found_tags(made) == {made.shas["readme"], made.shas["guilty"]}


def test_a_reference_that_is_noise_hides_no_other(made: History) -> None:
    (made.forge.path / "refs" / "tags" / "odd").write_bytes(b"\xff\0 no id\n")
    assert found_tags(made) == {made.shas["readme"]}


def test_without_a_legible_list_of_references_there_are_no_tags(made: History) -> None:
    (made.forge.path / "packed-refs").write_bytes(b"# pack-refs\nzzz refs/tags/x\n\xff\n")
    assert found_tags(made) == set()


@pytest.mark.parametrize("form", TIMES.values(), ids=TIMES.keys())
def test_a_commit_with_an_impossible_time_ends_no_search_by_times(tmp_path: Path, form: Form) -> None:
    made = history(tmp_path, form)
    began = Began(*(datetime.fromtimestamp(START + 9_000, UTC) + timedelta(days=1),) * 2)
    window = by_commit_times(Repository.open(made.forge.path), began, WindowLimits(), deployed=made.shas["mail"])
    assert window.deployed == made.shas["mail"]
