"""Frames without a file, lines of another build, and lines that only throw."""

from pathlib import Path

import pytest

from tests.repositories import Change
from tests.tools.signals.bare_message import QUIET, window_of
from tools.impact.context import SignalContext
from tools.ranking.visibility import how_much_is_seen
from tools.signals.registry import measure, window_features

BRIDGE = """namespace Shop.Traits
{
    public class BridgeLayer : Layer
    {
        protected override bool IsValid => cells.Count > 0;

        void Convert(World w, Cell cell)
        {
            var ramp = w.Ramp[cell];
            if (ramp == 0)
                return;
        }
    }
}
"""
MONO = """Unhandled exception. System.IndexOutOfRangeException: Index was outside the bounds of the array.
  at Shop.Traits.BridgeLayer.Convert (Shop.World w, Shop.Cell cell) [0x00125] in <c6a9cbed3ef94b08a206734da225ef88>:0
  at Shop.World.LoadComplete (Shop.WorldRenderer wr) [0x000c4] in <8e18d02ea2ce41e3bff62c02626d0afe>:0
"""


def found_in(context: SignalContext, number: int) -> dict[str, tuple[float, str]]:
    return {each.name: (each.value, each.detail) for each in measure(context, context.changes[number])}


def test_a_frame_that_names_only_class_and_function_is_placed(tmp_path: Path) -> None:
    before = BRIDGE.replace("            var ramp = w.Ramp[cell];\n", "            var ramp = 0;\n")
    changes: list[Change] = [
        {"files": {"Shop/Traits/BridgeLayer.cs": before, "Other/BridgeLayer.cs": "class Other {}\n"}},
        {"files": {"Shop/Traits/BridgeLayer.cs": BRIDGE}},
        *QUIET,
    ]
    context = window_of(tmp_path, changes, MONO)
    assert [(frame.path, frame.function, frame.exact) for frame in context.site.frames] == [
        ("Shop/Traits/BridgeLayer.cs", "Convert", False)
    ]
    found = found_in(context, 0)
    assert found["touched_any_function"][0] == 1.0
    assert "wrote_any_new_line" not in found  # which line it was is not known


def test_a_property_is_placed_too(tmp_path: Path) -> None:
    trace = MONO.replace("BridgeLayer.Convert (Shop.World w, Shop.Cell cell)", "BridgeLayer.get_IsValid ()")
    changes: list[Change] = [
        {"files": {"Shop/Traits/BridgeLayer.cs": BRIDGE.replace("cells.Count > 0", "true")}},
        {"files": {"Shop/Traits/BridgeLayer.cs": BRIDGE}},
        *QUIET,
    ]
    context = window_of(tmp_path, changes, trace)
    assert found_in(context, 0)["touched_any_function"][0] == 1.0


CART = """package shop

func price(item string) int {
	return 2
}

func total(items []string) int {
	sum := 0
	for _, item := range items {
		sum += price(item)
	}
	return sum
}

func empty(items []string) bool {
	return len(items) == 0
}
"""
PANIC = """panic: runtime error: index out of range [1] with length 1

goroutine 1 [running]:
shop.price(...)
	/srv/shop/cart.go:4 +0x1d
shop.total(...)
	/srv/shop/cart.go:{line} +0x2e
"""


def test_a_line_of_another_build_is_found_by_the_call_it_must_make(tmp_path: Path) -> None:
    """The trace says line 16, which is in `empty`: `total` calls `price` in line 10."""
    changes: list[Change] = [
        {"files": {"shop/cart.go": CART.replace("price(item)", "1")}},
        {"files": {"shop/cart.go": CART}},
        *QUIET,
    ]
    context = window_of(tmp_path, changes, PANIC.format(line=16))
    assert [(frame.line, frame.function, frame.printed) for frame in context.site.frames] == [
        (4, "price", None),
        (10, "total", 16),
    ]
    found = found_in(context, 0)
    assert found["wrote_any_new_line"] == (
        1.0,
        "wrote shop/cart.go:10 in `total` (line 16 of another build), frame 2 of the trace in this repository",
    )


def test_a_line_behind_the_end_of_the_file_is_looked_for_in_the_function_that_the_trace_names(tmp_path: Path) -> None:
    panic = PANIC.format(line=300).replace("cart.go:4", "cart.go:280")
    context = window_of(tmp_path, [{"files": {"shop/cart.go": CART}}, *QUIET], panic)
    assert [(frame.line, frame.function, frame.exact, frame.printed) for frame in context.site.frames] == [
        (3, "price", False, 280),
        (10, "total", True, 300),
    ]


