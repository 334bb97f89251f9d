"""Which files can hold the failing code or feed it, by their languages."""

import pytest

from tools.source.feeding import feeds, languages_of_files

PYTHON, SCRIPT = frozenset({"python"}), frozenset({"javascript"})


@pytest.mark.parametrize(
    "path",
    [
        "shop/cart.py",
        "shop/_fast.pyx",
        "shop/_fast.c",
        "src/lib.rs",
        "pages/cart.html",
        "db/1.sql",
        "a.proto",
        "Makefile",
        "x.unknown",
        "conf/app.config",
        "conf/.env.production",
        "conf/.env.local",
        "nginx.conf.template",
        "Dockerfile.prod",
        "app.rules",
        "rates.xsl",
        "rates.jsonnet",
        "config/rates.yml.erb",
        "locales/en.ftl",
        "settings.py.dist",
        "cart.js.tpl",
    ],
)
def test_what_python_calls_or_reads(path: str) -> None:
    assert feeds(path, PYTHON)


@pytest.mark.parametrize(
    "path",
    [
        "web/cart.ts",
        "web/Cart.vue",
        "Cart.java",
        "cart.go",
        "cart.rb",
        "cart.swift",
        "cart.php.dist",
        "cart.ts.template",
        "mail.erb",
        "mail.html.erb",
        "Cart.hs",
    ],
)
def test_what_python_cannot_call(path: str) -> None:
    assert not feeds(path, PYTHON)


def test_languages_of_one_runtime_call_each_other() -> None:
    assert feeds("A.kt", frozenset({"java"}))
    assert feeds("B.scala", frozenset({"java"}))
    assert feeds("C.vue", SCRIPT)
    assert feeds("cart.java", frozenset({"ruby"}))
    assert feeds("cart.ts", frozenset({"apple"}))
    assert not feeds("page.php", SCRIPT)


def test_where_no_language_is_known_every_file_counts() -> None:
    assert feeds("x.unknown", frozenset())
    assert languages_of_files(["db/1.sql", "a.yaml", "x.unknown"]) == frozenset()
    assert languages_of_files(["a.KT", "b.py", "c.py.dist"]) == {"java", "python"}
