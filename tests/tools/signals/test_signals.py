"""Each signal on a real repository: a shop whose trace runs view.show -> cart.total, and one telling commit."""

import time
from pathlib import Path

import pytest

from tests.repositories import Change, build
from tools.git.repository import Repository
from tools.ranking.gather import read_context
from tools.signals.registry import SIGNALS, measure
from tools.traces import PathIndex, map_to_repository, parse

TAX = "RATES = {'home': 2}\n\n\ndef tax_of(item, country):\n    return RATES[country]\n"
CART = """from shop.tax import tax_of


class Cart:
    def __init__(self, items):
        self.items = items

    def total(self, country):
        prices = [item.price for item in self.items]
        return sum(prices) * tax_of(self, country)

    def empty(self):
        self.items = []
"""
VIEW = """from shop.cart import Cart


def show(cart, country):
    return cart.total(country)
"""
TRACE = """Traceback (most recent call last):
  File "/srv/app/shop/view.py", line 5, in show
    return cart.total(country)
  File "/srv/app/shop/cart.py", line 10, in total
    return sum(prices) * tax_of(self, country)
{error}
"""
FILES: dict[str, str | bytes | None] = {
    "shop/tax.py": TAX,
    "shop/cart.py": CART,
    "shop/view.py": VIEW,
    "README.md": "shop\n",
}
QUIET: list[Change] = [{"files": {f"shop/mail{n}.py": f"def send{n}(to):\n    return to\n"}} for n in range(3)]


def signals_of(folder: Path, change: Change, error: str = "TypeError: bad operand") -> dict[str, float]:
    """The signals of `change`, made just before the repository looks as FILES says, among three quiet commits."""
    before: dict[str, str | bytes | None] = dict(change["files"])
    start: Change = {"files": {path: text for path, text in (FILES | before).items() if text is not None}}
    after: Change = {
        "files": {path: FILES.get(path) for path in before},
        "message": change.get("message", "Change it"),
    }
    built = build(folder, [start, QUIET[0], after, *QUIET[1:]])
    repository = Repository.open(built.path)
    window = repository.window(built.shas[0], built.shas[-1])
    trace = map_to_repository(parse(TRACE.format(error=error)), PathIndex(repository.paths(built.shas[-1])))
    context = read_context(repository, window, built.shas[-1], trace)
    mine = next(each for each in context.changes if each.commit.sha == built.shas[2])
    return {signal.name: signal.value for signal in measure(context, mine)}


def test_the_writer_of_the_failing_line_is_seen(tmp_path: Path) -> None:
    found = signals_of(tmp_path, {"files": {"shop/cart.py": CART.replace(" * tax_of(self, country)", "")}})
    expected = ("wrote_any_new_line", "ran_in_any_frame", "touched_any_function")
    assert {found[name] for name in (*expected, "touched_trace_file")} == {1.0}
    assert 0 < found["focus"] <= 1


def test_an_outer_frame_counts_less(tmp_path: Path) -> None:
    found = signals_of(tmp_path, {"files": {"shop/view.py": VIEW.replace("cart.total(country)", "cart.sum()")}})
    assert found["wrote_any_new_line"] == found["touched_any_function"] == 1.0
    assert 0 < found["touched_trace_file"] < 1


def test_a_removed_guard_is_seen_beside_the_line(tmp_path: Path) -> None:
    guarded = CART.replace("        return sum", "        if not country:\n            return 0\n        return sum")
    found = signals_of(tmp_path, {"files": {"shop/cart.py": guarded}})
    assert "wrote_any_new_line" not in found
    assert found["ran_in_any_frame"] > 0.9


def test_how_a_variable_of_the_line_is_set_is_seen(tmp_path: Path) -> None:
    found = signals_of(
        tmp_path, {"files": {"shop/cart.py": CART.replace("for item in self.items]", "for item in ()]")}}
    )
    assert found["set_what_line_uses"] == 1.0


def test_a_changed_callee_in_another_file_is_seen(tmp_path: Path) -> None:
    found = signals_of(tmp_path, {"files": {"shop/tax.py": TAX.replace("RATES[country]", "RATES.get(country)")}})
    assert found["changed_what_gives_value"] == 1.0
    assert "touched_any_function" not in found


