"""Flags and shares that a deploy turned, and that the failing code reads."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.tools.signals.bare_message import signals

CODE = "import flags\n\n\ndef total(order):\n    if flags.is_on('new_checkout'):\n        return order.lines[0].price\n    return 0\n"
TRACE = (
    "Traceback (most recent call last):\n"
    '  File "/srv/shop/total.py", line 6, in total\n    return order.lines[0].price\nIndexError: list index out of range\n'
)

CASES: Mapping[str, tuple[str, str, str, str]] = {
    "key of a block": (
        "config/flags.yaml",
        "old_cart:\n  enabled: true\nnew_checkout:\n  enabled: {}\n  owner: shop\n",
        "false",
        "true",
    ),
    "name beside": ("config/a.yml", "- name: new_checkout\n  default_enabled: {}\n  group: shop\n", "false", "true"),
    "file": ("config/feature_flags/new_checkout.yml", "default_enabled: {}\n", "false", "true"),
    "share": ("config/flags.json", '{{\n  "newCheckout": {{\n    "rollout": {}\n  }}\n}}\n', "5", "100"),
    "environment": ("deploy/.env.production", "DEBUG=0\nNEW_CHECKOUT={}\n", "0", "1"),
    "php": ("config/features.php", "<?php\nreturn [\n  'new_checkout' => {},\n];\n", "false", "true"),
    "chromium": ("features.cc", "BASE_FEATURE(kNewCheckout, new_checkout, {});\n", "OFF", "ON"),
    "constant": (
        "features.go",
        "const newCheckout = Feature({})\n",
        "FEATURE_DISABLED_BY_DEFAULT",
        "FEATURE_ENABLED_BY_DEFAULT",
    ),
}


@pytest.mark.parametrize("kind", CASES)
def test_the_flag_that_the_failing_function_asks_was_turned(tmp_path: Path, kind: str) -> None:
    path, text, before, after = CASES[kind]
    found = signals(tmp_path, {"shop/total.py": CODE, path: text.format(before)}, {path: text.format(after)}, TRACE)
    value, sentence = found["turned_switch"]
    assert value == 1.0
    assert f"from `{before}` to `{after}` ({path}:" in sentence
    assert sentence.endswith("which `total` names")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("old_cart:\n  enabled: false\n", "old_cart:\n  enabled: true\n"),
        ("new_checkout:\n  owner: shop\n", "new_checkout:\n  owner: cart\n"),
        ("new_checkout:\n  timeout: 5\n", "new_checkout:\n  timeout: 10\n"),
        ("default: false\n", "default: true\n"),
    ],
)
def test_another_flag_or_another_value_is_no_switch(tmp_path: Path, before: str, after: str) -> None:
    found = signals(tmp_path, {"shop/total.py": CODE, "flags.yaml": before}, {"flags.yaml": after}, TRACE)
    assert "turned_switch" not in found


@pytest.mark.parametrize(
    ("before", "after"), [("enabled_height", "ENABLED_HEIGHT"), ("Sha1digest", "sha1digest"), ("enabled", "ENABLED")]
)
def test_a_name_in_other_letters_is_no_switch(tmp_path: Path, before: str, after: str) -> None:
    text = "new_checkout: {}\n"
    old, new = ({"flags.yaml": text.format(name)} for name in (before, after))
    assert "turned_switch" not in signals(tmp_path, {"shop/total.py": CODE, **old}, new, TRACE)
