"""Where the error is read from, which error of a log is meant, and where its files are."""

import json
import re
from pathlib import Path

import pytest

from tests.repositories import build, git
from tests.service.cli.ran import RedTide
from tests.service.cli.shop_repository import OTHER, TRACE, shop

# One line of a bundle: `function pay(){}` was line 1 of src/pay.ts, `pay.now()` line 3 column 2 of src/cart.ts.
MAP = {
    "version": 3,
    "file": "app.min.js",
    "sources": ["webpack://shop/./src/pay.ts", "webpack://shop/./src/cart.ts?a1b2"],
    "mappings": "AAAA,iBCECA",
}
BUNDLED = "TypeError: pay.now is not a function\n    at u (https://shop.example/assets/app.min.js:1:20)\n"
SOURCES = {
    "src/pay.ts": "export function pay() {}\n",
    "src/cart.ts": "import { pay } from './pay';\nexport function checkout() {\n  pay.now();\n}\n",
}


def test_the_log_may_be_piped_in_without_a_word(redtide_process: RedTide, tmp_path: Path) -> None:
    built = shop(tmp_path)
    ran = redtide_process("investigate", "--repo", str(built.path), "--json", "--no-model", stdin=TRACE.encode())
    assert json.loads(ran.out)["culprit"] == built.shas[5]


def test_an_empty_pipe_is_one_line(redtide_piped: RedTide, tmp_path: Path) -> None:
    ran = redtide_piped("investigate", "--repo", str(shop(tmp_path).path), "--no-model")
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "--trace: the trace is empty" in ran.err


def two_services(folder: Path) -> Path:
    """A monorepo whose two services have a file of the same name; the older commit changed the first one."""
    code = "def total(cart):\n    return cart.{}\n"
    built = build(
        folder,
        [
            {"files": {f"services/{name}/src/total.py": code.format("sum") for name in ("billing", "checkout")}},
            {"files": {"services/checkout/src/total.py": code.format("cost")}, "message": "checkout"},
            {"files": {"services/billing/src/total.py": code.format("price")}, "message": "billing"},
        ],
    )
    git(built.path, "tag", "v1", built.shas[0])
    return built.path


TOTAL = """\
Traceback (most recent call last):
  File "/app/src/total.py", line 2, in total
AttributeError: 'Cart' object has no attribute
"""


@pytest.mark.parametrize("root", ["services/checkout", "./services/checkout/", "services/billing"])
def test_a_root_says_which_service_of_a_monorepo_fails(redtide: RedTide, tmp_path: Path, root: str) -> None:
    repository = two_services(tmp_path)
    (tmp_path / "log").write_text(TOTAL)
    given = ["--repo", str(repository), "--trace", str(tmp_path / "log"), "--no-model", "--json"]
    placed = json.loads(redtide("investigate", *given, "--root", root).out)["frames"][0]["repo_path"]
    assert placed == f"services/{root.strip('./').split('/')[1]}/src/total.py"
    assert json.loads(redtide("investigate", *given).out)["frames"][0]["repo_path"] is None


def test_the_first_root_that_has_the_file_is_taken(redtide: RedTide, tmp_path: Path) -> None:
    repository = two_services(tmp_path)
    (tmp_path / "log").write_text(TOTAL)
    given = ["--repo", str(repository), "--trace", str(tmp_path / "log"), "--no-model", "--json"]
    told = json.loads(redtide("investigate", *given, "--root", "services/billing", "--root", "services/checkout").out)
    assert told["frames"][0]["repo_path"] == "services/billing/src/total.py"


def test_a_root_that_is_not_there_is_one_line_with_near_names(redtide: RedTide, tmp_path: Path) -> None:
    (tmp_path / "log").write_text(TOTAL)
    given = ["--repo", str(two_services(tmp_path)), "--trace", str(tmp_path / "log"), "--no-model"]
    ran = redtide("investigate", *given, "--root", "services/chekout/src")
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert (
        "--root: the deployed revision has no folder 'services/chekout/src'; did you mean services/checkout/src"
        in ran.err
    )


@pytest.mark.parametrize("where", ["file", "folder", "repository"])
def test_a_bundle_is_looked_up_in_its_source_map(redtide: RedTide, tmp_path: Path, where: str) -> None:
    files = {**SOURCES, "dist/app.min.js.map": json.dumps(MAP)} if where == "repository" else SOURCES
    bad = SOURCES["src/cart.ts"].replace("pay.now", "pay.later")
    built = build(
        tmp_path, [{"files": {**files, "src/cart.ts": bad}}, {"files": {"src/cart.ts": SOURCES["src/cart.ts"]}}]
    )
    maps = tmp_path / "build"
    maps.mkdir()
    (maps / "app.min.js.map").write_text(json.dumps(MAP))
    (tmp_path / "log").write_text(BUNDLED)
    given = {"file": ["--source-map", str(maps / "app.min.js.map")], "folder": ["--source-map", str(maps)]}.get(
        where, []
    )
    ran = redtide(
        "investigate", "--repo", str(built.path), "--trace", str(tmp_path / "log"), *given, "--no-model", "--json"
    )
    told = json.loads(ran.out)
    assert (told["frames"][0]["repo_path"], told["frames"][0]["line"]) == ("src/cart.ts", 3)
    assert told["culprit"] == built.shas[1]


