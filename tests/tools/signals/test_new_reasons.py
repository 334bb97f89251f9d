"""Old code that fails anew: a package, a switch, a limit or a callee of this deploy is the reason, not who wrote the line."""

from pathlib import Path

import pytest

from tests.repositories import Change, build
from tests.tools.signals.bare_message import QUIET, Files, signals, window_of
from tools.git.repository import Repository
from tools.ranking.elsewhere import elsewhere
from tools.ranking.gather import gather
from tools.signals.registry import measure, window_features
from tools.traces import parse

RUBY = """NoMethodError: undefined method `connect' for Soup:Module
/usr/lib/ruby/gems/3.1.0/gems/soup-2.0.0/lib/soup.rb:12:in `method_missing'
/app/app/jobs/sync.rb:3:in `perform'
"""
JOB = {"app/jobs/sync.rb": "class Sync\n  def perform\n    Soup.connect\n  end\nend\n"}
LOCK = "GEM\n  specs:\n    soup ({})\n"


def excused(folder: Path, before: Files, after: Files, trace: str) -> float:
    """What the author of the files `before`, from before the window, is excused by."""
    changes: list[Change] = [QUIET[0], {"files": before}, QUIET[1], {"files": after}, QUIET[2]]
    context = window_of(folder, changes, trace, base=2)
    author = next(change for change in context.earlier if "app/jobs/sync.rb" in change.paths)
    return {found.name: found.value for found in measure(context, author)}.get("excused_by_new_reason", 0.0)


def test_who_wrote_the_call_is_excused_where_the_package_in_which_it_ends_moved(tmp_path: Path) -> None:
    before = {**JOB, "Gemfile.lock": LOCK.format("1.2.0")}
    assert excused(tmp_path / "moved", before, {"Gemfile.lock": LOCK.format("2.0.0")}, RUBY) == 1.0
    assert excused(tmp_path / "not", before, {"Gemfile.lock": LOCK.format("1.2.0") + "    rake (1.0)\n"}, RUBY) == 0.0


def test_who_wrote_the_call_is_excused_where_it_is_given_nothing_now(tmp_path: Path) -> None:
    book = "class Book\n  def self.first\n    @all.first{}\n  end\nend\n"
    before = {"app/jobs/sync.rb": JOB["app/jobs/sync.rb"].replace("Soup.connect", "Book.first.pct")}
    before["app/jobs/book.rb"] = book.format(" || Page.new")
    error = "NoMethodError: undefined method `pct' for nil:NilClass\n/app/app/jobs/sync.rb:3:in `perform'\n"
    assert excused(tmp_path / "nil", before, {"app/jobs/book.rb": book.format("")}, error) == 1.0
    assert excused(tmp_path / "not", before, {"app/jobs/book.rb": book.format(" || Leaf.new")}, error) == 0.0


def test_the_age_of_the_line_is_no_explanation_then(tmp_path: Path) -> None:
    for folder, version, ages in (("moved", "2.0.0", 0), ("not", "1.2.0", 1)):
        changes: list[Change] = [
            {"files": {**JOB, "Gemfile.lock": LOCK.format("1.2.0")}},
            {"files": {"Gemfile.lock": LOCK.format(version), "a.rb": "A = 1\n"}},
            *QUIET,
        ]
        told = elsewhere(window_of(tmp_path / folder, changes, RUBY), None, ())
        assert sum("is older than the deploy" in each for each in told) == ages


@pytest.mark.parametrize(
    ("before", "after", "error"),
    [
        ("proxy_read_timeout 60s;\n", "proxy_read_timeout 5s;\n", "upstream timed out (110: Connection timed out)"),
        ("  pool: 25\n", "  pool: 2\n", "ConnectionTimeoutError: could not obtain a connection from the pool within 5 s"),
        ("--max-old-space-size=4096\n", "--max-old-space-size=512\n", "Reached heap limit Allocation failed: out of memory"),
    ],
)  # fmt: skip
def test_a_limit_that_went_down_is_nothing_from_outside(tmp_path: Path, before: str, after: str, error: str) -> None:
    found = signals(tmp_path / "down", {"a.conf": before}, {"a.conf": after}, error)
    assert found["lowered_limit"][0] == 1.0
    for folder, rows, outside in (("down", (before, after), 0.0), ("up", (after, before), 1.0)):
        changes: list[Change] = [{"files": {"a.conf": rows[0]}}, {"files": {"a.conf": rows[1]}}]
        context = window_of(tmp_path / f"window-{folder}", changes, error)
        assert window_features(context)["outside"] == outside


