"""A small shop whose history has one bad commit, and plans of its revert."""

from collections.abc import Sequence
from pathlib import Path

from incidents.revert import RevertPlan
from tests.repositories import Built, Change, build
from tools.git.repository import Repository
from tools.revert.plan import plan_revert, plan_revert_set

CART = "class Cart:\n    def total(self):\n        return sum(self.prices)\n"


def shop(tmp_path: Path, *changes: Change) -> Built:
    """A shop, and the changes to it."""
    files = {"shop/cart.py": CART, "shop/page.py": "def page():\n    return 'shop'\n", "README.md": "shop\n"}
    return build(tmp_path, [{"files": files}, *changes])


def planned(
    built: Built,
    commit: int | str = 1,
    *,
    only: Sequence[str] = (),
    failing: Sequence[str] = (),
    protected: Sequence[str] = (),
) -> RevertPlan:
    sha = built.shas[commit] if isinstance(commit, int) else commit
    return plan_revert(Repository.open(built.path), sha, "main", only=only, failing=failing, protected=protected)


def planned_set(built: Built, commit: int | str = 1) -> RevertPlan:
    sha = built.shas[commit] if isinstance(commit, int) else commit
    return plan_revert_set(Repository.open(built.path), sha, "main")