def test_a_changed_signature_matters_to_an_error_about_arguments(tmp_path: Path) -> None:
    change: Change = {"files": {"shop/tax.py": TAX.replace("(item, country)", "(item, country, day=None)")}}
    found = signals_of(tmp_path, change, "TypeError: tax_of() takes 3 positional arguments but 2 were given")
    assert found["changed_signature_under_complaint"] == 1.0


def test_state_shared_with_the_failing_line_is_seen(tmp_path: Path) -> None:
    found = signals_of(tmp_path, {"files": {"shop/cart.py": CART.replace("self.items = []", "self.items.clear()")}})
    assert "touched_any_function" not in found
    assert found["touched_sibling"] == 1.0


def test_a_word_of_the_message_in_the_changed_code_is_seen(tmp_path: Path) -> None:
    change: Change = {"files": {"shop/cart.py": CART + "\n    def discount(self):\n        return 1\n"}}
    found = signals_of(tmp_path, change, "AttributeError: 'Cart' object has no attribute 'discount'")
    assert found["rarest_message_word"] == 0.5  # the failing code itself was read: words are the weaker witness there


def test_a_definition_the_message_names_is_seen(tmp_path: Path) -> None:
    change: Change = {"files": {"shop/cart.py": CART.replace("class Cart", "class Basket")}}
    found = signals_of(tmp_path, change, "ValueError: no Cart here")
    assert found["introduced_what_is_named"] == 1.0


def test_the_commit_message_may_speak_of_the_failure(tmp_path: Path) -> None:
    change: Change = {"files": {"shop/tax.py": TAX + "X = 1\n"}, "message": "Compute the total with discounts"}
    found = signals_of(tmp_path, change, "ValueError: discounts overlap")
    assert found["subject_names_failure"] > 0
    assert found["subject_names_frames"] > 0


@pytest.mark.parametrize(
    ("change", "signal"),
    [
        ({"files": {"README.md": "a shop\n"}}, "harmless_only"),
        ({"files": {"shop/cart.py": CART.replace("self.items = items", "self.items  =  items")}}, "cosmetic"),
        ({"files": {"shop/cart.py": CART.replace("\n\n\nclass", "\n# a comment\n\n\nclass")}}, "cosmetic"),
    ],
)
def test_negative_evidence_is_seen(tmp_path: Path, change: Change, signal: str) -> None:
    assert signals_of(tmp_path, change)[signal] == 1.0


def test_size_grows_with_the_lines_changed(tmp_path: Path) -> None:
    small = signals_of(tmp_path / "small", {"files": {"shop/tax.py": TAX + "X = 1\n"}})
    large = signals_of(tmp_path / "large", {"files": {"shop/tax.py": TAX + "X = 1\n" * 500}})
    assert small["size"] < large["size"] <= 1


def test_a_commit_that_touches_nothing_of_the_trace_has_no_signal_for_it(tmp_path: Path) -> None:
    found = signals_of(tmp_path, {"files": {"shop/mailing.py": "def post(to):\n    return to\n"}})
    assert set(found) <= {"same_folder", "size", "breadth", "adds_only"}


def test_every_value_lies_between_nothing_and_one(tmp_path: Path) -> None:
    found = signals_of(tmp_path, {"files": {"shop/cart.py": "x\n", "shop/view.py": "y\n", "shop/tax.py": "z\n"}})
    assert set(found) <= set(SIGNALS)
    assert all(0 < value <= 1 for value in found.values())


def test_a_commit_that_made_the_call_the_trace_goes_through_did_not_keep_the_path(tmp_path: Path) -> None:
    found = signals_of(
        tmp_path, {"files": {"shop/view.py": VIEW.replace("cart.total(country)", "cart.price(country)")}}
    )
    assert found["wrote_any_new_line"] == 1
    assert "kept_path" not in found


def test_a_commit_that_rewrote_a_line_with_the_same_call_kept_the_path(tmp_path: Path) -> None:
    found = signals_of(tmp_path, {"files": {"shop/view.py": VIEW.replace("return cart", "return 0 + cart")}})
    assert found["kept_path"] == 1


def test_a_line_that_makes_an_object_leads_to_its_class(tmp_path: Path) -> None:
    text = "class Cart:\n    def __init__(self):\n        self.x = 1 / 0\n\n\ndef show():\n    return Cart()\n"
    built = build(tmp_path, [{"files": {"shop.py": ""}}, {"files": {"shop.py": text}}])
    repository = Repository.open(built.path)
    trace = parse(
        """Traceback (most recent call last):
  File "/srv/app/shop.py", line 7, in show
    return Cart()
  File "/srv/app/shop.py", line 3, in __init__
    self.x = 1 / 0
ZeroDivisionError: division by zero
"""
    )
    mapped = map_to_repository(trace, PathIndex(repository.paths(built.shas[1])))
    frames = read_context(
        repository, repository.window(built.shas[0], built.shas[1]), built.shas[1], mapped
    ).site.frames
    assert [frame.leads_to for frame in frames] == [None, "Cart"]


