"""What commit messages refer to, in the words of real projects, and where that is found on the web."""

import pytest

from tools.git.forge import Forge, forge_of
from tools.git.references import references

HUB = forge_of("https://github.com/acme/shop.git")
LAB = forge_of("git@gitlab.example.org:web/shop.git")
G, L = "https://github.com/acme/shop", "https://gitlab.example.org/web/shop/-"


@pytest.mark.parametrize(
    ("remote", "base"),
    [
        ("https://github.com/acme/shop.git", "https://github.com/acme/shop"),
        ("git@github.com:acme/shop.git", "https://github.com/acme/shop"),
        ("ssh://git@gitlab.example.org:2222/web/team/shop.git", "https://gitlab.example.org/web/team/shop"),
        ("https://ana:secret@gitea.example.org/a/b", "https://gitea.example.org/a/b"),
        ("https://codeberg.org/a/b/", "https://codeberg.org/a/b"),
        ("git@bitbucket.org:a/b.git", "https://bitbucket.org/a/b"),
        ("https://git.example.org/a/b.git", None),
        ("https://github.com.evil.example/a/b", "https://github.com.evil.example/a/b"),
        ("file:///srv/github/shop.git", None),
        ("/srv/github.com/shop.git", None),
        ("https://github.com/../b", None),
        ("https://github.com/a/b?x=1", "https://github.com/a/b"),
        ("https://github.com/a b", None),
        ("https://[github", None),
        ("", None),
        (None, None),
    ],
)
def test_the_pages_follow_from_the_remotes_address_without_its_password(remote: str | None, base: str | None) -> None:
    found = forge_of(remote)
    assert (found.base if found else None) == base


def test_each_forge_has_its_own_addresses() -> None:
    assert HUB
    assert LAB
    assert (HUB.commit("abc"), LAB.commit("abc")) == (f"{G}/commit/abc", f"{L}/commit/abc")
    bucket = forge_of("git@bitbucket.org:a/b.git")
    assert bucket
    assert bucket.pull_request("7") == "https://bitbucket.org/a/b/pull-requests/7"


@pytest.mark.parametrize(
    ("message", "forge", "found"),
    [
        ("cart: no empty carts (#123)", HUB, [("pull request", "#123", f"{G}/pull/123")]),
        ("cart: no empty carts (#123)", None, [("pull request", "#123", None)]),
        ("cart: no empty carts (#123)\n\nFixes #123, #5", None, [("pull request", "#123", None)]),
        ("Merge pull request #7 from ana/cart\n\nCart", HUB, [("pull request", "#7", f"{G}/pull/7")]),
        ("Merged in cart (pull request #7)", HUB, [("pull request", "#7", f"{G}/pull/7")]),
        (
            "Merge branch 'cart'\n\nSee merge request web/shop!42",
            LAB,
            [("pull request", "!42", f"{L}/merge_requests/42")],
        ),
        ("Merge\n\nSee merge request other/shop!42", LAB, [("pull request", "!42", None)]),
        ("x\n\nPart-of: <" + L + "/merge_requests/9>", LAB, [("pull request", "!9", f"{L}/merge_requests/9")]),
        ("x\n\nReviewed-by: Ana Ruiz <ana@example.com>", HUB, [("reviewer", "Ana Ruiz", None)]),
        ("x\n\nDifferential Revision: https://phab.example.org/D123", HUB, [("revision", "D123", None)]),
        ("x\n\nChange-Id: I5640a310fa22ccf31e996270e61e6114eaab63da", HUB, [("revision", "I5640a310fa2", None)]),
        ("x\n\nBug: T12345", HUB, [("ticket", "T12345", None)]),
        ("x\n\nBug: jgit-12", HUB, [("ticket", "jgit-12", None)]),
        ("x\n\nFixes #5, closes gh-6.", HUB, [("ticket", "#5", f"{G}/issues/5"), ("ticket", "#6", f"{G}/issues/6")]),
        ("x\n\nFixes " + G + "/issues/8.", HUB, [("ticket", "#8", f"{G}/issues/8")]),
        ("[SHOP-12] cart", HUB, [("ticket", "SHOP-12", None)]),
        ("SHOP-12: cart", HUB, [("ticket", "SHOP-12", None)]),
        ("cart\n\nRef: https://acme.atlassian.net/browse/SHOP-3", HUB, [("ticket", "SHOP-3", None)]),
        ("UTF-8: decode names", HUB, []),
        ('x\n\nFixes: 3f9a1c2d ("cart: no empty carts")', HUB, []),
        ("x\n\nfixes the login, see https://evil.example/issues/steal", HUB, []),
        ("x\n\nFixes https://evil.example/acme/shop/issues/8", HUB, [("ticket", "#8", None)]),
        ("prefix #5 and suffix#6", HUB, []),
        ("x\n\nSigned-off-by: Ana <a@b>\nCo-authored-by: Ben <b@c>", HUB, []),
        ("", HUB, []),
    ],
)
def test_messages_as_projects_write_them(
    message: str, forge: Forge | None, found: list[tuple[str, str, str | None]]
) -> None:
    assert [(each.kind, each.text, each.url) for each in references(message, forge)] == found


def test_they_are_bounded_and_each_is_named_once() -> None:
    assert len(references("x\n\n" + "\n".join(f"Fixes #{n}" for n in range(50)), HUB)) == 8
    assert len(references("x (#5)\n\nFixes #7\nFixes #7", HUB)) == 2
    assert references("x\n\n" + "fixes " * 200_000, HUB) == ()
