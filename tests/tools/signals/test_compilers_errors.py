"""What a compiler finds had not run: what stands around the statement gives it nothing, and its age clears nobody."""

from pathlib import Path

import pytest

from tests.repositories import build
from tools.git.repository import Repository
from tools.ranking.gather import gather
from tools.traces import parse

MAIN = (
    'class Main {{\n  static void main() {{\n    String label = "{}";\n    print(label + Store.find("a"));\n  }}\n}}\n'
)
STORE = "class Store {{\n  static int find({}) {{\n    return 1;\n  }}\n}}\n"
JAVAC = """\
Main.java:4: error: method find in class Store cannot be applied to given types;
    print(label + Store.find("a"));
  required: String,int
  found:    String
"""
C = '#include "store.h"\n\nint main(void) {{\n    int o = {};\n    print(o.total);\n}}\n'
STRUCT = "struct order {{ int id; int {}; }};\n"
GCC = "main.c: In function 'main':\nmain.c:5:12: error: 'struct order' has no member named 'total'\n"


@pytest.mark.parametrize(
    ("main", "written", "other", "names", "log"),
    [
        ("Main.java", MAIN, "Store.java", ("String id", "String id, int max"), JAVAC),
        ("main.c", C, "store.h", ("total", "amount"), GCC),
    ],
)
def test_who_changed_what_a_compiler_misses_leads(
    tmp_path: Path, main: str, written: str, other: str, names: tuple[str, str], log: str
) -> None:
    declared = STORE if other == "Store.java" else STRUCT
    built = build(
        tmp_path,
        [
            {"files": {main: written.format(1), other: declared.format(names[0])}},
            {"files": {other: declared.format(names[1])}, "message": "change it"},
            {"files": {main: written.format(2)}, "message": "another number"},
        ],
    )
    trace = parse(log)
    assert trace.not_run
    found = gather(Repository.open(built.path), built.shas[0], built.shas[2], trace)
    assert found.suspects[0].commit.sha == built.shas[1]
    assert "ran_in_any_frame" not in {signal.name for suspect in found.suspects for signal in suspect.signals}
    assert not [text for text in found.instead if "older than the deploy" in text]


def test_an_error_of_a_program_that_ran_is_none_of_a_compiler() -> None:
    assert not parse('Exception in thread "main" java.lang.NullPointerException\n\tat Main.main(Main.java:4)\n').not_run