def test_a_line_behind_the_end_of_the_file_in_no_function_is_no_place(tmp_path: Path) -> None:
    panic = PANIC.format(line=300).replace("shop.price", "shop.cost").replace("shop.total", "shop.sum")
    context = window_of(tmp_path, [{"files": {"shop/cart.go": CART}}, *QUIET], panic)
    assert [(frame.line, frame.exact, frame.printed) for frame in context.site.frames] == [
        (4, True, None),
        (CART.count("\n") + 1, False, 300),
    ]


QUOTED = """Traceback (most recent call last):
  File "/srv/shop/cart.py", line {line}, in total
    return price(items[1])
IndexError: list index out of range
"""


@pytest.mark.parametrize(("line", "printed"), [(5, None), (2, 2), (90, 90)])
def test_the_line_that_the_trace_quotes_is_taken_for_the_printed_one(
    tmp_path: Path, line: int, printed: int | None
) -> None:
    text = "\n\n\ndef total(items):\n    return price(items[1])\n"
    context = window_of(tmp_path, [{"files": {"shop/cart.py": text}}, *QUIET], QUOTED.format(line=line))
    assert [(frame.line, frame.exact, frame.printed) for frame in context.site.frames] == [(5, True, printed)]


def test_a_quoted_line_that_is_gone_and_lies_behind_the_end_may_be_any_of_its_function(tmp_path: Path) -> None:
    text = "\n\n\ndef total(items):\n    return cost(items[1])\n"
    context = window_of(tmp_path, [{"files": {"shop/cart.py": text}}, *QUIET], QUOTED.format(line=90))
    assert [(frame.line, frame.exact, frame.printed) for frame in context.site.frames] == [(4, False, 90)]


def test_a_line_that_calls_the_next_frame_is_believed(tmp_path: Path) -> None:
    context = window_of(tmp_path, [{"files": {"shop/cart.go": CART}}, *QUIET], PANIC.format(line=10))
    assert [frame.printed for frame in context.site.frames] == [None, None]


def test_who_wrote_an_old_throw_does_not_excuse_who_made_it_happen(tmp_path: Path) -> None:
    start = "<?php\nfunction pay($order) {\n\t$rate = find($order);\n\treturn $rate;\n}\n"
    throw = start.replace("\treturn", "\tif (!$rate) {\n\t\tthrow new PayException('no');\n\t}\n\treturn")
    culprit = throw.replace("find($order)", "null")
    trace = (
        "PHP Fatal error:  Uncaught PayException: no in /srv/shop/pay.php:5\nStack trace:\n"
        "#0 /srv/shop/index.php(3): pay(Object(Order))\n#1 {main}\n  thrown in /srv/shop/pay.php on line 5\n"
    )
    index = {"shop/index.php": "<?php\nrequire 'pay.php';\npay($order);\n"}
    changes: list[Change] = [
        {"files": {"shop/pay.php": start, **index}},
        {"files": {"shop/pay.php": throw}},
        {"files": {"shop/a.php": "<?php\n"}},
        {"files": {"shop/pay.php": culprit}},
        *QUIET,
    ]
    context = window_of(tmp_path, changes, trace)
    assert context.site.frames[0].throws
    found = found_in(context, 2)
    assert found["set_what_line_uses"] == (1.0, "changed how `rate` is set before shop/pay.php:5 in `pay` uses it")


TOOLBAR = """shop.ui.Toolbar = function ShopUiToolbar() {};

shop.ui.Toolbar.prototype.showTotals = function ( items ) {
	return items.length;
};
"""


@pytest.mark.parametrize(
    "error",
    [
        "Uncaught TypeError: Right-hand side of 'in' is not an object at ShopUiToolbar.shop.ui.Toolbar.showTotals",
        "TypeError: items is undefined` from shop.ui.Toolbar.prototype.showTotals",
        "TypeError: t is undefined\n    at e.showTotals (https://shop.example/load.php?modules=shop:21:402)\n",
        "RangeError: showTotals() has no list",
        "RangeError: view.showTotals() has no list",
        "RangeError: Toolbar.showTotals() has no list",
    ],
)
def test_a_function_that_the_error_names_without_a_file_is_placed(tmp_path: Path, error: str) -> None:
    before = TOOLBAR.replace("items.length", "items.size")
    changes: list[Change] = [
        {"files": {"web/shop.ui.Toolbar.js": before}},
        {"files": {"web/shop.ui.Toolbar.js": TOOLBAR}},
        *QUIET,
    ]
    context = window_of(tmp_path, changes, error)
    assert [(frame.path, frame.function, frame.exact) for frame in context.site.frames] == [
        ("web/shop.ui.Toolbar.js", "showTotals", False)
    ]
    assert found_in(context, 0)["touched_any_function"][0] == 1.0


