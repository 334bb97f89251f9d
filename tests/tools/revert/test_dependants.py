"""Later commits that use what a revert takes away."""

from pathlib import Path

import pytest

from tests.repositories import Change, extend, git
from tests.tools.revert.planned import CART, planned, shop

DISCOUNT = CART + "\n    def discounted_total(self, discount_code):\n        return self.total()\n"
CALL = "def page():\n    return cart.discounted_total('X')\n"


def test_a_later_call_of_a_function_that_goes_is_named_with_its_line(tmp_path: Path) -> None:
    built = shop(
        tmp_path,
        {"files": {"shop/cart.py": DISCOUNT}, "message": "Discounts"},
        {"files": {"README.md": "a shop\n"}},
        {"files": {"shop/page.py": CALL}, "message": "Show the discount"},
    )
    plan = planned(built)
    assert plan.clean
    assert [(each.commit, each.title, each.uses, each.name) for each in plan.dependants] == [
        (built.shas[3], "Show the discount", "definition", "discounted_total")
    ]
    assert (plan.dependants[0].path, plan.dependants[0].line) == ("shop/page.py", 2)
    assert plan.gaps == ()


@pytest.mark.parametrize(
    ("bad", "later", "uses", "name"),
    [
        ({"shop/rates.py": "X = 1\n"}, {"shop/page.py": "from shop import rates\n"}, "file", "rates"),
        ({"views/invoice.html": "<p>\n"}, {"shop/page.py": "show('views/invoice.html')\n"}, "file", "invoice"),
        (
            {"config/app.yaml": "cache_lifetime: 5\n"},
            {"shop/page.py": "wait = settings['cache_lifetime']\n"},
            "setting",
            "cache_lifetime",
        ),
        (
            {"db/migrate/20240102_add.rb": "add_column :orders, :coupon_code, :string\n"},
            {"shop/order.rb": "order.coupon_code = 1\n"},
            "column",
            "coupon_code",
        ),
        (
            {"migrations/0002_add.py": "migrations.AddField(model_name='order', name='coupon_code')\n"},
            {"shop/page.py": "order.coupon_code = 1\n"},
            "column",
            "coupon_code",
        ),
        (
            {"shop/limits.py": "MAX_ITEMS = 9\n"},
            {"shop/page.py": "if n > MAX_ITEMS:\n    pass\n"},
            "definition",
            "MAX_ITEMS",
        ),
        (
            {"lib/tax.php": "<?php\nclass TaxTable {}\n"},
            {"lib/a.php": "<?php\nnew TaxTable();\n"},
            "definition",
            "TaxTable",
        ),
    ],
)
def test_files_settings_columns_and_constants_are_followed_too(
    tmp_path: Path, bad: dict[str, str], later: dict[str, str], uses: str, name: str
) -> None:
    built = shop(tmp_path, {"files": bad}, {"files": later})
    found = {(each.commit, each.uses, each.name) for each in planned(built).dependants}
    assert (built.shas[2], uses, name) in found


def test_a_named_argument_that_goes_is_a_use_of_the_function_with_it(tmp_path: Path) -> None:
    before, after = "def price(item):\n    return 1\n", "def price(item, currency_code):\n    return 1\n"
    built = shop(
        tmp_path,
        {"files": {"shop/price.py": before}},
        {"files": {"shop/price.py": after}},
        {"files": {"shop/page.py": "price(it, currency_code='EUR')\n", "shop/other.py": "currency_code = 'EUR'\n"}},
    )
    assert [(each.name, each.path) for each in planned(built, 2).dependants] == [("currency_code", "shop/page.py")]


@pytest.mark.parametrize(
    "later",
    [
        {"shop/page.py": "def discounted_total():\n    return 1\n\n\ndiscounted_total()\n"},  # a function of its own
        {"shop/page.py": "# discounted_total is new\n"},  # a comment
        {"docs/page.md": "Use discounted_total.\n"},  # no code
        {"shop/page.py": "undiscounted_total_of()\n"},  # another word
    ],
)
def test_what_only_looks_like_a_use_is_none(tmp_path: Path, later: dict[str, str]) -> None:
    built = shop(tmp_path, {"files": {"shop/cart.py": DISCOUNT}}, {"files": later})
    assert planned(built).dependants == ()


def test_a_name_that_stays_defined_elsewhere_in_the_revert_is_not_gone(tmp_path: Path) -> None:
    """The commit moved the function: its revert moves it back."""
    moved = {"shop/cart.py": "pass\n", "shop/sums.py": CART}
    built = shop(tmp_path, {"files": moved}, {"files": {"shop/page.py": "Cart().total()\n"}})
    names = {(each.uses, each.name) for each in planned(built).dependants}
    assert ("definition", "Cart") not in names


def test_an_old_use_from_before_the_commit_is_none(tmp_path: Path) -> None:
    built = shop(
        tmp_path,
        {"files": {"shop/page.py": CALL}},
        {"files": {"shop/cart.py": DISCOUNT}},
        {"files": {"shop/page.py": CALL + "\n\ndef other():\n    return cart.discounted_total('Y')\n"}},
    )
    assert planned(built, 2).dependants == ()  # the page called a function of that name before it was there


def test_a_commit_that_was_merged_names_the_merge_for_what_came_with_it(tmp_path: Path) -> None:
    built = shop(tmp_path)
    git(built.path, "checkout", "-q", "-b", "side")
    made, used = extend(
        built.path, [{"files": {"shop/cart.py": DISCOUNT}}, {"files": {"shop/page.py": CALL}, "message": "Use it"}]
    )
    git(built.path, "checkout", "-q", "main")
    extend(built.path, [{"files": {"README.md": "main\n"}}])
    git(built.path, "merge", "-q", "--no-ff", "-m", "Merge side", "side")
    merge = git(built.path, "rev-parse", "HEAD")
    after: Change = {"files": {"shop/extra.py": "cart.discounted_total('Z')\n"}}
    later = extend(built.path, [after])[0]
    assert {each.commit for each in planned(built, made).dependants} == {merge, later}
    assert used not in {each.commit for each in planned(built, made).dependants}
    whole = planned(built, merge)
    assert [each.commit for each in whole.dependants] == [later]
