"""What explains an error outright, and what had run when it happened, on the shop of `test_signals`."""

from pathlib import Path

from tests.repositories import Change, build
from tests.tools.signals.bare_message import QUIET, window_of
from tests.tools.signals.test_signals import CART, TAX, signals_of
from tools.git.repository import Repository
from tools.ranking.gather import read_context
from tools.signals.registry import measure, vector
from tools.traces import PathIndex, map_to_repository, parse

TRACE_OF_RUN = 'Traceback (most recent call last):\n  File "/srv/run.py", line 2, in run\nValueError: no\n'


def test_the_definition_the_error_misses(tmp_path: Path) -> None:
    change: Change = {"files": {"shop/cart.py": CART + "\n    def discount(self):\n        return 1\n"}}
    found = signals_of(tmp_path, change, "AttributeError: 'Cart' object has no attribute 'discount'")
    assert found["removed_missing_definition"] == 1.0


def test_the_method_that_a_script_calls_in_vain(tmp_path: Path) -> None:
    before = "shop.Cart.prototype.discount = function ( rate ) {\n\treturn rate;\n};\n"
    error = "TypeError: cart.discount is not a function"
    changes: list[Change] = [{"files": {"cart.js": before}}, {"files": {"cart.js": "shop.Cart = {};\n"}}, *QUIET]
    context = window_of(tmp_path, changes, error)
    assert vector(measure(context, context.changes[0]))["removed_missing_definition"] == 1.0


def test_a_definition_the_error_does_not_name_is_not_missed(tmp_path: Path) -> None:
    change: Change = {"files": {"shop/cart.py": CART + "\n    def discount(self):\n        return 1\n"}}
    assert "removed_missing_definition" not in signals_of(tmp_path, change, "ValueError: no discount today")


def test_the_key_the_error_misses(tmp_path: Path) -> None:
    change: Change = {"files": {"shop/tax.py": TAX.replace("{'home': 2}", "{\n    'home': 2,\n    'abroad': 3,\n}")}}
    found = signals_of(tmp_path, change, "KeyError: 'abroad'")
    assert found["removed_missing_key"] == 1.0


def test_a_callee_that_began_to_return_nothing(tmp_path: Path) -> None:
    before = TAX.replace(
        "    return RATES[country]\n", "    if not country:\n        return None\n    return RATES[country]\n"
    )
    found = signals_of(tmp_path, {"files": {"shop/tax.py": before}}, "TypeError: 'NoneType' object is not iterable")
    assert found["nothing_from_callee"] == 1.0


def test_a_setting_that_the_failing_code_reads(tmp_path: Path) -> None:
    found = signals_of(tmp_path, {"files": {"config/shop.yaml": "country: home\n"}})
    assert found["switched_setting"] == 1.0
    assert "no_code" not in found


def test_code_above_the_failing_line_had_run_and_code_below_had_not(tmp_path: Path) -> None:
    above = CART.replace("        prices = [item.price for", "        prices = [item.cost for")
    found = signals_of(tmp_path / "above", {"files": {"shop/cart.py": above}})
    assert found["ran_in_any_frame"] > 0.9
    assert found["set_what_line_uses"] == 1.0


def test_what_stands_below_the_failing_line_had_not_run(tmp_path: Path) -> None:
    script = "def run(job):\n    job.start()\n    job.report('{}')\n    return job\n"
    built = build(
        tmp_path, [{"files": {"run.py": script.format("done")}}, {"files": {"run.py": script.format("over")}}]
    )
    repository = Repository.open(built.path)
    trace = map_to_repository(parse(TRACE_OF_RUN), PathIndex(repository.paths(built.shas[1])))
    context = read_context(repository, repository.window(*built.shas), built.shas[1], trace)
    found = vector(measure(context, context.changes[0]))
    assert "ran_in_any_frame" not in found


def test_a_message_with_the_words_of_the_trace_is_like_it(tmp_path: Path) -> None:
    found = signals_of(tmp_path, {"files": {"shop/tax.py": TAX + "X = 1\n"}, "message": "Cart: faster total"})
    assert 0 < found["likeness_in_messages"] <= 1


def test_blame_is_told_what_to_ignore_by_commits_before_the_window_alone(tmp_path: Path) -> None:
    script = "def run(job):\n    {}\n    return job\n"
    first = build(
        tmp_path / "once",
        [{"files": {"run.py": script.format("job.go()")}}, {"files": {"run.py": script.format("job .go()")}}],
    )
    changes: list[Change] = [
        {"files": {"run.py": script.format("job.go()")}},
        {"files": {"run.py": script.format("job .go()")}},
        {"files": {".git-blame-ignore-revs": f"# reformatted\n{first.shas[1]}\n"}},
        {"files": {"run.py": script.format("job.go(1)")}},
    ]
    built = build(tmp_path / "again", changes)
    repository = Repository.open(built.path)
    assert built.shas[:2] == first.shas

    def ignored(base: int, deployed: int) -> dict[str, bool]:
        trace = map_to_repository(parse(TRACE_OF_RUN), PathIndex(repository.paths(built.shas[deployed])))
        window = repository.window(built.shas[base], built.shas[deployed])
        context = read_context(repository, window, built.shas[deployed], trace)
        changes = (*context.earlier, *context.changes)
        return {each.commit.sha: "ignored_in_blame" in vector(measure(context, each)) for each in changes}

    assert not any(ignored(0, 2).values())  # a deploy does not clear its own commits
    assert ignored(2, 3) == {built.shas[1]: True, built.shas[3]: False}
