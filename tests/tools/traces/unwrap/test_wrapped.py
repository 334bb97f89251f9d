"""Lines that a terminal of a usual width broke in two are one line again; lines that only happen to be as wide are not."""

from tools.traces import parse
from tools.traces.unwrap.wrapped import unwrapped

MESSAGE = "shop.PriceException: no price for the cart of the customer in the currency that the browser asked for"
ROW = "   at Shop.Carts.Pricing.RateTable.FindRateForCurrencyOfTheCustomer(Cart customerCart, String currencyName)"


def _broken(line: str, width: int = 80) -> list[str]:
    return [line[start : start + width] for start in range(0, len(line), width)]


def test_a_block_of_eighty_columns_is_put_together() -> None:
    lines = [*_broken(MESSAGE), *_broken(ROW), "   at Shop.Program.Main()"]
    assert unwrapped(lines) == [MESSAGE, ROW, "   at Shop.Program.Main()"]


def test_one_line_of_that_width_is_not_joined() -> None:
    lines = ["a" * 80, "next", "", "b" * 80, "last"]
    assert unwrapped(lines) == lines


def test_a_line_written_twice_is_not_joined_with_what_follows_it() -> None:
    said = ("shop failed " * 8)[:80].rstrip("m") + "m"
    lines = [said, "Stack trace:", said, "Stack trace:"]
    assert unwrapped(lines) == lines


def test_a_row_cut_off_before_its_bracket_is_a_row() -> None:
    text = "java.lang.IllegalStateException: no price\n\tat shop.Cart.total(Cart.java:3)\n\tat shop.Api.checkout(Api.java:9\n```\nThanks\n"
    assert [frame.line for frame in parse(text).failures[0].frames] == [3, 9]


def test_an_error_below_each_of_several_records_is_not_joined_with_them() -> None:
    record = (
        "2026-01-15 09:41:0{} ERROR (MainThread) [shop.core] Error doing job: Fatal error on transport (read callback)"
    )
    text = "\n".join(
        line for second in range(4) for line in (record.format(second), "TimeoutError: [Errno 110] Operation timed out")
    )
    assert "read callback)Timeout" not in " ".join(unwrapped(text.split("\n")))


def test_so_is_one_of_javascript() -> None:
    text = "TypeError: no price\n    at total (/app/cart.js:3:5)\n    at checkout (/app/api.js:9:1\n```\nThanks\n"
    assert [(frame.path, frame.line) for frame in parse(text).failures[0].frames] == [
        ("/app/cart.js", 3),
        ("/app/api.js", 9),
    ]


def test_a_block_of_any_width_is_put_together_when_several_lines_are_exactly_as_wide() -> None:
    row = "#{} /srv/www/shop/vendor/framework/src/Illuminate/Routing/Middleware/Bindings.php(41): Shop->then({})"
    lines = [row.format(number, number) for number in range(5)]
    broken = [part for line in lines for part in _broken(line, 71)]
    assert unwrapped(broken) == lines


def test_lines_of_a_box_are_equally_wide_and_not_joined() -> None:
    lines = [f"│ {text:<74} │" for text in ("Traceback", "  File", "    total()", "  File", "ValueError: no price")]
    assert unwrapped(lines) == lines


def test_a_page_took_the_blank_away_at_which_a_line_was_broken() -> None:
    said = "Undefined constant RATE of the cart was used by the customer's checkout " + "in " * 80
    broken = [line.rstrip() for line in _broken(said.rstrip(), 78)]
    assert " ".join(unwrapped(broken)) == said.rstrip()


def test_lines_of_a_service_may_be_equally_long() -> None:
    said = [
        f"worker {at} took the job of customer {at + 3} from the queue of mails in {at} ms and is idle again"
        for at in range(9)
    ]
    stamped = [
        f"2026-01-15T09:41:0{at}Z INFO order {at} accepted for the customer in the shop of the town" for at in range(9)
    ]
    assert unwrapped(said) == said
    assert unwrapped(stamped) == stamped
