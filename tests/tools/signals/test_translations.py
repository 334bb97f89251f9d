"""Translations whose gaps were changed, and errors of filling them in."""

from pathlib import Path

import pytest

from tests.tools.signals.bare_message import signals

PO = 'msgid "About %(count)s minutes"\nmsgstr "{}"\n'
CASES = {
    "no conversion": (
        "locale/zh.po",
        PO,
        "%(count)s minuten",
        "%(count) minuten",
        "ValueError: unsupported format character '?' (0x9879) at index 13",
    ),
    "lost": ("lang/ar.po", PO, "%d min", "a min", "TypeError: not all arguments converted during string formatting"),
    "translated": (
        "i18n/fr.json",
        '{{\n  "a.set": "{}",\n  "b": "x"\n}}\n',
        "set {count} takes",
        "{Comptage} de prise",
        "KeyError: 'Comptage'",
    ),
    "blanks": (
        "locale/de.yml",
        'de:\n  open: "{}"\n  close: x\n',
        "{link_start}here",
        "{ link_start }hier",
        "KeyError: ' link_start '",
    ),
    "php": (
        "lang/de/cart.php",
        "<?php\nreturn [\n  'sum' => '{}',\n];\n",
        "%s items",
        "%s of %s items",
        "ArgumentCountError: 3 arguments are required, 2 given",
    ),
    "ruby": (
        "config/locales/nl.yml",
        "nl:\n  hi: {}\n",
        "Hi %{name}",
        "Hoi %{naam}",
        'I18n::MissingInterpolationArgument: missing interpolation argument :naam in "Hoi %{naam}"',
    ),
}


@pytest.mark.parametrize("kind", CASES)
def test_the_translation_that_cannot_be_filled_in_any_more(tmp_path: Path, kind: str) -> None:
    path, text, before, after, error = CASES[kind]
    old, new = text.replace("{}", before), text.replace("{}", after)
    found = signals(
        tmp_path,
        {path: old.replace("{{", "{").replace("}}", "}")},
        {path: new.replace("{{", "{").replace("}}", "}")},
        error,
    )
    assert found["broke_translation"][0] > 0.5
    assert found["broke_translation"][1].startswith("changed what is filled into a text: ")
    assert f"({path}:" in found["broke_translation"][1]
    assert "harmless_only" not in found


@pytest.mark.parametrize(
    ("after", "error"),
    [
        ("%(count)s Minuten", "ValueError: unsupported format character '?' (0x9879) at index 13"),
        ("%(count)", "ConnectionError: timed out"),
    ],
)
def test_other_words_or_another_error_break_no_text(tmp_path: Path, after: str, error: str) -> None:
    path = "locale/de.po"
    found = signals(tmp_path, {path: PO.replace("{}", "%(count)s Min")}, {path: PO.replace("{}", after)}, error)
    assert "broke_translation" not in found
    assert "harmless_only" in found