def test_a_limit_in_another_unit_is_compared_by_its_size(tmp_path: Path) -> None:
    rows = ("timeout: 2min\n", "timeout: 90s\n")
    down = signals(tmp_path / "down", {"a.yml": rows[0]}, {"a.yml": rows[1]}, "request timed out")
    up = signals(tmp_path / "up", {"a.yml": rows[1]}, {"a.yml": rows[0]}, "request timed out")
    assert "lowered_limit" in down
    assert "lowered_limit" not in up


def test_whoever_made_what_is_missing_now_is_no_rival_of_who_took_it_away(tmp_path: Path) -> None:
    book = "class Parcel\n  def weigh_all\n    1\n  end\nend\n"
    changes: list[Change] = [
        QUIET[0],
        {"files": {"lib/parcel.rb": book}},
        QUIET[1],
        {"files": {"lib/parcel.rb": "class Parcel\nend\n"}},
        QUIET[2],
    ]
    context = window_of(tmp_path, changes, "NoMethodError: undefined method `weigh_all' for #<Parcel:0x1>", base=2)
    (maker,) = (change for change in context.earlier if "lib/parcel.rb" in change.paths)
    found = {each.name for each in measure(context, maker)}
    assert not found & {"touched_rarest_clue", "touched_what_message_names"}


@pytest.mark.parametrize("path", [".nvmrc", ".ruby-version"])
def test_while_the_runtime_moved_a_name_that_nobody_touched_explains_nothing(tmp_path: Path, path: str) -> None:
    error = "NoMethodError: undefined method `exists_all' for File:Class"
    changes: list[Change] = [{"files": {path: "2.7.6\n"}}, {"files": {path: "3.2.0\n"}}, *QUIET]
    assert window_of(tmp_path / "moved", changes, error).untouched_names == ()
    assert window_of(tmp_path / "before", changes, error, base=1).untouched_names == ("exists_all",)


def test_while_a_switch_was_turned_who_wrote_the_line_clears_no_deploy(tmp_path: Path) -> None:
    price = "class Price\n  def total\n    if Flags.on?(:bulk_pricing)\n      bulk[1].sum\n    end\n  end\nend\n"
    trace = "NoMethodError: undefined method `sum' for nil:NilClass\n/app/app/price.rb:4:in `total'\n"
    for folder, state, told in (("turned", "true", 0), ("not", "false", 1)):
        before = {"app/price.rb": price, "config/features.yml": "bulk_pricing:\n  enabled: false\n"}
        after = {"config/features.yml": f"bulk_pricing:\n  enabled: {state}\n", "a.rb": "A = 1\n"}
        built = build(tmp_path, [QUIET[0], {"files": before}, {"files": after}, *QUIET[1:]], name=folder)
        evidence = gather(Repository.open(built.path), built.shas[1], built.shas[-1], parse(trace))
        assert sum("explains it better" in sentence for sentence in evidence.instead) == told


def test_a_changed_declaration_excuses_who_wrote_the_other_one_long_ago(tmp_path: Path) -> None:
    chart = "<?php\nclass Chart extends View {\n  protected function divId() {\n    return 1;\n  }\n}\n"
    view = "<?php\nclass View {\n  protected function divId() {\n    return 0;\n  }\n}\n"
    error = "Fatal error: Access level to Chart::divId() must be public (as in class View)"
    for folder, old, new, excuses in (("a", "protected", "public", True), ("b", "return 0", "return 2", False)):
        changes: list[Change] = [
            QUIET[0],
            {"files": {"view.php": view, "chart.php": chart}},
            QUIET[1],
            {"files": {"view.php": view.replace(old, new)}},
            QUIET[2],
        ]
        context = window_of(tmp_path / folder, changes, error, base=2)
        author = next(change for change in context.earlier if "chart.php" in change.paths)
        assert ("excused_by_new_reason" in {found.name for found in measure(context, author)}) is excuses
