"""What PostgreSQL prints below a message is the message's; what a person or a program writes below it is not."""

import pytest

from tools.traces import parse
from tools.traces.messages.of_database import lines_of_database

SAID = 'PG::UndefinedTable: ERROR:  relation "carts" does not exist'


@pytest.mark.parametrize(
    ("below", "kept"),
    [
        (["LINE 1: SELECT * FROM carts", "                      ^", "Tasks: TOP => db:migrate"], 2),
        (["LINE 1: SELECT * FROM carts", "        ^", "HINT:  There is a table cart.", "and then?"], 3),
        (["LINE 1: SELECT 1", ":   SELECT 1", "     FROM carts", "the end"], 3),
        (["LINES 1 to 3 are mine", "LINE 1: SELECT"], 0),
        ([":   SELECT 1"], 0),
        ([], 0),
    ],
)
def test_a_message_goes_on_with_the_query_and_the_hints(below: list[str], kept: int) -> None:
    assert lines_of_database(below) == below[:kept]


def test_without_rows_the_query_belongs_to_the_message_and_the_persons_words_do_not() -> None:
    trace = parse(f"rake aborted!\n{SAID}\nLINE 9:       FROM carts\n\nAm I missing something?\n")
    assert (trace.language, trace.exception) == ("ruby", "PG::UndefinedTable")
    assert trace.message == 'ERROR:  relation "carts" does not exist\nLINE 9:       FROM carts'


def test_a_trackers_message_goes_on_as_well() -> None:
    issue = (
        "**ActiveRecord::StatementInvalid** in **carts#show**\nno such table\nLINE 3: FROM carts\n\n"
        "## Stacktrace\n\n    app/cart.rb:3 - total\n    bin/rails:4 - <main>\n"
    )
    trace = parse(issue)
    assert trace.message == "no such table\nLINE 3: FROM carts"
    assert [(frame.path, frame.line, frame.function) for frame in trace.frames] == [
        ("app/cart.rb", 3, "total"),
        ("bin/rails", 4, None),
    ]
