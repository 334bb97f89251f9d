import pytest

from tools.impact.error_kind import ErrorKind, error_kind_of, named_in


@pytest.mark.parametrize(
    ("exception", "message", "kind"),
    [
        ("AttributeError", "'Cart' object has no attribute 'total'", ErrorKind.MISSING),
        ("IllegalArgumentException", "No enum constant shop.order.State.ON_HOLD", ErrorKind.MISSING),
        ("LoadError", "cannot load such file -- net/smtp", ErrorKind.MISSING),
        ("AttributeError", "'NoneType' object has no attribute 'total'", ErrorKind.NULL),
        ("Error", "Call to a member function total() on null", ErrorKind.NULL),
        ("TypeError", "total(): Argument #1 ($tax) must be of type int, null given", ErrorKind.NULL),
        ("ArgumentCountError", "Too few arguments to function Cart::total(), 0 passed", ErrorKind.ARGUMENTS),
        ("TypeError", "total() got an unexpected keyword argument 'tax'", ErrorKind.ARGUMENTS),
        ("NoMethodError", "undefined method `total' for nil:NilClass", ErrorKind.NULL),
        ("KeyError", "'total'", ErrorKind.LOOKUP),
        ("ErrorException", 'Undefined array key "total"', ErrorKind.LOOKUP),
        ("RecursionError", "maximum recursion depth exceeded", ErrorKind.RECURSION),
        ("AssertionError", "", ErrorKind.ASSERTION),
        ("PDOException", "SQLSTATE[HY000] [2002] Connection refused", ErrorKind.OUTSIDE),
        ("OSError", "[Errno 28] No space left on device", ErrorKind.OUTSIDE),
        ("ValueError", "no common ancestor", ErrorKind.OTHER),
        ("", "HTTP 502 Bad Gateway", ErrorKind.OTHER),
        ("HTTPError", "503 Service Temporarily Unavailable", ErrorKind.OTHER),
        ("", "504 Gateway Timeout while reading /orders", ErrorKind.OTHER),
    ],
)
def test_an_error_tells_what_it_complains_about(exception: str, message: str, kind: ErrorKind) -> None:
    assert error_kind_of(exception, message) is kind


def test_the_names_in_a_message_are_found() -> None:
    assert "total" in named_in("'Cart' object has no attribute 'total'")
    assert "total" in named_in("Call to undefined method App\\Cart::total()")
    assert named_in("") == frozenset()


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("cart.lines.total is not a function", "total"),
        ("cartTotal is not defined", "cartTotal"),
        ("Undefined property: App\\Cart::$total", "total"),
        ("Undefined variable: total", "total"),
        ("Unresolved reference: cartTotal", "cartTotal"),
        ("./cart.go:4:2: undefined: tax.Total", "Total"),
    ],
)
def test_what_is_not_there_is_named_as_each_language_says_it(message: str, name: str) -> None:
    assert name in named_in(message)
