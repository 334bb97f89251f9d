"""Errors about a signature, callees by name, and callees that began to give nothing."""

from pathlib import Path

import pytest

from tests.repositories import Change
from tests.tools.signals.bare_message import QUIET, Files, signals, window_of
from tools.signals.registry import measure, vector


@pytest.mark.parametrize(
    ("path", "before", "after", "error"),
    [
        ("a.php", "<?php\nclass A {\n\tprivate function ask( $x ) {\n\t}\n}\n",
         "<?php\nclass A {\n\tprivate function ask( $x ): array {\n\t}\n}\n",
         "TypeError: Shop\\A::ask(): Return value must be of type array, bool returned"),
        ("a.php", "<?php\nclass A {\n\tpublic function ask( $x, $y ) {\n\t}\n}\n",
         "<?php\nclass A {\n\tpublic function ask( string $x, string $y ) {\n\t}\n}\n",
         "TypeError: Argument 2 passed to A::ask() must be of the type string, null given"),
        ("a.php", "<?php\nclass A {\n\tprotected function ask() {\n\t}\n}\n", "<?php\nclass A {\n\tpublic function ask() {\n\t}\n}\n",
         "Fatal error: Access level to Sub::ask() must be public (as in class A)"),
        ("a.php", "<?php\nclass A {\n\tfunction ask() {\n\t}\n}\n", "<?php\nclass A {\n\tfunction ask($c) {\n\t}\n}\n",
         "Declaration of Sub::ask() should be compatible with A::ask($c)"),
        ("a.py", "def ask_now(x):\n    return x\n", "def ask_now(x, y):\n    return x\n",
         "TypeError: ask_now() missing 1 required positional argument: 'y'"),
        ("a.py", "def ask_now(x, timeout=1):\n    return x\n", "def ask_now(x, wait=1):\n    return x\n",
         "TypeError: ask_now() got an unexpected keyword argument 'timeout'"),
    ],
)  # fmt: skip
def test_the_declaration_of_which_the_error_complains(
    tmp_path: Path, path: str, before: str, after: str, error: str
) -> None:
    found = signals(tmp_path, {path: before}, {path: after}, error)
    assert found["changed_named_signature"][0] == 1.0
    assert found["changed_named_signature"][1].startswith("changed the declaration of `ask")


PAY = """from shop.coupons import CouponBook


def pay(order):
    book = CouponBook()
    return book.by_code(order.code).discount
"""
BOOK = """class CouponBook:
    def by_code(self, code):
        for coupon in self.coupons:
            if coupon.code == code:
                return coupon
        return Coupon(0)
"""
TRACE = """Traceback (most recent call last):
  File "/srv/app/shop/pay.py", line 6, in pay
    return book.by_code(order.code).discount
AttributeError: 'NoneType' object has no attribute 'discount'
"""


def test_a_callee_that_now_ends_without_a_value(tmp_path: Path) -> None:
    after = BOOK.replace("        return Coupon(0)\n", "        self.missed += 1\n")
    before = {"shop/pay.py": PAY, "shop/coupons.py": BOOK}
    found = signals(tmp_path, before, {"shop/coupons.py": after}, TRACE)
    assert found["nothing_from_callee"][1].startswith("changed when `CouponBook.by_code`")
    assert found["nothing_arrives"][0] == 1.0
    assert found["nothing_arrives"][1].endswith("returns null, which arrives at shop/pay.py:6")


def test_the_only_commit_by_which_the_failing_line_is_given_nothing(tmp_path: Path) -> None:
    after = BOOK.replace("        return Coupon(0)\n", "        self.missed += 1\n")
    before: Files = {"shop/pay.py": PAY, "shop/coupons.py": BOOK}
    alone = signals(tmp_path / "alone", before, {"shop/coupons.py": after}, TRACE)
    assert alone["only_giver_of_nothing"][0] == 1.0
    beside: list[Change] = [{"files": {"shop/pay.py": PAY.replace("CouponBook()", "CouponBook(1)")}}, QUIET[1]]
    undone: list[Change] = [*beside, {"files": {"shop/pay.py": PAY}}]
    for folder, others in (("beside", beside), ("undone", undone)):
        found = signals(tmp_path / folder, before, {"shop/coupons.py": after}, TRACE, others)
        assert found["nothing_arrives"][0] == 1.0
        assert "only_giver_of_nothing" not in found


def test_who_kept_what_fails_or_changed_another_method_gives_the_line_nothing(tmp_path: Path) -> None:
    after = BOOK.replace("        return Coupon(0)\n", "        self.missed += 1\n")
    book = after + "\n\nclass Coupon:\n    def __init__(self, discount):\n        self.discount = discount\n"
    before: Files = {"shop/pay.py": PAY, "shop/coupons.py": book.replace("self.missed += 1", "return Coupon(0)")}
    kept: list[Change] = [{"files": {"shop/pay.py": PAY.replace(".discount", ".discount + 0")}}, QUIET[1]]
    trace = TRACE.replace(".discount\n", ".discount + 0\n")
    method = book + "\n    def __str__(self):\n        return 'coupon'\n"
    beside: list[Change] = [{"files": {"shop/coupons.py": method}}]
    for folder, others, error in (("kept", kept, trace), ("method", beside, TRACE)):
        found = signals(tmp_path / folder, before, {"shop/coupons.py": book}, error, others)
        assert found["only_giver_of_nothing"][0] == 1.0