@pytest.mark.parametrize(
    "error",
    [
        "TypeError: toolbar.showTotals is not a function",  # it is missing there: the place is another
        "TypeError: t is undefined\n    at e.showTotals (/srv/node_modules/kit/index.js:21:402)\n",
        "RangeError: length() has no list",  # a name that any program has
        "PHP Fatal error:  Access level to Toolbar::showTotals() must be public (as in class View)",
        "RangeError: Ledger.showTotals() has no list",  # another class, of a package
    ],
)
def test_what_is_missing_installed_or_common_is_no_place(tmp_path: Path, error: str) -> None:
    files = {"web/shop.ui.Toolbar.js": TOOLBAR + "\nfunction length() {}\n"}
    assert not window_of(tmp_path, [{"files": files}, *QUIET], error).site.frames


def test_a_name_that_two_functions_have_places_nothing(tmp_path: Path) -> None:
    files = {"web/a.js": TOOLBAR, "web/b.js": TOOLBAR}
    assert not window_of(tmp_path, [{"files": files}, *QUIET], "RangeError: showTotals() has no list").site.frames


def test_a_class_is_found_in_a_file_whose_name_is_written_otherwise(tmp_path: Path) -> None:
    files = {"src/tax_table.rb": "class TaxTable\n  def find_rate(country)\n    1\n  end\nend\n"}
    context = window_of(tmp_path, [{"files": files}, *QUIET], "ArgumentError in Shop::TaxTable#find_rate")
    assert [(frame.path, frame.function) for frame in context.site.frames] == [("src/tax_table.rb", "find_rate")]


def test_a_function_placed_by_name_is_a_hint_and_no_sight_of_the_failing_code(tmp_path: Path) -> None:
    context = window_of(
        tmp_path, [{"files": {"web/shop.ui.Toolbar.js": TOOLBAR}}, *QUIET], "RangeError: showTotals() no"
    )
    assert context.site.by_name
    assert how_much_is_seen(context.site.trace, context).visibility == "message"
    assert [window_features(context)[name] for name in ("frames", "message", "blind")] == [0, 1, 0]
    assert context.untouched_names == ("showTotals",)


def test_a_go_method_is_placed_by_its_receiver_where_the_text_ends_before_its_place(tmp_path: Path) -> None:
    """Three types have the method."""
    method = "package shop\n\nfunc (b *{0}) OnTotal(n int) int {{\n\treturn n\n}}\n"
    files = {f"shop/{name}.go": method.format(name) for name in ("basket", "order", "wishlist")}
    panic = "panic: runtime error: invalid memory address or nil pointer dereference\n[signal SIGSEGV: code=0x2]\n\n"
    trace = panic + "goroutine 37 [running]:\ngithub.com/acme/shop.(*order).OnTotal"
    context = window_of(tmp_path, [{"files": files}, *QUIET], trace)
    assert [(frame.path, frame.function) for frame in context.site.frames] == [("shop/order.go", "OnTotal")]


S3 = """package s3

func (o *Object) Update(in Input) error {
\treq := prepare(in)
\treturn send(req)
}
"""
CUT = """panic: boom

goroutine 1 [running]:
{package}.(*Object).Update(0xc1, {{0x2, 0x3}})
"""


@pytest.mark.parametrize(
    ("package", "placed"),
    [("github.com/acme/shop/backend/s3", True), ("github.com/other/tool/backend/s3", False), ("net/s3", False)],
)
def test_a_frame_of_go_without_its_place_stands_in_the_folder_of_its_package(
    tmp_path: Path, package: str, placed: bool
) -> None:
    before = {"go.mod": "module github.com/acme/shop\n\ngo 1.22\n", "backend/s3/s3.go": S3}
    changes: list[Change] = [{"files": before}, *QUIET]
    context = window_of(tmp_path, changes, CUT.format(package=package))
    assert ([frame.path for frame in context.site.frames] == ["backend/s3/s3.go"]) is placed
