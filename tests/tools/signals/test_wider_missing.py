"""What a program itself says is not there, and what looked like documents, comments or moves before."""

from pathlib import Path

import pytest

from tests.repositories import Change
from tests.tools.signals.bare_message import QUIET, signals, window_of
from tools.signals.registry import measure


@pytest.mark.parametrize(
    ("path", "before", "error"),
    [
        ("tax.json", '{\n "DE": 19,\n "XK": 18\n}\n', "Error: no tax rate for country 'XK'"),
        ("conf/zones.yaml", "zones:\n  eu-west: 1\n  XK-south: 2\n", 'panic: unknown zone "XK-south"'),
        ("app.properties", "a=1\nXK.retry.max=3\n", "Could not resolve placeholder 'XK.retry.max' in value"),
    ],
)
def test_a_programs_own_words_for_what_is_missing(tmp_path: Path, path: str, before: str, error: str) -> None:
    after = "".join(row for row in before.splitlines(keepends=True) if "XK" not in row)
    assert signals(tmp_path, {path: before}, {path: after}, error)["removed_only_mention"][0] > 0.5


def test_a_list_of_database_changes_is_no_document(tmp_path: Path) -> None:
    change = '<renameTable oldTableName="ledger_entry" newTableName="ledger_row"/>\n'
    found = signals(tmp_path, {"a.txt": ""}, {"db/changelog/7.xml": change}, 'relation "ledger_entry" does not exist')
    assert "changed_named_schema" in found
    assert "harmless_only" not in found


def test_a_comment_that_acts_is_no_formatting(tmp_path: Path) -> None:
    before = "class Tag\n  def add(x)\n    s = ''\n    s << x\n  end\nend\n"
    error = "FrozenError: can't modify frozen String: \"\"\n/app/lib/tag.rb:5:in `add'\n"
    acting = signals(
        tmp_path / "1", {"lib/tag.rb": before}, {"lib/tag.rb": f"# frozen_string_literal: true\n{before}"}, error
    )
    idle = signals(tmp_path / "2", {"lib/tag.rb": before}, {"lib/tag.rb": f"# a frozen string\n{before}"}, error)
    assert "added_construct" in acting
    assert "cosmetic" not in acting
    assert "cosmetic" in idle


@pytest.mark.parametrize(
    ("path", "before", "after", "error"),
    [
        ("m/gas.py", "class Gas(Meter):\n    x = 1\n", "class Gas:\n    x = 1\n", "AttributeError: 'Gas' object has no attribute 'read_all'"),
        ("lib/gas.rb", "class Gas\n  include Meter\nend\n", "class Gas\nend\n", "NoMethodError: undefined method `read_all' for #<Gas:0x1>"),
        ("src/Gas.php", "<?php\nclass Gas {\n  use Meter;\n}\n", "<?php\nclass Gas {\n}\n", "Error: Call to undefined method Gas::readAll()"),
    ],
)  # fmt: skip
def test_the_class_that_lacks_something_lost_a_parent(
    tmp_path: Path, path: str, before: str, after: str, error: str
) -> None:
    value, sentence = signals(tmp_path, {path: before}, {path: after}, error)["removed_parent_of_owner"]
    assert (value, sentence) == (1.0, "took a parent or mixin away from `Gas`, in which the error misses something")


def test_a_method_that_go_does_not_find_was_removed(tmp_path: Path) -> None:
    before = "package s\n\nfunc (s *Store) Flush() {}\nfunc (s *Store) Get() {}\n"
    after = "package s\n\nfunc (s *Store) Get() {}\n"
    error = "./x.go:9:4: st.Flush undefined (type *s.Store has no field or method Flush)"
    found = signals(tmp_path, {"s/store.go": before}, {"s/store.go": after}, error)
    assert found["removed_missing_definition"][0] == 1.0


def test_a_name_is_not_untouched_while_a_file_of_that_name_changed(tmp_path: Path) -> None:
    changes: list[Change] = [{"files": {"rules/ask_author.py": f"a = {n}\n"}} for n in range(2)]
    error = "ERROR - Rule ask_author"
    assert window_of(tmp_path / "changed", [*changes, *QUIET], error).untouched_names == ()
    assert window_of(tmp_path / "before", [*changes, *QUIET], error, base=1).untouched_names == ("ask_author",)


TRACE = "java.lang.NullPointerException\n\tat A.rate(A.java:{})\n\tat Main.main(Main.java:3)\n"
RATE, TWO = "  int rate(Item i) {\n    return i.price().cents();\n  }\n", "  int two() {\n    return 2;\n  }\n"


def test_who_only_moved_the_failing_function_is_told_to_have_moved_it(tmp_path: Path) -> None:
    for folder, moved, others in (
        ("moved", f"{TWO}{RATE}", True),
        ("changed", f"{TWO}{RATE.replace('cents', 'euros')}", False),
    ):
        changes: list[Change] = [
            {"files": {"src/A.java": f"class A {{\n{RATE}{TWO}}}\n"}},
            {"files": {"src/A.java": f"class A {{\n{moved}}}\n"}},
            *QUIET,
        ]
        context = window_of(tmp_path / folder, changes, TRACE.format(6))
        found = {each.name for each in measure(context, context.changes[0])}
        assert ("only_moved" in found) is others
