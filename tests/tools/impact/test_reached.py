"""What a commit changed elsewhere is reached by a call whose receiver is called after the class."""

from pathlib import Path

import pytest

from tests.repositories import Change, build
from tools.git.repository import Repository
from tools.impact.commit_facts import CommitFacts
from tools.ranking.gather import read_context
from tools.traces import PathIndex, map_to_repository, parse

THINGS = "class ShopBasket:\n    def weigh(self):\n        return 3\n"
TRACE = """Traceback (most recent call last):
  File "/srv/app/shop/view.py", line 2, in show
    return {call}
ZeroDivisionError: division by zero
"""


def changed_elsewhere(folder: Path, call: str) -> CommitFacts:
    """The facts of a commit that changes `ShopBasket.weigh`, where the failing line is `call`."""
    changes: list[Change] = [
        {"files": {"shop/things.py": THINGS, "shop/view.py": f"def show(x):\n    return {call}\n"}, "message": "Start"},
        {"files": {"shop/things.py": THINGS.replace("3", "0")}, "message": "Weigh less"},
    ]
    built = build(folder, changes)
    repository = Repository.open(built.path)
    deployed = built.shas[1]
    trace = map_to_repository(parse(TRACE.format(call=call.split("\n")[0])), PathIndex(repository.paths(deployed)))
    (change,) = read_context(repository, [repository.commit(deployed)], deployed, trace).changes
    return change


@pytest.mark.parametrize(
    "call", ["basket.weigh()", "x.basket().weigh()", "x.my_basket?.weigh()", "a.weigh() + basket.weigh (1)"]
)
def test_a_receiver_called_after_the_class_is_of_the_class(tmp_path: Path, call: str) -> None:
    assert [(each.owner, each.name) for each in changed_elsewhere(tmp_path, call).reached] == [("ShopBasket", "weigh")]


@pytest.mark.parametrize("call", ["scale.weigh()", "weigh(basket)", "basket.other(weigh())"])
def test_a_common_name_called_on_something_else_is_not(tmp_path: Path, call: str) -> None:
    assert changed_elsewhere(tmp_path, call).reached == ()


STORE = "package user\n\nfunc (s *Store) Find(id string) *User {\n\treturn s.all(id)\n}\n"
GREET = (
    'package greet\n\nimport "acme/{package}"\n\nfunc Hello(s *any.Store) string {{\n\treturn s.Find("a").Name\n}}\n'
)
PANIC = """panic: runtime error: invalid memory address or nil pointer dereference

goroutine 1 [running]:
acme/greet.Hello(0x1)
\t/src/greet/greet.go:6 +0x1d
"""


@pytest.mark.parametrize(("package", "known"), [("user", True), ("internal/user", True), ("other", False)])
def test_a_method_of_go_is_known_by_the_package_that_is_imported(tmp_path: Path, package: str, known: bool) -> None:
    changes: list[Change] = [
        {"files": {"user/table.go": STORE, "greet/greet.go": GREET.format(package=package)}},
        {"files": {"user/table.go": STORE.replace("s.all(id)", "s.rows[id]")}},
    ]
    built = build(tmp_path, changes)
    repository, deployed = Repository.open(built.path), built.shas[1]
    trace = map_to_repository(parse(PANIC), PathIndex(repository.paths(deployed)))
    (change,) = read_context(repository, [repository.commit(deployed)], deployed, trace).changes
    assert [each.name for each in change.reached] == (["Find"] if known else [])


def test_the_root_package_of_go_is_known_to_no_text_without_letters(tmp_path: Path) -> None:
    greet = GREET.format(package="other").replace("package greet\n", 'package greet\n\nvar name = ""\n')
    changes: list[Change] = [
        {"files": {"table.go": STORE, "greet/greet.go": greet}},
        {"files": {"table.go": STORE.replace("s.all(id)", "s.rows[id]")}},
    ]
    built = build(tmp_path, changes)
    repository, deployed = Repository.open(built.path), built.shas[1]
    panic = parse(PANIC.replace("greet.go:6", "greet.go:8"))
    trace = map_to_repository(panic, PathIndex(repository.paths(deployed)))
    (change,) = read_context(repository, [repository.commit(deployed)], deployed, trace).changes
    assert not any(each.known for each in change.reached)
