"""Which documents are the same error."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from tools.logs.clustering import clusters, phrases
from tools.logs.documents import LogDocument
from tools.traces.fingerprint import normalised

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TRACE = (
    "PHP Fatal error:  Uncaught TypeError: order {} has no total in /srv/shop/src/Cart.php:41\nStack trace:\n"
    "#0 /srv/shop/src/Checkout.php(88): Cart->total()\n#1 {{main}}\n  thrown in /srv/shop/src/Cart.php on line 41"
)


def said(text: str, grouping_key: str = "") -> LogDocument:
    return LogDocument(at=NOON, message=text, grouping_key=grouping_key)


def test_documents_that_differ_by_numbers_only_are_one_error_and_the_dominant_comes_first() -> None:
    documents = [said("connection to 10.0.0.7 refused"), *(said(TRACE.format(n)) for n in range(5))]
    first, second = clusters(documents)
    assert (first.count, second.count) == (5, 1)
    assert first.trace.exception == "TypeError"
    assert second.title == "connection to <number>.<number>.<number>.<number> refused"


def test_the_document_with_most_frames_represents_its_cluster() -> None:
    cut = TRACE.format(1).partition("#1")[0]
    (only,) = clusters([said(cut), said(TRACE.format(2)), said(cut)])
    assert "#1 {main}" in only.text


def test_a_title_and_a_trace_hold_no_secret() -> None:
    (only,) = clusters([said("login failed: password=hunter2hunter2")])
    assert "hunter2" not in only.title + only.text


def test_documents_share_a_grouping_key_only_when_all_have_it() -> None:
    both = [said("boom", grouping_key="k"), said("boom", grouping_key="k")]
    assert clusters(both)[0].grouping_key == "k"
    assert clusters([*both, said("boom")])[0].grouping_key is None


def test_a_trace_of_a_megabyte_is_read_in_part() -> None:
    frames = "".join(f"#{n} /srv/shop/src/File{n}.php(1): f()\n" for n in range(30_000))
    (only,) = clusters([said(TRACE.format(1) + "\n" + frames)])
    assert only.trace.exception == "TypeError"
    assert len(only.text) < 70_000


def test_phrases_are_the_words_that_do_not_vary() -> None:
    message = "Order 4711 could not be paid: gateway 10.0.0.7 said no"
    assert phrases(message) == ("could not be paid: gateway", "said no")
    assert phrases("Call to undefined method Cart::sum()") == ("Call to undefined method Cart::sum()",)
    assert phrases("12345 67890") == ()


@settings(deadline=None)
@given(st.text(max_size=400))
def test_phrases_are_runs_of_the_messages_own_words(text: str) -> None:
    for phrase in phrases(text):
        assert phrase in " ".join(text.split())
        assert normalised(phrase) == phrase


def test_no_secret_of_a_message_is_asked_for() -> None:
    asked = " ".join(phrases("cannot connect with password=CorrectHorseBatteryStaple to the database of orders"))
    assert "CorrectHorse" not in asked
    assert "database of orders" in asked
