"""Errors that a file, a route or a translation is not there, and the commit that took it away."""

from pathlib import Path

import pytest

from tests.tools.signals.bare_message import signals

FILES = {
    "django": (
        "shop/templates/shop/cart.html",
        "shop/templates/shop/basket.html",
        "TemplateDoesNotExist: shop/cart.html",
    ),
    "rails": (
        "app/views/orders/_row.html.erb",
        "app/views/orders/_line.html.erb",
        "ActionView::MissingTemplate: Missing partial orders/_row with {:locale=>[:en]}",
    ),
    "twig": (
        "templates/cart/show.html.twig",
        "templates/cart/a.html.twig",
        'LoaderError: Unable to find template "cart/show.html.twig" (looked into: /app/templates).',
    ),
    "text": (
        "templates/mail/order.txt",
        "templates/mail/orders.txt",
        "jinja2.exceptions.TemplateNotFound: mail/order.txt",
    ),
    "include": (
        "inc/class-old-error.php",
        "inc/error.php",
        "include_once(/srv/www/inc/class-old-error.php): failed to open stream: No such file or directory",
    ),
}


@pytest.mark.parametrize("kind", FILES)
def test_the_file_that_the_error_looks_for_was_renamed(tmp_path: Path, kind: str) -> None:
    old, new, error = FILES[kind]
    found = signals(tmp_path, {old: "<b>1</b>\n"}, {old: None, new: "<b>1</b>\n"}, error)
    assert found["removed_named_file"] == (1.0, f"renamed {old} to {new}, for which the error looks")
    assert "harmless_only" not in found


def test_a_file_that_was_only_changed_or_is_called_otherwise_is_not_gone(tmp_path: Path) -> None:
    old, _, error = FILES["django"]
    changed = signals(tmp_path / "a", {old: "<b>1</b>\n"}, {old: "<b>2</b>\n"}, error)
    other = signals(tmp_path / "b", {"shop/mycart.html": "<b>1</b>\n"}, {"shop/mycart.html": None}, error)
    assert "removed_named_file" not in {**changed, **other}


RAILS = "Rails.application.routes.draw do\n  resources :{}\nend\n"
ROUTES = {
    "rails address": (
        "config/routes.rb",
        RAILS,
        "orders",
        "purchases",
        'ActionController::RoutingError (No route matches [GET] "/orders/5")',
    ),
    "rails helper": (
        "config/routes.rb",
        RAILS,
        "orders",
        "purchases",
        "undefined local variable or method `orders_path' for #<Cart>",
    ),
    "django": (
        "shop/urls.py",
        "urlpatterns = [\n  path('c/', cart, name='{}'),\n]\n",
        "cart-detail",
        "cart-show",
        "NoReverseMatch: Reverse for 'cart-detail' not found.",
    ),
    "laravel": (
        "routes/web.php",
        "<?php\nRoute::get('/o', [C::class, 'a'])->name('{}');\n",
        "orders.show",
        "order.view",
        "RouteNotFoundException: Route [orders.show] not defined.",
    ),
    "express": (
        "src/routes/cart.js",
        "router.get('/{}/all', list);\n",
        "cart",
        "basket",
        "NotFoundError: Cannot GET /cart/all",
    ),
}


@pytest.mark.parametrize("kind", ROUTES)
def test_the_route_that_is_missing_was_changed(tmp_path: Path, kind: str) -> None:
    path, text, before, after, error = ROUTES[kind]
    found = signals(tmp_path, {path: text.format(before)}, {path: text.format(after)}, error)
    value, sentence = found["changed_route"]
    assert value > 0.4
    assert sentence.startswith("changed a route, `")
    assert f"({path}:" in sentence


def test_a_route_under_the_name_of_its_file_says_more_than_one_of_another_file(tmp_path: Path) -> None:
    shares = [
        signals(tmp_path / file, {path: "router.get('/export', a);\n"}, {path: ""}, "Cannot GET /orders/export")
        for file in ("orders", "basket")
        for path in [f"src/routes/{file}.js"]
    ]
    assert shares[0]["changed_route"][0] == 2 * shares[1]["changed_route"][0]


def test_another_route_or_another_error_says_nothing(tmp_path: Path) -> None:
    path, text, before, after, error = ROUTES["laravel"]
    route = signals(tmp_path / "a", {path: text.format("users.list")}, {path: text.format("users.all")}, error)
    other = signals(tmp_path / "b", {path: text.format(before)}, {path: text.format(after)}, "TypeError: null orders")
    assert "changed_route" not in {**route, **other}


@pytest.mark.parametrize(
    ("path", "before", "after", "error"),
    [
        (
            "config/locales/en.yml",
            "en:\n  cart:\n    total: Sum\n",
            "en:\n  cart:\n    sum: Sum\n",
            "I18n::MissingTranslationData: translation missing: en.cart.total",
        ),
        (
            "locales/en.json",
            '{\n  "cart.total": "Sum"\n}\n',
            '{\n  "cart.sum": "Sum"\n}\n',
            "Error: MISSING_MESSAGE: Could not resolve `cart.total`",
        ),
        ("i18n/de.json", '{\n  "log_corrupted": "x"\n}\n', '{\n  "log_broken": "x"\n}\n', "KeyError: 'log_corrupted'"),
    ],
)
def test_the_translation_that_is_missing_was_taken_out(
    tmp_path: Path, path: str, before: str, after: str, error: str
) -> None:
    found = signals(tmp_path, {path: before}, {path: after}, error)
    assert found["broke_translation"][0] == 1.0
    assert found["broke_translation"][1].startswith("removed `")


def test_a_line_above_the_trace_names_the_file_that_was_changed(tmp_path: Path) -> None:
    log = (
        "2026-01-15 09:41:02 INFO - loading\n2026-01-15 09:41:03 ERROR - Rule ask_author failed\nTraceback (most recent call last):\n"
        '  File "/usr/lib/python3/site-packages/rules/run.py", line 6, in run\n    rule(x)\nValueError: no value\n'
    )
    found = signals(tmp_path, {"bot/ask_author.py": "a = 1\n"}, {"bot/ask_author.py": "a = 2\n"}, log)
    assert found["changed_file_of_named"][1] == "changed bot/ask_author.py, whose name stands in the error or its trace"


@pytest.mark.parametrize(
    ("path", "text", "old", "new", "error", "name"),
    [
        ("deploy/web.yaml", "env:\n- name: {}\n  value: x\n", "SHOP_DB_URL", "SHOP_URL", "KeyError: 'SHOP_DB_URL'", ""),
        ("task.json", '{{"env": [\n{{"name": "{}", "value": "x"}}\n]}}\n', "SHOP_KEY", "KEY_OF_SHOP",
         "missing required environment variable SHOP_KEY", "SHOP_KEY"),
        ("application.yml", "mail:\n  {}: x\n", "sender", "from",
         "IllegalArgumentException: Could not resolve placeholder 'mail.sender' in value \"${mail.sender}\"", "sender"),
    ],
)  # fmt: skip
def test_a_variable_of_a_manifest_or_a_placeholder_that_is_no_longer_set(
    tmp_path: Path, path: str, text: str, old: str, new: str, error: str, name: str
) -> None:
    found = signals(tmp_path, {path: text.format(old)}, {path: text.format(new)}, error)
    assert found["removed_missing_key"] == (1.0, f"no longer sets `{name or old}`, which the error misses")
