"""C# and other .NET stack traces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.trace import Frame
from tools.traces import parse


def test_the_inner_exception_is_the_cause_and_its_frames_are_printed_first() -> None:
    trace = parse(
        "Unhandled exception. System.InvalidOperationException: cannot total cart 7\n"
        " ---> System.ArgumentNullException: Value cannot be null. (Parameter 'coupon')\n"
        "   at Shop.Cart.Total(Int32 id, Coupon coupon) in /src/Shop/Cart.cs:line 42\n"
        "   --- End of inner exception stack trace ---\n"
        "   at Shop.Program.Main(String[] args) in C:\\src\\Shop\\Program.cs:line 5\n"
    )
    assert trace.language == "csharp"
    assert [(failure.type, failure.message) for failure in trace.failures] == [
        ("System.ArgumentNullException", "Value cannot be null. (Parameter 'coupon')"),
        ("System.InvalidOperationException", "cannot total cart 7"),
    ]
    assert trace.frames == (
        Frame(path="/src/Shop/Cart.cs", line=42, function="Total", class_name="Shop.Cart"),
        Frame(path="C:/src/Shop/Program.cs", line=5, function="Main", class_name="Shop.Program"),
    )


def test_inner_exceptions_may_stand_on_the_line_of_the_outer_one() -> None:
    trace = parse("System.Exception: outer ---> System.IO.IOException: disk is full\n   at A.B.C() in /a/B.cs:line 3\n")
    assert [(failure.type, failure.message) for failure in trace.failures] == [
        ("System.IO.IOException", "disk is full"),
        ("System.Exception", "outer"),
    ]


@pytest.mark.parametrize(
    ("printed", "function", "owner"),
    [
        ("Shop.Cart.<TotalAsync>d__5.MoveNext()", "TotalAsync", "Shop.Cart"),
        ("Shop.Cart.<>c__DisplayClass3_0.<Run>b__0(Request r)", "Run", "Shop.Cart"),
        ("Shop.Cart.<Run>g__Local|3_0(Int32 n)", "Local", "Shop.Cart"),
        ("Shop.Cart.get_Total()", "Total", "Shop.Cart"),
        ("Shop.Cart..ctor(Int32 id)", "Cart", "Shop.Cart"),
        ("Shop.Cache`1.Get[T](String key)", "Get", "Shop.Cache"),
        ("Shop.Outer+Inner.Run()", "Run", "Shop.Outer.Inner"),
    ],
)
def test_names_are_those_of_the_source_and_not_of_the_compiler(printed: str, function: str, owner: str) -> None:
    (frame,) = parse(f"System.Exception: boom\n   at {printed} in /a/A.cs:line 1\n").frames
    assert (frame.function, frame.class_name) == (function, owner)


def test_frames_go_on_after_a_rethrow_and_after_a_compiled_lambda() -> None:
    trace = parse(
        "      System.NullReferenceException: Object reference not set to an instance of an object.\n"
        "         at Shop.CartController.Get() in /app/CartController.cs:line 17\n"
        "--- End of stack trace from previous location ---\n"
        "         at lambda_method1(Closure , Object , Object[] )\n"
        "         at Shop.Startup.Run() in /app/Startup.cs:line 8\n"
    )
    assert [frame.line for frame in trace.frames] == [17, None, 8]


def test_mono_prints_offsets_and_unity_prints_the_place_in_parentheses() -> None:
    mono = parse(
        "Exception of type `System.IndexOutOfRangeException`: Index was outside the bounds of the array.\n"
        "  at Game.Layer`1[T].get_Item (Game.Pos cell) [0x0000d] in <8e18d02ea2ce41e3bff62c02626d0afe>:0 \n"
        "  at Game.World.Load (System.String map) [0x000ce] in /build/World.cs:12 \n"
    )
    assert (mono.exception, mono.message) == (
        "System.IndexOutOfRangeException",
        "Index was outside the bounds of the array.",
    )
    assert [(frame.path, frame.line) for frame in mono.frames] == [("", None), ("/build/World.cs", 12)]
    unity = parse("NullReferenceException: no player\nPlayer.Update () (at Assets/Scripts/Player.cs:12)\n")
    assert (unity.language, unity.frames[0].path, unity.frames[0].function) == (
        "csharp",
        "Assets/Scripts/Player.cs",
        "Update",
    )


def test_a_message_of_several_lines_ends_at_the_first_frame() -> None:
    trace = parse("System.Exception: first\nsecond\n\nthird\n   at A.B.C() in /a/B.cs:line 3\n")
    assert trace.message == "first\nsecond\n\nthird"


@pytest.mark.parametrize(
    "text",
    [
        "java.lang.IllegalStateException: no\n\tat com.acme.Cart.total(Cart.java:12)\n",
        "TypeError: no\n    at Cart.total (/app/cart.js:3:4)\n    at Promise.all (index 0)\n",
        "java.lang.IllegalStateException: no\n\tat com.acme.Cart.total(SourceFile)\n\tat a.b.C.d(Native Method)\n",
        "ValueError: meet me at home (see the map)\n",
    ],
)
def test_other_languages_are_not_taken_for_it(text: str) -> None:
    assert parse(text).language != "csharp"


@given(st.text(alphabet="at Systm.Ecpion:->(){}<>`1+\n/b_", max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    parse("System.Exception: x\n   at " + text)
