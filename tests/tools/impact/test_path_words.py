"""Which words stand in so many paths that they name no package."""

from itertools import islice

import pytest

from tools.impact.path_words import PathWords


@pytest.mark.parametrize(
    ("holding", "others", "common"), [(20, 0, False), (21, 0, True), (30, 1470, False), (31, 1469, True)]
)
def test_a_word_in_more_than_twenty_paths_and_two_of_a_hundred_is_common(
    holding: int, others: int, common: bool
) -> None:
    paths = [f"src/Shop/shop{n}.py" for n in range(holding)] + [f"lib/x{n}.py" for n in range(others)]
    words = PathWords(paths)
    assert words.is_common("shop") is common
    assert not words.is_common("nowhere")


def test_a_path_counts_once() -> None:
    paths = list(islice(iter(lambda: "shop/shop/shop.py", None), 12))
    assert not PathWords(paths).is_common("shop")
