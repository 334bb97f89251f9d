"""What was said becomes a label, or a reason why not: no store is needed to see that."""

from pathlib import Path
from typing import Any

import pygit2
import pytest

from incidents.errors import InputError
from service.cli.labelling import UNTOLD, Labels, NoLabel
from service.store.feedback import JudgedIncident
from service.store.schemas import Feedback
from tests.shop import PRICES, TRACE, Shop, build_shop, commit
from tools.training.examples import LabelledIncident


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return build_shop(tmp_path / "shop")


def labels(shop: Shop, **repositories: Path) -> Labels:
    known = {"shop": shop.path, "sh:op": shop.path, **repositories}
    return Labels(known, {"checkout": ("shop", *repositories)})


def said(shop: Shop, label: str, commit: str | None = None, **changes: Any) -> JudgedIncident:  # noqa: ANN401 (any field)
    fields: dict[str, Any] = {
        "incident": "INC-1",
        "feedback": Feedback.model_validate({"label": label, "commit": commit}),
        "outcome": "culprit",
        "culprit": shop.culprit,
        "service": "checkout",
        "repository": "shop",
        "base": shop.shas["comment"],
        "deployed": shop.shas["readme"],
        "trace": TRACE,
    }
    return JudgedIncident(**fields | changes)


def answer(label: LabelledIncident) -> tuple[str | None, str | None]:
    return label.culprit, label.origin


def test_a_right_verdict_labels_its_commit(shop: Shop) -> None:
    label = labels(shop).of(said(shop, "right"))
    window = (label.base, label.deployed)
    assert (label.id, label.repo, label.trace) == ("INC-1", "shop", TRACE)
    assert window == (shop.shas["comment"], shop.shas["readme"])
    assert answer(label) == (shop.culprit, None)


def test_a_right_none_of_these_and_what_was_no_deploy_have_no_culprit(shop: Shop) -> None:
    none = labels(shop).of(said(shop, "right", outcome="none", culprit=None))
    assert answer(none) == answer(labels(shop).of(said(shop, "not_a_deploy"))) == (None, None)


def test_the_right_commit_may_be_abbreviated_and_becomes_a_full_id(shop: Shop) -> None:
    assert answer(labels(shop).of(said(shop, "wrong", shop.shas["readme"][:9]))) == (shop.shas["readme"], None)


def test_a_right_commit_from_before_the_window_means_none_of_these_and_is_named_beside(shop: Shop) -> None:
    assert answer(labels(shop).of(said(shop, "wrong", shop.shas["import"]))) == (None, shop.shas["import"])
    assert answer(labels(shop).of(said(shop, "wrong", shop.shas["comment"]))) == (None, shop.shas["comment"])


def test_a_right_commit_that_a_merge_brought_stands_for_the_merge(shop: Shop) -> None:
    raw = pygit2.Repository(str(shop.path))
    branch = commit(raw, {"shop/prices.py": PRICES}, "on a branch", (shop.shas["guard"],))
    merge = commit(raw, {"shop/prices.py": PRICES}, "merge", (shop.shas["readme"], branch))
    assert answer(labels(shop).of(said(shop, "wrong", branch, deployed=merge))) == (merge, None)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"label": "wrong"}, UNTOLD),
        ({"label": "right", "outcome": "unsure", "culprit": None}, "the verdict was unsure"),
        ({"label": "right", "outcome": None, "culprit": None}, "the verdict was not there yet"),
        ({"label": "wrong", "commit": "0" * 40}, "does not hold the right commit 0000000"),
        ({"label": "wrong", "commit": "readme", "deployed": "guard"}, "is not in the failing deploy"),
        ({"label": "not_a_deploy", "base": ""}, "its window is not known"),
        ({"label": "right", "trace": " \n"}, "the text of its error is not kept"),
        ({"label": "right", "deployed": "0" * 40}, "the repository has no commit"),
        ({"label": "right", "repository": "gone", "service": "gone"}, "gone is not in the settings"),
        ({"label": "right", "repository": "sh:op"}, "sh:op has a name that no labelled incident may have"),
    ],
)
def test_what_does_not_tell_the_truth_is_no_label_and_says_why(
    shop: Shop, changes: dict[str, Any], reason: str
) -> None:
    named = {name: shop.shas.get(value, value) if value else value for name, value in changes.items()}
    with pytest.raises(NoLabel, match=reason):
        labels(shop).of(said(shop, **named))


def test_a_damaged_repository_is_one_incidents_problem(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="repository"):
        Labels({"shop": tmp_path / "empty"}, {}).of(said(shop, "right"))


def test_of_several_repositories_the_label_is_about_the_one_that_was_judged(shop: Shop, tmp_path: Path) -> None:
    raw = pygit2.init_repository(str(tmp_path / "prices"), bare=True)
    first = commit(raw, {"prices.py": "a = 1\n"}, "first", ())
    second = commit(raw, {"prices.py": "a = None\n"}, "second", (first,))
    both = labels(shop, prices=tmp_path / "prices")
    judged = both.of(said(shop, "right", base=first, deployed=second, culprit=second))
    assert (judged.repo, judged.culprit) == ("prices", second)
    assert both.of(said(shop, "right")).repo == "shop"


def test_secrets_are_redacted_once_more(shop: Shop) -> None:
    label = labels(shop).of(said(shop, "right", trace=f"{TRACE}password = 'hunter2-and-more'\n"))
    assert "hunter2" not in label.trace
    assert label.trace.startswith(TRACE)