def test_nothing_from_a_callee_whose_result_does_not_arrive_at_the_failing_line(tmp_path: Path) -> None:
    """It had run above, and the value that is missing comes from elsewhere."""
    pay = PAY.replace(
        "    return book.by_code(order.code).discount", "    book.by_code(1)\n    return order.first.discount"
    )
    after = BOOK.replace("        return Coupon(0)\n", "        self.missed += 1\n")
    trace = TRACE.replace("line 6", "line 7").replace("book.by_code(order.code)", "order.first")
    found = signals(tmp_path, {"shop/pay.py": pay, "shop/coupons.py": BOOK}, {"shop/coupons.py": after}, trace)
    assert "nothing_from_callee" in found
    assert not {"nothing_arrives", "only_giver_of_nothing"} & found.keys()


def test_another_callee_that_gives_nothing_is_not_the_one_whose_result_arrives(tmp_path: Path) -> None:
    pay = PAY.replace("    return book.by_code", "    book.checked(1)\n    return book.by_code")
    book = BOOK + "\n    def checked(self, code):\n        return code\n"
    after = book.replace("Coupon(0)", "Coupon(1)").replace("        return code\n", "        self.seen = code\n")
    trace = TRACE.replace("line 6", "line 7")
    found = signals(tmp_path, {"shop/pay.py": pay, "shop/coupons.py": book}, {"shop/coupons.py": after}, trace)
    assert "changed_what_gives_value" in found
    assert "nothing_from_callee" in found
    assert "nothing_arrives" not in found


RUN = "class Ready {\n  void onReady(Job job) {\n    job.run(2);\n  }\n}\n"
OTHER = "class Other {\n  void run(int n) {\n    int left = n;\n  }\n}\n"
JOB = OTHER.replace("Other", "PrintJob")
CRASH = "java.lang.IllegalStateException: no\n\tat shop.Ready.onReady(Ready.java:3)\n"


def test_a_method_of_the_same_common_name_in_another_class_is_not_the_callee(tmp_path: Path) -> None:
    before = {"shop/Ready.java": RUN, "lib/Other.java": OTHER, "shop/PrintJob.java": JOB}
    changes: list[Change] = [
        {"files": before},
        {"files": {"lib/Other.java": OTHER.replace("left = n", "left = n + 1")}},
        {"files": {"shop/PrintJob.java": JOB.replace("left = n", "left = n + 1")}},
        *QUIET,
    ]
    context = window_of(tmp_path, changes, CRASH)
    reached = [[(each.owner, each.name, each.known) for each in change.reached] for change in context.changes]
    assert reached[0] == []
    assert reached[1] == [("PrintJob", "run", True)]  # `job` is called after it


def test_an_override_in_another_file_is_what_the_base_class_calls(tmp_path: Path) -> None:
    base = "class Plan:\n    def show(self):\n        change = self.make_change()\n        return change.get('a')\n"
    sub = "from plans import Plan\n\n\nclass Special(Plan):\n    def make_change(self):\n        return {'a': 1}\n"
    trace = (
        'Traceback (most recent call last):\n  File "/srv/app/plans.py", line 4, in show\n'
        "    return change.get('a')\nAttributeError: 'NoneType' object has no attribute 'get'\n"
    )
    lost = sub.replace("        return {'a': 1}\n", "        self.made = {'a': 1}\n")
    found = signals(tmp_path, {"plans.py": base, "extra/other.py": sub}, {"extra/other.py": lost}, trace)
    assert found["nothing_from_callee"][1].startswith("changed when `Special.make_change`")
    assert "set_what_line_uses" not in found


def test_a_comment_in_a_callee_is_no_change_of_it(tmp_path: Path) -> None:
    noted = BOOK.replace("        return Coupon(0)\n", "        # nobody asked\n        return Coupon(0)\n")
    changes: list[Change] = [
        {"files": {"shop/pay.py": PAY, "shop/coupons.py": BOOK}},
        {"files": {"shop/coupons.py": noted}},
        *QUIET,
    ]
    context = window_of(tmp_path, changes, TRACE)
    assert context.changes[0].reached == ()
    assert context.changes[0].produced == ()
    assert not {"nothing_from_callee", "changed_what_gives_value"} & vector(measure(context, context.changes[0])).keys()


def test_a_file_called_after_a_class_that_the_error_names(tmp_path: Path) -> None:
    before = {"lib/shop/tax_table.rb": "class TaxTable\nend\n"}
    after = {"lib/shop/tax_table.rb": "class TaxTable\n  X = 1\nend\n"}
    found = signals(tmp_path, before, after, "undefined method `[]' for #<Shop::TaxTable:0x0000000341e3f0>")
    assert found["changed_file_of_named"] == (
        1.0,
        "changed lib/shop/tax_table.rb, whose name stands in the error or its trace",
    )
