"""Rules by which a program finds its own code and makes its bundles."""

from pathlib import Path

import pytest

from tests.repositories import Change
from tests.tools.signals.bare_message import QUIET, signals, window_of
from tools.signals.registry import measure

FINDERS = {
    "psr-4": (
        "composer.json",
        '{{"autoload": {{\n"psr-4": {{\n"Shop\\\\\\\\": "{}"\n}}}}}}\n',
        "src/",
        "lib/",
        'Class "Shop\\Cart" not found',
    ),
    "exports": (
        "package.json",
        '{{\n"name": "shop",\n"exports": "{}"\n}}\n',
        "./index.js",
        "./dist/index.js",
        "Error: Cannot find module './tax'",
    ),
    "packages": (
        "pyproject.toml",
        "[tool.setuptools.packages.find]\n{}\n",
        'include = ["shop*"]',
        'include = ["shop"]',
        "ModuleNotFoundError: No module named 'shop.tax'",
    ),
    "image": (
        "Dockerfile",
        "FROM scratch\nCOPY {} /app/\n",
        "shop",
        "shop/cart",
        "ModuleNotFoundError: No module named 'shop.tax'",
    ),
    "inflection": (
        "config/initializers/inflections.rb",
        "ActiveSupport::Inflector.inflections do |inflect|\n{}\nend\n",
        "",
        'inflect.acronym "API"',
        "uninitialized constant ApiClient (NameError)",
    ),
    "proguard": (
        "app/proguard-rules.pro",
        "{}\n",
        "-keep class shop.** { *; }",
        "-dontwarn shop.**",
        "java.lang.ClassNotFoundException: shop.Cart",
    ),
}


@pytest.mark.parametrize("kind", FINDERS)
def test_what_cannot_be_found_any_more_was_found_by_another_rule(tmp_path: Path, kind: str) -> None:
    path, text, before, after, error = FINDERS[kind]
    found = signals(tmp_path, {path: text.format(before)}, {path: text.format(after)}, error)
    assert found["changed_code_finder"][0] == 1.0
    assert f"({path}:" in found["changed_code_finder"][1]


def test_another_part_of_the_manifest_or_another_error_says_nothing(tmp_path: Path) -> None:
    path, text, before, after, error = FINDERS["exports"]
    license_ = signals(tmp_path / "a", {path: '{\n"license": "MIT"\n}\n'}, {path: '{\n"license": "BSD"\n}\n'}, error)
    other = signals(tmp_path / "b", {path: text.format(before)}, {path: text.format(after)}, "TypeError: x is null")
    assert "changed_code_finder" not in {**license_, **other}


BUNDLE = "TypeError: e is not a function\n    at t (https://shop.test/static/js/main.3f9a21bc.js:1:2345)\n"


@pytest.mark.parametrize("path", ["webpack.config.js", "web/vite.config.ts", ".browserslistrc", "build/bundle.js"])
def test_how_the_bundle_of_the_trace_is_made_was_changed(tmp_path: Path, path: str) -> None:
    found = signals(tmp_path, {path: "minify = 1\n"}, {path: "minify = 2\n"}, BUNDLE)
    assert found["changed_bundler"][1].startswith(f"changed how the bundle is made ({path})")


def test_a_trace_of_source_files_is_of_no_bundle(tmp_path: Path) -> None:
    trace = "TypeError: e is not a function\n    at t (/srv/src/cart.js:1:5)\n"
    files = {"webpack.config.js": "minify = 1\n", "src/cart.js": "e()\n"}
    assert "changed_bundler" not in signals(tmp_path, files, {"webpack.config.js": "minify = 2\n"}, trace)


@pytest.mark.parametrize("path", ["webpack.config.js", "web/vite.config.ts"])
def test_a_commit_from_before_the_window_shares_what_a_bundle_says_with_those_of_it(tmp_path: Path, path: str) -> None:
    older: list[Change] = [{"files": {path: f"minify = {n}\n"}} for n in range(2)]
    context = window_of(tmp_path, [*older, *QUIET], BUNDLE, base=1)
    before = {each.name: each.value for change in context.earlier for each in measure(context, change)}
    assert before["changed_bundler"] == 1.0
    assert not any(each.name == "changed_bundler" for change in context.changes for each in measure(context, change))


def test_a_commit_from_before_the_window_is_the_only_one_that_changed_how_code_is_found(tmp_path: Path) -> None:
    path, text, before, after, error = FINDERS["packages"]
    older: list[Change] = [{"files": {path: text.format(rule)}} for rule in (before, after)]
    context = window_of(tmp_path, [*older, *QUIET], error, base=1)
    found = [each.value for change in context.earlier for each in measure(context, change)
             if each.name == "changed_code_finder"]  # fmt: skip
    assert found == [1.0]


def test_another_base_image_is_no_rule_by_which_code_is_found(tmp_path: Path) -> None:
    before, after = ({"Dockerfile": f"FROM ruby:{version}\nCOPY . /app\n"} for version in ("3.0", "3.1"))
    found = signals(tmp_path, before, after, "cannot load such file -- net/smtp (LoadError)")
    assert "changed_code_finder" not in found
    assert found["moved_runtime"][0] == 1.0