def test_a_constant_that_the_failing_function_uses_is_seen(tmp_path: Path) -> None:
    cart = "from shop.limits import LIMITS\n\n\ndef total(items):\n    return LIMITS[items]\n"
    limits = "LIMITS = {\n    'home': 2,\n    %s,\n}\n"
    start: Change = {"files": {"shop/cart.py": cart, "shop/limits.py": limits % "'abroad': 3"}}
    built = build(tmp_path, [start, {"files": {"shop/limits.py": limits % "'overseas': (1, 2)"}}])
    repository = Repository.open(built.path)
    text = 'Traceback (most recent call last):\n  File "/srv/shop/cart.py", line 5, in total\nKeyError: 1\n'
    trace = map_to_repository(parse(text), PathIndex(repository.paths(built.shas[1])))
    context = read_context(repository, repository.window(*built.shas), built.shas[1], trace)
    (found,) = context.changes[0].reached
    assert (found.name, found.path, found.line, found.frame.line) == ("LIMITS", "shop/limits.py", 1, 5)
    assert (found.hops, found.ran, found.known) == (1, True, True)


def test_what_a_callee_in_another_file_calls_is_two_calls_away(tmp_path: Path) -> None:
    rates = "def rate_of(country):\n    return 2\n"
    tax = "from shop.rates import rate_of\n\n\ndef tax_of(item, country):\n    return rate_of(country) * item\n"
    start: Change = {"files": FILES | {"shop/tax.py": tax, "shop/rates.py": rates}}
    built = build(tmp_path, [start, {"files": {"shop/rates.py": rates.replace("return 2", "return float(country)")}}])
    repository = Repository.open(built.path)
    trace = map_to_repository(parse(TRACE.format(error="ValueError: x")), PathIndex(repository.paths(built.shas[1])))
    context = read_context(repository, repository.window(*built.shas), built.shas[1], trace)
    (found,) = [each for each in measure(context, context.changes[0]) if each.name == "touched_two_calls_away"]
    assert found.detail == "changed `rate_of` (shop/rates.py:1), which shop/cart.py:10 reaches"


def test_a_wrapper_that_hands_everything_on_is_not_where_it_fails(tmp_path: Path) -> None:
    code = "def timed(work):\n    def run(*args, **kwargs):\n        {}\n        return work(*args, **kwargs)\n    return run\n"
    cart = "def total():\n    return 1 / 0\n"
    start: Change = {"files": {"shop/timed.py": code.format("begin()"), "shop/cart.py": cart}}
    built = build(tmp_path, [start, {"files": {"shop/timed.py": code.format("start_clock()")}}])
    repository = Repository.open(built.path)
    text = (
        'Traceback (most recent call last):\n  File "/srv/shop/timed.py", line 4, in run\n'
        "    return work(*args, **kwargs)\n"
        '  File "/srv/shop/cart.py", line 2, in total\n    return 1 / 0\nZeroDivisionError: division by zero\n'
    )
    trace = map_to_repository(parse(text), PathIndex(repository.paths(built.shas[1])))
    context = read_context(repository, repository.window(*built.shas), built.shas[1], trace)
    found = {each.name: each.value for each in measure(context, context.changes[0])}
    assert found["only_wrapped"] == found["touched_any_function"] == 1.0


def test_a_callee_with_a_long_word_in_it_costs_little(tmp_path: Path) -> None:
    tax = f"def tax_of(item, country):\n    return '{'a' * 60_000}'\n"
    built = build(
        tmp_path, [{"files": FILES | {"shop/tax.py": tax}}, {"files": {"shop/cart.py": CART + "\n\nX = 1\n"}}]
    )
    repository = Repository.open(built.path)
    trace = map_to_repository(parse(TRACE.format(error="ValueError: x")), PathIndex(repository.paths(built.shas[1])))
    started = time.process_time()
    read_context(repository, repository.window(*built.shas), built.shas[1], trace)
    assert time.process_time() - started < 5
