"""The language of an error without rows."""

import pytest

from tools.traces import parse
from tools.traces.messages.runtime_words import language_of


@pytest.mark.parametrize(
    ("kind", "message", "language"),
    [
        ("ModuleNotFoundError", "No module named 'shop'", "python"),
        ("KeyError", "'price'", "python"),
        ("KeyError", "key not found: :price", None),
        ("TypeError", "unsupported operand", None),
        ("TypeError", "'int' object is not callable", "python"),
        ("TypeError", "Cannot read properties of undefined (reading 'price')", "javascript"),
        ("TypeError", "cart.total is not a function", "javascript"),
        ("ReferenceError", "price is not defined", "javascript"),
        ("ActiveRecord::RecordNotFound", "Couldn't find Cart", "ruby"),
        ("NameError", "uninitialized constant Cart", "ruby"),
        ("NameError", "name 'cart' is not defined", "python"),
        ("TypeError", "total() missing 1 required positional argument: 'cart'", "python"),
        ("TypeError", "unhashable type: 'list'", "python"),
        ("TypeError", "no implicit conversion of nil into String", "ruby"),
        ("ArgumentError", "wrong number of arguments (2 for 1)", "ruby"),
        ("TypeError", "Cannot convert undefined or null to object", "javascript"),
        ("TypeError", "Cannot access offset of type string on string", "php"),
        ("Error", "Class 'Shop' not found", "php"),
        ("UndefinedFunctionError", "function Shop.total/1 is undefined", "elixir"),
        ("TypeError", "the price must be given", None),
        ("Error", "no module of the cart is ready", None),
        ("NoMethodError", "", "ruby"),
        (r"Acme\Shop\Missing", "no price", "php"),
        ("Error", "Call to a member function total() on null", "php"),
        ("PDOException", "SQLSTATE[HY000] [2002] Connection refused", "php"),
        ("FunctionClauseError", "no function clause matching in Shop.total/1", "elixir"),
        ("NullPointerException", "", "java"),
        (None, "Object reference not set to an instance of an object.", "csharp"),
        (None, "connect to postgres: dial tcp 10.0.0.1:5432: i/o timeout", "go"),
        (None, "lookup db on 10.0.0.2:53: server misbehaving", "go"),
        (None, "open /etc/shop.yaml: no such file or directory", "go"),
        (None, "rpc error: code = Unavailable desc = connection closed", "go"),
        (None, 'strconv.Atoi: parsing "x": invalid syntax', "go"),
        (None, "ENOENT: no such file or directory, open '/etc/shop.yaml'", "javascript"),
        (None, "failed to open stream: No such file or directory", None),
        (None, "Connection refused (os error 111)", "rust"),
        (None, 'Os { code: 2, kind: NotFound, message: "x" }', "rust"),
        (None, "Value cannot be null. (Parameter 'cart')", "csharp"),
        (None, "Sequence contains no elements", "csharp"),
        (None, 'Cannot invoke "shop.Cart.total()" because "cart" is null', "java"),
        (None, "Index 5 out of bounds for length 3", "java"),
        (None, "the cart is empty", None),
    ],
)
def test_by_type_or_by_words(kind: str | None, message: str, language: str | None) -> None:
    assert language_of(kind, message) == language


def test_a_text_of_one_line_has_the_language() -> None:
    trace = parse("TypeError: Cannot read properties of undefined (reading 'price')")
    assert (trace.language, trace.exception) == ("javascript", "TypeError")
    assert trace.message == "Cannot read properties of undefined (reading 'price')"


@pytest.mark.parametrize(
    ("kind", "language"),
    [
        *((kind, "java") for kind in ("pl.shop.errors.PriceException", "ch.acme.exceptions.FooError")),
        *(
            (kind, "java")
            for kind in ("com.acme.errors.PriceError", "kafka.common.KafkaException", "br.shop.PriceException")
        ),
        *(
            (kind, "python")
            for kind in ("app.errors.PriceError", "kafka.errors.NoBrokersError", "shop.exceptions.PriceError")
        ),
    ],
)
def test_a_domain_that_is_turned_round_is_no_module_of_python(kind: str, language: str) -> None:
    assert parse(f"{kind}: no price").language == language
