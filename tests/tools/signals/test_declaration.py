"""A signal is one declaration on its function; what the ranker, training and reasons know of it follows."""

import importlib
import pkgutil
from types import SimpleNamespace
from typing import Any

import pytest

import tools.signals
from tools.signals.declaration import Direction, Measured, SignalDeclaration, Topic, signal
from tools.signals.registry import SIGNALS, WINDOW_FEATURES
from tools.signals.window import WindowFeature

ANY: Any = None  # neither function below looks at what it is given


def test_whatever_is_declared_in_the_folder_is_registered_once_under_its_own_name() -> None:
    modules = [
        importlib.import_module(f"tools.signals.{each.name}") for each in pkgutil.iter_modules(tools.signals.__path__)
    ]
    declared = [(each, module) for module in modules for each in vars(module).values()]
    signals = [each for each, module in declared if isinstance(each, SignalDeclaration)]
    assert sorted(each.name for each in signals) == sorted(SIGNALS)
    assert all(SIGNALS[each.name] is each for each in signals)
    features = [each for each, _ in declared if isinstance(each, WindowFeature)]
    assert sorted(each.name for each in features) == sorted(WINDOW_FEATURES)


def test_the_function_gives_name_family_and_meaning() -> None:
    @signal(Topic.LINE, expected=2.0)
    def wrote_it(context: object, change: object) -> Measured | None:
        """1 when the commit
        wrote it."""
        return 1, "wrote it"

    assert (wrote_it.name, wrote_it.family) == ("wrote_it", "test_declaration")
    assert (wrote_it.meaning, wrote_it.topic, wrote_it.expected) == ("1 when the commit wrote it.", Topic.LINE, 2.0)
    found = wrote_it(ANY, ANY)
    assert found is not None
    assert (found.name, found.value, found.detail, found.against) == ("wrote_it", 1.0, "wrote it", False)


@pytest.mark.parametrize(("located", "words", "value"), [(True, True, 0.4), (False, True, 0.8), (True, False, 0.8)])
def test_words_count_half_where_the_failing_code_itself_was_read(located: bool, words: bool, value: float) -> None:
    @signal(Topic.ERROR, words=words)
    def shared(context: object, change: object) -> Measured | None:
        """Shared."""
        return 0.8, "shares words"

    seen: Any = SimpleNamespace(site=SimpleNamespace(located=located))
    found = shared(seen, ANY)
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize(
    ("direction", "expected", "against"),
    [(Direction.FOR, 0.3, False), (Direction.AGAINST, -0.3, True), (Direction.EITHER, 0.0, True)],
)
def test_the_direction_is_what_is_expected_when_nothing_else_is(
    direction: Direction, expected: float, against: bool
) -> None:
    @signal(direction=direction)
    def some(context: object, change: object) -> Measured | None:
        """Some."""
        return 0.5, "did it"

    assert some.expected == expected
    found = some(ANY, ANY)
    assert found is not None
    assert found.against is against


@pytest.mark.parametrize(("measured", "value"), [(None, None), (0.0, None), (-1.0, None), (0.4, 0.4), (1.7, 1.0)])
def test_a_signal_of_nothing_is_none_and_no_value_exceeds_one(measured: float | None, value: float | None) -> None:
    @signal()
    def some(context: object, change: object) -> Measured | None:
        """Some."""
        return None if measured is None else (measured, "did it")

    found = some(ANY, ANY)
    assert (found.value if found else None) == value


def test_every_signal_and_feature_says_what_it_measures() -> None:
    assert all(declared.meaning for declared in SIGNALS.values())
    assert all(feature.meaning for feature in WINDOW_FEATURES.values())
