"""A commit that changed what gives the null receiver: "none of these" is not stated, in any language."""

from pathlib import Path

import pytest

from tests.graph.test_four_answers import Case, told

_PYTHON_USE = "from hall import seats\n\n\ndef book(row, bill):\n    seat = seats.take(row)\n    bill.add(seat.price)\n"
_PYTHON = "SEATS = {{}}\n\n\nclass Seat:\n    price = 4\n\n\ndef take(row):\n{body}"
_PYTHON_ERROR = """Traceback (most recent call last):
  File "/app/hall/book.py", line 6, in book
    bill.add(seat.price)
             ^^^^^^^^^^
AttributeError: 'NoneType' object has no attribute 'price'
"""


def _python(before: str, after: str) -> Case:
    old, new = ({"hall/seats.py": _PYTHON.format(body=body)} for body in (before, after))
    return {**old, "hall/book.py": _PYTHON_USE}, new, _PYTHON_ERROR


_RUBY_USE = (
    "class Booking\n  def book(row, bill)\n    seat = SeatPlan.take(row)\n    bill.add(seat.price)\n  end\nend\n"
)
_RUBY = "class SeatPlan\n  def self.take(row)\n    {body}\n  end\nend\n"
_RUBY_ERROR = "app/booking.rb:4:in `book': undefined method `price' for nil:NilClass (NoMethodError)\n"
_SCRIPT_USE = "import {{ take }} from './seats'\n\nexport function book(row, bill) {{\n  const seat = take(row)\n  bill.add(seat.price)\n}}\n"
_SCRIPT = "const seats = new Map()\n\nexport function take(row) {{\n{body}}}\n"
_SCRIPT_ERROR = (
    "TypeError: Cannot read properties of undefined (reading 'price')\n    at book (/app/src/booking.js:5:17)\n"
)
_JAVA_USE = (
    "package hall;\n\nclass Booking {\n  private final SeatPlan seatPlan = new SeatPlan();\n\n"
    "  void book(String row, Bill bill) {\n    Seat seat = seatPlan.take(row);\n    bill.add(seat.price());\n  }\n}\n"
)
_JAVA = (
    "package hall;\n\nimport java.util.Map;\n\nclass SeatPlan {{\n  private Map<String, Seat> seats;\n\n"
    "  Seat take(String row) {{\n    {body}\n  }}\n}}\n"
)
_JAVA_ERROR = (
    'java.lang.NullPointerException: Cannot invoke "hall.Seat.price()" because "seat" is null\n'
    "\tat hall.Booking.book(Booking.java:8)\n"
)
_PHP_USE = (
    "<?php\nclass Booking {\n  public function book($row, $bill) {\n    $seat = SeatPlan::take($row);\n"
    "    $bill->add($seat->price());\n  }\n}\n"
)
_PHP = "<?php\nclass SeatPlan {{\n  public static function take($row) {{\n    {body}\n  }}\n}}\n"
_PHP_ERROR = (
    "PHP Fatal error:  Uncaught Error: Call to a member function price() on null in /srv/src/Booking.php:5\n"
    "Stack trace:\n#0 {main}\n  thrown in /srv/src/Booking.php on line 5"
)


def _case(use: tuple[str, str], path: str, text: str, bodies: tuple[str, str], error: str) -> Case:
    old, new = ({path: text.format(body=body)} for body in bodies)
    return {**old, use[0]: use[1]}, new, error


CASES: dict[str, Case] = {
    "python, setdefault": _python("    return SEATS.setdefault(row, Seat())\n", "    return SEATS.get(row)\n"),
    "python, made when missing": _python(
        "    if row not in SEATS:\n        SEATS[row] = Seat()\n    return SEATS[row]\n", "    return SEATS.get(row)\n"
    ),
    "python, a query": _python(
        "    return Seat.objects.get_or_create(row=row)[0]\n", "    return Seat.objects.filter(row=row).first()\n"
    ),
    "ruby": _case(
        ("app/booking.rb", _RUBY_USE),
        "app/seat_plan.rb",
        _RUBY,
        ("Seat.find_or_create_by(row: row)", "Seat.find_by(row: row)"),
        _RUBY_ERROR,
    ),
    "javascript": _case(
        ("src/booking.js", _SCRIPT_USE.format()),
        "src/seats.js",
        _SCRIPT,
        ("  if (!seats.has(row)) seats.set(row, { price: 4 })\n  return seats.get(row)\n", "  return seats.get(row)\n"),
        _SCRIPT_ERROR,
    ),
    "java": _case(
        ("src/hall/Booking.java", _JAVA_USE),
        "src/hall/SeatPlan.java",
        _JAVA,
        ("return seats.computeIfAbsent(row, Seat::new);", "return seats.get(row);"),
        _JAVA_ERROR,
    ),
    "php": _case(
        ("src/Booking.php", _PHP_USE),
        "src/SeatPlan.php",
        _PHP,
        ("return Seat::firstOrCreate(['row' => $row]);", "return Seat::where('row', $row)->first();"),
        _PHP_ERROR,
    ),
}


@pytest.mark.parametrize("name", CASES)
async def test_who_changed_what_gives_the_null_receiver_is_a_candidate(tmp_path: Path, name: str) -> None:
    found, window = await told(tmp_path, CASES[name])
    assert found.verdict.outcome in ("culprit", "unsure")
    assert found.verdict.suspects[0].commit.sha == window[2]
    assert found.verdict.outcome == "culprit" or window[2] in found.verdict.to_read


@pytest.mark.parametrize("name", [name for name in CASES if name != "javascript"])
async def test_the_only_one_that_changed_what_gives_it_is_stated(tmp_path: Path, name: str) -> None:
    found, window = await told(tmp_path, CASES[name])
    assert found.verdict.culprit == window[2]


async def test_a_change_beside_the_null_receiver_leaves_none_of_these_possible(tmp_path: Path) -> None:
    before, _, error = CASES["python, setdefault"]
    text = before["hall/seats.py"]
    after = {"hall/seats.py": f"{text}\n\ndef count():\n    return len(SEATS)\n"}
    found, _ = await told(tmp_path, (before, after, error))
    assert found.verdict.outcome == "none"
