"""The commit that changed no code, but what the program runs with."""

from pathlib import Path

import pytest

from tests.repositories import Change, build, git
from tests.tools.signals.bare_message import QUIET, signals, window_of
from tools.ranking.doubts import doubts
from tools.signals.registry import measure

LOCK = '"@watch/browser@^7.0.0":\n  version "{}"\n  resolved "https://example.org/x"\n'
TRACE = """Traceback (most recent call last):
  File "/srv/app/run.py", line 2, in run
    return ladle.dump(x)
  File "/usr/lib/python3/site-packages/ladle/encode.py", line 9, in dump
    raise TypeError(x)
TypeError: cannot encode
"""


def test_the_trace_ends_in_the_package_that_moved(tmp_path: Path) -> None:
    run = {"run.py": "def run(x):\n    return ladle.dump(x)\n"}
    found = signals(tmp_path, {**run, "requirements.txt": "ladle==1.4\n"}, {"requirements.txt": "ladle==2.0\n"}, TRACE)
    value, sentence = found["moved_package_in_trace"]
    assert value == 1.0
    assert sentence == "moved `ladle` from ==1.4 to ==2.0 (requirements.txt), and the trace ends in it"
    assert "no_code" not in found


def test_the_message_names_a_package_that_moved(tmp_path: Path) -> None:
    before, after = (f"<artifactId>ladle-api</artifactId><version>{v}</version>" for v in ("1.4", "2.0"))
    message = 'java.lang.NullPointerException: Cannot invoke "com.soup.ladle.Bowl.fill()" because "bowl" is null'
    found = signals(tmp_path, {"pom.xml": before}, {"pom.xml": after}, message)
    assert "the error names it" in found["moved_package_in_trace"][1]


@pytest.mark.parametrize(
    ("error", "loading"),
    [
        ("ImportError: cannot import name 'pour' from 'ladle' (/venv/lib/site-packages/ladle/__init__.py)", True),
        ("Error: require() of ES Module /app/node_modules/ladle/index.js from /app/shop/a.js not supported.", True),
        ("ValueError: ladle is full", False),
    ],
)
def test_what_cannot_be_loaded_from_a_package_that_moved_is_none_of_the_asking_line(
    tmp_path: Path, error: str, loading: bool
) -> None:
    before, after = ({"requirements.txt": f"ladle=={version}\n"} for version in ("1.4", "2.0"))
    context = window_of(tmp_path, [{"files": before}, {"files": after}, *QUIET], error)
    where = "the error says that something of it cannot be loaded" if loading else "the error names it"
    said = f"oved `ladle` from ==1.4 to ==2.0 (requirements.txt), and {where}"
    found = {each.name: (each.value, each.detail) for each in measure(context, context.changes[0])}
    assert found["moved_package_in_trace"] == (1.0 if loading else 0.8, f"m{said}")
    assert [each.why for each in doubts(context)] == [f"M{said}."]
    assert context.new_reason == (1.0 if loading else 0.0)


def test_a_runtime_that_moved_leaves_open_what_is_missing(tmp_path: Path) -> None:
    before, after = ({"Dockerfile": f"FROM python:{version}\n"} for version in ("3.9", "3.11"))
    for error, doubted in (("module 'collections' has no attribute 'Mapping'", True), ("the cart is full", False)):
        context = window_of(tmp_path / str(doubted), [{"files": before}, {"files": after}, *QUIET], error)
        assert bool(doubts(context)) is doubted


def test_while_a_package_moved_that_the_error_names_its_names_are_not_untouched(tmp_path: Path) -> None:
    bumps: list[Change] = [
        {"files": {"pom.xml": f"<artifactId>ladle-api</artifactId><version>{v}</version>"}} for v in ("1.4", "2.0")
    ]
    message = 'java.lang.NullPointerException: Cannot invoke "com.soup.ladle.Bowl.fill()" because "bowl" is null'
    assert window_of(tmp_path / "moved", [*bumps, *QUIET], message).untouched_names == ()
    assert window_of(tmp_path / "before", [*bumps, *QUIET], message, base=1).untouched_names


def test_another_package_that_moved_is_not_named(tmp_path: Path) -> None:
    found = signals(tmp_path, {"requirements.txt": "spoon==1.4\n"}, {"requirements.txt": "spoon==2.0\n"}, TRACE)
    assert "moved_package_in_trace" not in found


def test_a_name_that_the_repository_does_not_hold_comes_from_a_package(tmp_path: Path) -> None:
    error = "Cannot redeclare block-scoped variable '__DEBUG_SOUP__'"
    found = signals(tmp_path, {"yarn.lock": LOCK.format("7.23.0")}, {"yarn.lock": LOCK.format("7.34.0")}, error)
    value, sentence = found["moved_with_unknown_name"]
    assert value == 1.0
    assert sentence.startswith("moved `@watch/browser` from 7.23.0 to 7.34.0 (yarn.lock)")


