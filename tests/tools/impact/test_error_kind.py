import pytest

from tools.impact.error_kind import Complaint, complaint_of, named_in


@pytest.mark.parametrize(
    ("exception", "message", "complaint"),
    [
        ("AttributeError", "'Cart' object has no attribute 'total'", Complaint.MISSING),
        ("AttributeError", "'NoneType' object has no attribute 'total'", Complaint.NOTHING),
        ("Error", "Call to a member function total() on null", Complaint.NOTHING),
        ("TypeError", "total(): Argument #1 ($tax) must be of type int, null given", Complaint.NOTHING),
        ("ArgumentCountError", "Too few arguments to function Cart::total(), 0 passed", Complaint.ARGUMENTS),
        ("TypeError", "total() got an unexpected keyword argument 'tax'", Complaint.ARGUMENTS),
        ("NoMethodError", "undefined method `total' for nil:NilClass", Complaint.NOTHING),
        ("KeyError", "'total'", Complaint.LOOKUP),
        ("ErrorException", 'Undefined array key "total"', Complaint.LOOKUP),
        ("RecursionError", "maximum recursion depth exceeded", Complaint.RECURSION),
        ("AssertionError", "", Complaint.ASSERTION),
        ("PDOException", "SQLSTATE[HY000] [2002] Connection refused", Complaint.OUTSIDE),
        ("OSError", "[Errno 28] No space left on device", Complaint.OUTSIDE),
        ("ValueError", "no common ancestor", Complaint.OTHER),
    ],
)
def test_an_error_tells_what_it_complains_about(exception: str, message: str, complaint: Complaint) -> None:
    assert complaint_of(exception, message) is complaint


def test_the_names_in_a_message_are_found() -> None:
    assert "total" in named_in("'Cart' object has no attribute 'total'")
    assert "total" in named_in("Call to undefined method App\\Cart::total()")
    assert named_in("") == frozenset()
