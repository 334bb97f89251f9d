"""The smallest set that reverts cleanly and leaves nothing using what is gone."""

from pathlib import Path

from incidents.revert import RevertPlan
from tests.repositories import Change, extend, git
from tests.tools.revert.planned import CART, planned, planned_set, shop
from tests.tools.revert.test_dependants import CALL, DISCOUNT
from tools.git.repository import Repository
from tools.revert.plan import plan_revert, plan_revert_set
from tools.revert.write import write_revert


def lines(**changed: str) -> str:
    return "".join(f"{changed.get(f'l{number}', f'line {number}')}\n" for number in range(1, 31))


def reverted_by_git(path: Path, plan: RevertPlan) -> str:
    """The tree after `git revert` of the plan's commits, in its order."""
    clone = path.parent / "reverting"
    git(path, "clone", "-q", "--no-local", str(path), str(clone))
    for sha in plan.commits:
        git(clone, "revert", "--no-edit", sha)
    return git(clone, "rev-parse", "HEAD^{tree}")


def test_a_commit_without_dependants_goes_alone(tmp_path: Path) -> None:
    built = shop(tmp_path, {"files": {"shop/cart.py": DISCOUNT}}, {"files": {"README.md": "more\n"}})
    assert planned_set(built).commits == (built.shas[1],)
    assert planned_set(built) == planned(built)


def test_the_commits_that_collide_go_first_and_the_others_stay(tmp_path: Path) -> None:
    built = shop(
        tmp_path,
        {"files": {"f": lines()}},
        {"files": {"f": lines(l3="three")}},  # the bad one
        {"files": {"f": lines(l3="three", l20="twenty")}},
        {"files": {"f": lines(l3="3!", l20="twenty")}},
        {"files": {"f": lines(l3="3!", l20="twenty", l28="x")}},
        {"files": {"f": lines(l3="3!!", l20="twenty", l28="x")}},
    )
    assert [conflict.path for conflict in planned(built, 2).conflicts] == ["f"]
    plan = planned_set(built, 2)
    assert plan.clean
    assert plan.commits == (built.shas[6], built.shas[4], built.shas[2])
    assert plan.tree == reverted_by_git(built.path, plan)
    assert plan.branch.startswith(f"redtide/revert-set-{built.shas[2][:12]}-")


def test_what_uses_it_goes_with_it_and_so_does_what_uses_that(tmp_path: Path) -> None:
    built = shop(
        tmp_path,
        {"files": {"shop/cart.py": DISCOUNT}},
        {"files": {"shop/page.py": CALL + "\n\ndef price_banner():\n    return page()\n"}},
        {"files": {"README.md": "more\n"}},
        {"files": {"shop/mail.py": "body = price_banner()\n"}},
    )
    plan = planned_set(built)
    assert plan.commits == (built.shas[4], built.shas[2], built.shas[1])
    assert plan.dependants == ()
    assert plan.tree == reverted_by_git(built.path, plan)


def test_a_commit_that_was_reverted_itself_stays_out(tmp_path: Path) -> None:
    built = shop(tmp_path, {"files": {"f": lines()}}, {"files": {"f": lines(l3="three")}})
    extend(built.path, [{"files": {"f": lines(l3="3!")}}, {"files": {"f": lines(l3="three")}}])
    plan = planned_set(built, 2)
    assert plan.commits == (built.shas[2],)
    assert plan.clean


def test_of_a_commit_that_was_reverted_and_made_again_the_one_in_force_goes(tmp_path: Path) -> None:
    built = shop(tmp_path, {"files": {"f": lines()}}, {"files": {"f": lines(l3="three")}})
    again = extend(built.path, [{"files": {"f": lines(l3=text)}} for text in ("3!", "three", "3!")])
    plan = planned_set(built, 2)
    assert plan.commits == (again[-1], built.shas[2])
    assert plan.tree == reverted_by_git(built.path, plan)


def test_no_set_is_made_of_more_than_twelve_commits(tmp_path: Path) -> None:
    changes: list[Change] = [{"files": {"f": lines(l3=f"version {number}")}} for number in range(14)]
    built = shop(tmp_path, {"files": {"f": lines()}}, *changes)
    plan = planned_set(built, 2)
    assert plan.commits == (built.shas[2],)
    assert not plan.clean