def test_a_module_that_a_newer_runtime_no_longer_has(tmp_path: Path) -> None:
    found = signals(
        tmp_path, {"Dockerfile": "FROM python:3.12\n"}, {"Dockerfile": "FROM python:3.13\n"},
        "ModuleNotFoundError: No module named 'cgi'",
    )  # fmt: skip
    assert found["moved_runtime"] == (1.0, "moved `python` from 3.12 to 3.13 (Dockerfile), on which everything runs")


def test_a_submodule_that_moved_is_no_formatting(tmp_path: Path) -> None:
    inner = build(tmp_path, [{"files": {"a.js": "1"}}, {"files": {"a.js": "2"}}], name="inner")
    outer = build(tmp_path, [{"files": {"page.js": "1"}}], name="outer")
    for sha in inner.shas:
        git(outer.path, "update-index", "--add", "--cacheinfo", f"160000,{sha},lib/soup")
        git(outer.path, "commit", "-qm", "Update soup")
    from tools.git.repository import Repository
    from tools.ranking.gather import read_context
    from tools.traces import parse

    head = git(outer.path, "rev-parse", "HEAD")
    repository = Repository.open(outer.path)
    context = read_context(
        repository, repository.window(f"{head}~1", head), head, parse("TypeError: Illegal invocation")
    )
    found = {each.name: each.detail for each in measure(context, context.changes[0])}
    assert found["moved_submodule"].startswith("moved the submodule lib/soup")
    assert not {"no_code", "cosmetic"} & found.keys()


def test_two_bumps_share_what_a_name_from_nowhere_says(tmp_path: Path) -> None:
    start: Change = {"files": {"yarn.lock": LOCK.format("1"), "requirements.txt": "spoon==1\n"}}
    bumps: list[Change] = [{"files": {"yarn.lock": LOCK.format("2")}}, {"files": {"requirements.txt": "spoon==2\n"}}]
    context = window_of(tmp_path, [start, *bumps, *QUIET], "Cannot redeclare variable '__DEBUG_SOUP__'")
    found = [{each.name: each.value for each in measure(context, change)} for change in context.changes]
    assert [row.get("moved_with_unknown_name") for row in found] == [0.5, 0.5, None, None, None]


def test_a_piece_of_a_name_is_no_package(tmp_path: Path) -> None:
    """`getToppings` does not run through a package `soup-toppings`; a folder of that name does."""
    versions = {"requirements.txt": "soup-toppings==1.4\n"}, {"requirements.txt": "soup-toppings==2.0\n"}
    inside = TRACE.replace("in dump", "in getToppings")
    assert "moved_package_in_trace" not in signals(tmp_path, *versions, inside)
    found = signals(tmp_path / "again", *versions, TRACE.replace("ladle/encode", "toppings/encode"))
    assert "the trace ends in it" in found["moved_package_in_trace"][1]


def test_a_package_is_known_by_the_name_under_which_it_is_imported(tmp_path: Path) -> None:
    run = {"run.py": "import yaml\n\n\ndef run(x):\n    return yaml.dump(x)\n"}
    trace = TRACE.replace("ladle/encode.py", "yaml/encoder.py").replace("line 2, in run", "line 5, in run")
    found = signals(
        tmp_path, {**run, "requirements.txt": "PyYAML==5.4\n"}, {"requirements.txt": "PyYAML==6.0\n"}, trace
    )
    assert found["moved_package_in_trace"] == (
        1.0,
        "moved `pyyaml` from ==5.4 to ==6.0 (requirements.txt), and the trace ends in it",
    )


def test_a_short_import_name_in_a_message_is_no_package(tmp_path: Path) -> None:
    error = "ValueError: no yaml in the answer"
    found = signals(tmp_path, {"requirements.txt": "PyYAML==5.4\n"}, {"requirements.txt": "PyYAML==6.0\n"}, error)
    assert "moved_package_in_trace" not in found


def test_a_word_that_any_package_can_have_is_no_name_of_it(tmp_path: Path) -> None:
    lock = '{{"packages": {{"node_modules/decode-uri-component": {{"version": "{}"}}}}}}\n'
    error = "PHP Deprecated: json_decode(): Passing null to parameter #1 ($json) of type string is deprecated"
    found = signals(tmp_path, {"package-lock.json": lock.format("1")}, {"package-lock.json": lock.format("2")}, error)
    assert "moved_package_in_trace" not in found
    assert found["moved_with_unknown_name"][1].startswith("moved `decode-uri-component` from 1 to 2")
