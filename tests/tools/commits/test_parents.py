"""Classes that lost a parent, mixin or trait, in the languages that have them."""

import pytest

from tools.commits.parents import parents_removed
from tools.git.diff import CommitDiff, FileChange, Hunk


def lost(path: str, before: str, after: str) -> frozenset[tuple[str, ...]]:
    removed, added = ((row,) if row else () for row in (before, after))
    hunk = Hunk(1, 1, removed, added, "", 1, 1, (1,) * len(removed), (1,) * len(added))
    return parents_removed(CommitDiff("0" * 40, (FileChange(path, path, (hunk,)),), 1, False))


@pytest.mark.parametrize(
    ("path", "before", "after", "name"),
    [
        ("m/gas.py", "class GasMeter(Meter):", "class GasMeter:", ("gas", "meter")),
        ("Deed.java", "public final class Deed extends Paper implements Signed {", "public final class Deed implements Signed {", ("deed",)),
        ("deed.rb", "class Deed < Paper", "class Deed", ("deed",)),
        ("lib/old_deed.rb", "  include Signs", "", ("old", "deed")),
        ("src/OldDeed.php", "    use Signs;", "", ("old", "deed")),
        ("deed.kt", "class Deed : Paper() {", "class Deed {", ("deed",)),
    ],
)  # fmt: skip
def test_the_class_that_lost_something(path: str, before: str, after: str, name: tuple[str, ...]) -> None:
    assert lost(path, before, after) == {name}


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("gas.py", "class Gas(Meter):", "class Gas(Meter, Pipe):"),
        ("deed.rb", "  include Signs", "  include Signs"),
        ("src/Deed.php", "use App\\Signs;", ""),
        ("tests/test_gas.py", "class Gas(Meter):", "class Gas:"),
    ],
)
def test_what_was_only_extended_imported_or_is_a_test_lost_nothing(path: str, before: str, after: str) -> None:
    assert lost(path, before, after) == frozenset()