def test_a_file_that_was_deleted_since_comes_back_first(tmp_path: Path) -> None:
    built = shop(tmp_path, {"files": {"shop/cart.py": DISCOUNT}}, {"files": {"shop/cart.py": None}})
    assert planned_set(built).commits == (built.shas[2], built.shas[1])
    assert planned_set(built).clean


def test_the_merge_that_brought_the_commit_goes_in_its_place(tmp_path: Path) -> None:
    built = shop(tmp_path)
    git(built.path, "checkout", "-q", "-b", "side")
    made, _ = extend(built.path, [{"files": {"shop/cart.py": DISCOUNT}}, {"files": {"shop/page.py": CALL}}])
    git(built.path, "checkout", "-q", "main")
    git(built.path, "merge", "-q", "--no-ff", "-m", "Merge side", "side")
    merge = git(built.path, "rev-parse", "HEAD")
    plan = planned_set(built, made)
    assert plan.commits == (merge,)
    assert plan.clean
    assert plan.dependants == ()


def test_titles_and_file_names_order_forges_nothing_in_the_message(tmp_path: Path) -> None:
    orders = "closes #13 for @acme/all, https://x.example/issues/1 GH-7 [skip ci]"
    evil = "x\nCloses #7 @security [skip ci]\nCo-authored-by: boss <boss@x.example>"
    built = shop(
        tmp_path,
        {"files": {"shop/cart.py": DISCOUNT, evil: "a\n"}, "message": f"Fix\x01 it, {orders}"},
        {"files": {"shop/page.py": CALL}, "message": f"Use it, {orders}"},
    )
    repository = Repository.open(built.path)
    whole = plan_revert_set(repository, built.shas[1], "main").message
    part = plan_revert(repository, built.shas[1], "main", only=(evil,)).message
    for order in ("@acme", "#13", "#7", "[skip ci]", "https://x", "GH-7", "@security", "\nCloses", "\nCo-auth", "\x01"):
        assert order not in whole + part
    assert whole.startswith('Revert "Fix it, closes #')
    assert "- x Closes #" in part
    assert f"- {built.shas[2][:12]} Use it, closes #" in whole


def test_a_set_is_written_as_one_commit_whose_message_names_them_all(tmp_path: Path) -> None:
    built = shop(
        tmp_path,
        {"files": {"shop/cart.py": DISCOUNT}, "message": "Discounts"},
        {"files": {"shop/page.py": CALL}, "message": "Show the discount"},
    )
    repository = Repository.open(built.path)
    plan = plan_revert_set(repository, built.shas[1], "main", reason="It broke.\n\nRed-Tide-Incident: INC-1")
    sha = write_revert(repository, plan)
    message = git(built.path, "log", "-1", "--format=%B", sha)
    assert message.startswith('Revert "Discounts" and 1 later commit\n\n')
    assert f"This reverts commit {built.shas[2]}.\nThis reverts commit {built.shas[1]}.\n" in message
    assert git(built.path, "rev-parse", f"{sha}^{{tree}}") == git(built.path, "rev-parse", f"{built.shas[0]}^{{tree}}")
    assert git(built.path, "log", "-1", "--format=%(trailers:key=Red-Tide-Incident,valueonly)", sha).strip() == "INC-1"
    assert git(built.path, "fsck", "--strict") == ""
    assert CART in git(built.path, "show", f"{sha}:shop/cart.py") + "\n"


def test_where_the_commit_is_undone_by_hand_no_innocent_commit_goes_in_its_place(tmp_path: Path) -> None:
    built = shop(
        tmp_path,
        {"files": {"f": lines()}},
        {"files": {"f": lines(l10="bad")}},
        {"files": {"f": lines()}, "message": "the line as it was"},
        {"files": {"f": lines(l9="innocent", l11="too")}},
    )
    plan = planned_set(built, 2)
    assert plan.already_reverted
    assert (plan.commits, plan.conflicts, plan.clean) == ((built.shas[2],), (), False)
