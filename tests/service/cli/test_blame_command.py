"""`redtide blame`: who last changed the failing code, however long ago."""

import json
from pathlib import Path

import pytest

from tests.repositories import Built, build, extend
from tests.service.cli.ran import RedTide
from tests.service.cli.shop_repository import TRACE, shop


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Built:
    """The shop with 60 innocent commits on top of its bad one; it is the current folder."""
    built = shop(tmp_path)
    (tmp_path / "error.log").write_text(TRACE)
    extend(built.path, [{"files": {"notes": f"{number}\n"}, "message": f"note {number}"} for number in range(60)])
    monkeypatch.chdir(built.path)
    return built


def test_the_oldest_change_of_the_failing_line_comes_first(redtide: RedTide, built: Built) -> None:
    ran = redtide("blame", "--trace", "../error.log", "--json")
    told = json.loads(ran.out)
    assert ran.status == 0
    assert ran.err == "read at HEAD; --deployed chooses another revision\n"
    first = told["changers"][0]
    assert (first["commit"], first["back"]) == (built.shas[5], 60)
    assert first["reasons"][0] == "Wrote the line that fails, shop/cart.py:6 in `total`."
    assert told["frames"][0]["repo_path"] == "shop/cart.py"


@pytest.mark.parametrize("taken", ["terminal", "markdown"])
def test_the_list_says_that_it_is_no_verdict(redtide: RedTide, built: Built, taken: str) -> None:
    shown = redtide("blame", "--trace", "../error.log", "--format", taken, "--most", "1").out
    assert built.shas[5][:9] in shown
    assert "(60 back)" in shown.replace("\\", "")
    assert "The last change is not always the cause." in shown.replace("\n", " ")


def test_an_older_revision_is_asked_as_it_was(redtide: RedTide, built: Built) -> None:
    ran = redtide("blame", "--trace", "../error.log", "--deployed", "v1.1", "--json")
    told = json.loads(ran.out)
    assert ran.err == ""
    assert told["changers"][0]["commit"] == built.shas[0]
    assert built.shas[5] not in {each["commit"] for each in told["changers"]}


def test_without_a_frame_it_says_so_and_looks_for_the_words(
    redtide: RedTide, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = 'raise ValueError(f"the voucher {code} was used before")'
    changes = [{"files": {"voucher.py": f"def use(code):\n    {text}\n"}, "message": "vouchers"}]
    built = build(tmp_path, changes)  # type: ignore[arg-type]
    extend(built.path, [{"files": {"notes": f"{number}\n"}, "message": f"note {number}"} for number in range(60)])
    (tmp_path / "log").write_text("ERROR the voucher WINTER26 was used before")
    monkeypatch.chdir(built.path)
    told = json.loads(redtide("blame", "--trace", "../log", "--json").out)
    assert told["changers"][0]["commit"] == built.shas[0]
    assert told["changers"][0]["reasons"] == [
        "Added the error's own text, `the voucher {code} was used before` (voucher.py:2)."
    ]
    assert told["missing"][0].startswith("The text holds no stack trace")


def test_when_nothing_depends_on_anything_nobody_is_named(
    redtide: RedTide, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = build(tmp_path, [{"files": {"readme": "shop\n"}, "message": "first"}])
    (tmp_path / "log").write_text("ERROR 503")
    monkeypatch.chdir(built.path)
    ran = redtide("blame", "--trace", "../log")
    assert ran.status == 1
    assert "Nobody: nothing in this repository was found that the error depends on." in ran.out
    assert "1 commit compared" in ran.out


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "--trace: missing; give the log text of the error, or pipe it in"),
        (["--trace", "/nowhere"], "--trace: cannot read '/nowhere'"),
        (["--trace", "../error.log", "--most", "0"], "--most: give a number from 1 to 100000"),
        (["--trace", "../error.log", "--deployed", "v1.11"], "did you mean v1.1"),
        (["--trace", "../error.log", "--repo", "/nowhere"], "--repo: no git repository at /nowhere"),
        (["--trace", "../error.log", "--weights", "../error.log"], "is no file of weights; write one with"),
        (["--trace", "../error.log", "--weights", "/nowhere"], "--weights: cannot read '/nowhere'"),
    ],
)
def test_bad_input_is_one_line(redtide: RedTide, built: Built, given: list[str], said: str) -> None:
    ran = redtide("blame", *given)
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert said in ran.err