def test_of_two_bundles_with_one_name_each_has_the_map_of_its_folder(redtide: RedTide, tmp_path: Path) -> None:
    built = build(tmp_path, [{"files": {"readme": "a"}}, {"files": SOURCES}])
    for folder, source in (("admin", "src/pay.ts"), ("shop", "src/cart.ts")):
        (tmp_path / "build" / folder).mkdir(parents=True)
        one = {"version": 3, "sources": [source], "mappings": "AAAA"}
        (tmp_path / "build" / folder / "app.js.map").write_text(json.dumps(one))
    (tmp_path / "log").write_text("TypeError: x is null\n    at u (https://a.example/shop/app.js:1:20)\n")
    given = ["--source-map", str(tmp_path / "build"), "--no-model", "--json"]
    ran = redtide("investigate", "--repo", str(built.path), "--trace", str(tmp_path / "log"), *given)
    assert json.loads(ran.out)["frames"][0]["repo_path"] == "src/cart.ts"


def test_a_frame_of_a_bundle_without_a_column_stays_and_the_command_says_so(redtide: RedTide, tmp_path: Path) -> None:
    built = build(tmp_path, [{"files": {"readme": "a"}}, {"files": SOURCES}])
    (tmp_path / "app.min.js.map").write_text(json.dumps(MAP))
    (tmp_path / "log").write_text("TypeError: x is null\n    at u (https://a.example/assets/app.min.js:1)\n")
    given = ["--source-map", str(tmp_path / "app.min.js.map"), "--no-model", "--json"]
    ran = redtide("investigate", "--repo", str(built.path), "--trace", str(tmp_path / "log"), *given)
    assert json.loads(ran.out)["frames"][0]["path"] == "https://a.example/assets/app.min.js"
    assert "app.min.js:1: the trace has no column there" in ran.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot read"),
        ("not json", "not a source map (version 3)"),
        ('{"version": 2}', "not a source map (version 3)"),
        ('{"version": 3, "sources": 7, "mappings": ""}', "not a source map (version 3)"),
        ("[" * 100_000, "not a source map (version 3)"),
    ],
)
def test_a_file_that_is_no_source_map_is_one_line(
    redtide: RedTide, tmp_path: Path, content: str | None, said: str
) -> None:
    built = shop(tmp_path)
    (tmp_path / "log").write_text(BUNDLED)
    if content is not None:
        (tmp_path / "app.min.js.map").write_text(content)
    given = ["--trace", str(tmp_path / "log"), "--source-map", str(tmp_path / "app.min.js.map"), "--no-model"]
    ran = redtide("investigate", "--repo", str(built.path), *given)
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert ran.err.startswith("redtide investigate: error: --source-map: ")
    assert said in ran.err


def test_the_other_errors_of_a_log_are_listed_and_can_be_picked(redtide: RedTide, tmp_path: Path) -> None:
    built = shop(tmp_path)
    (tmp_path / "log").write_text(TRACE * 3 + OTHER)
    given = ["--repo", str(built.path), "--trace", str(tmp_path / "log"), "--no-model"]
    first, second = (json.loads(redtide("investigate", *given, "--json", "--error", n).out) for n in "12")
    assert (first["exception"], second["exception"]) == ("AttributeError", "OSError")
    assert first["other_errors"] == [{"number": 2, "count": 1, "text": "OSError: no route to the mail host"}]
    assert second["other_errors"][0]["count"] == 3
    shown = redtide("investigate", *given).out
    assert "1 other kind of error in the log\n  1 x OSError: no route to the mail host (--error 2)\n" in shown
    assert redtide("blame", *given[:-1]).out.endswith("1 x OSError: no route to the mail host (--error 2)\n")


@pytest.mark.parametrize(("number", "said"), [("3", "the log holds 2 errors, no number 3"), ("0", "numbered from 1")])
def test_an_error_that_is_not_there_is_one_line(redtide: RedTide, tmp_path: Path, number: str, said: str) -> None:
    (tmp_path / "log").write_text(TRACE + OTHER)
    given = ["--repo", str(shop(tmp_path).path), "--trace", str(tmp_path / "log"), "--no-model", "--error", number]
    ran = redtide("investigate", *given)
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert said in ran.err


def test_a_log_without_an_error_counts_none(redtide: RedTide, tmp_path: Path) -> None:
    (tmp_path / "log").write_text("ready to serve\nstopped by the operator\n")
    given = ["--repo", str(shop(tmp_path).path), "--trace", str(tmp_path / "log"), "--no-model"]
    shown = redtide("investigate", *given)
    assert "evidence only" in shown.out
    assert not re.search(r"\d errors?", shown.out)
    picked = redtide("investigate", *given, "--error", "1")
    assert (picked.status, picked.err.count("\n")) == (2, 1)
    assert "--error: no error was found in the log" in picked.err
