import pytest

from tools.source.file_kinds import HARMLESS, Kind, kind_of


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("src/Cart.php", Kind.CODE),
        ("app/models/user.rb", Kind.CODE),
        ("templates/cart.html.twig", Kind.CODE),
        ("src/lang/parser.ts", Kind.CODE),
        ("tests/CartTest.php", Kind.TEST),
        ("src/cart.spec.ts", Kind.TEST),
        ("pkg/cart/cart_test.go", Kind.TEST),
        ("conftest.py", Kind.TEST),
        ("docs/usage.md", Kind.DOCS),
        ("CHANGELOG", Kind.DOCS),
        ("locale/fr/messages.po", Kind.TRANSLATION),
        ("resources/lang/en/errors.php", Kind.TRANSLATION),
        ("config/services.yaml", Kind.CONFIG),
        ("composer.lock", Kind.DEPENDENCY),
        ("requirements/run.txt", Kind.DEPENDENCY),
        (".github/workflows/ci.yml", Kind.CI),
        ("public/logo.svg", Kind.STYLE),
        ("lib/order_page.dart", Kind.CODE),
        ("R/price.R", Kind.CODE),
        ("LATEST", Kind.OTHER),
    ],
)
def test_a_path_tells_the_sort_of_file(path: str, kind: Kind) -> None:
    assert kind_of(path) is kind


def test_configuration_and_dependencies_can_make_production_fail() -> None:
    assert not HARMLESS & {Kind.CODE, Kind.CONFIG, Kind.DEPENDENCY}
