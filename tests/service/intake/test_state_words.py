"""A state that is denied is no end, however the denial is written and wherever the state stands."""

import pytest

from service.intake.state_words import is_denied, titles_end, words_of
from tests.service.intake.cases import Case


def test_words_that_are_written_together_are_told_apart() -> None:
    assert words_of("alertResolved, HTTP_up") == {"alert", "resolved", "http", "up"}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "not ok",
            "neverRecovered",
            "close_failed",
            "cannot be closed",
            "isn't up",
            "fails",
            "not yet fully resolved",
        ),
        *(
            "no longer ok",
            "failed to resolve",
            "failureToRecover: not closed",
            "resolve_timeout",
            "wasn\u2019t closed",
            "deploy failure alert",
        ),
    ],
)
def test_a_denial_is_known_in_any_spelling(text: str) -> None:
    assert is_denied(text)


@pytest.mark.parametrize("text", ["ok", "resolved", "notify closed", "node up", "failover done"])
def test_a_word_that_only_begins_like_a_denial_denies_nothing(text: str) -> None:
    assert not is_denied(text)


ENDS_OF_TROUBLE = [
    *(
        "low disk space resolved",
        "LowDiskResolved",
        "timeout resolved",
        "response_timeout.resolved",
        "failure_resolved",
    ),
    *("no data: resolved", "alert.low_memory.recovered", "Resolved: high failure rate", "recovered from failure"),
    *("resolved (timeout was 30s)", "monitor recovered, no longer down", "NodeNotReady resolved"),
]
"""What is over is called by its trouble."""


@pytest.mark.parametrize("text", ENDS_OF_TROUBLE)
@pytest.mark.parametrize("field", ["status", "event"])
def test_a_trouble_that_is_over_is_over(text: str, field: str) -> None:
    body = {"title": "checkout is slow", "service": "checkout", field: text}
    (notice,) = Case("generic", "over", body).notices()
    assert notice.state == "resolved"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "low success",
            "success rate low",
            "success_rate_low_alert",
            "close timeout",
            "recovery failure",
            "failed close",
        ),
        *(
            "failed to get resolved",
            "not yet fully recovered",
            "no longer healthy",
            "no recovery",
            "not marked resolved",
        ),
        *("resolved, but failing again", "resolve: failed", "closed: no", "isn’t resolved", "could not be resolved"),
        *("failed deploy", "not acknowledged", "deploy failure", "resolved " * 30 + "not acknowledged"),
    ],
)
def test_what_might_go_on_is_denied(text: str) -> None:
    assert is_denied(text)


@pytest.mark.parametrize("word", ["not resolved", "never recovered", "resolve_failed", "unableToClose", "isn't up"])
@pytest.mark.parametrize("field", ["status", "event", "alert_state"])
def test_a_denied_state_leaves_the_alert_firing_in_every_field(word: str, field: str) -> None:
    (notice,) = Case("generic", "denied", {"title": "checkout is slow", "service": "checkout", field: word}).notices()
    assert notice.state == "firing"


@pytest.mark.parametrize(
    "words",
    [
        *("timeout resolved", "failure_resolved", "low disk space resolved", "LowDiskResolved", "no data: resolved"),
        "Resolved: high failure rate",
        "monitor recovered, no longer down",
    ],
)
@pytest.mark.parametrize("field", ["status", "event"])
def test_the_end_of_a_trouble_that_is_named_beside_it_ends_the_alert(words: str, field: str) -> None:
    (notice,) = Case("generic", "ended", {"title": "checkout is slow", "service": "checkout", field: words}).notices()
    assert notice.state == "resolved"


@pytest.mark.parametrize("field", ["status", "state", "alert_status", "event"])
@pytest.mark.parametrize(
    "word",
    [
        *(
            "resolved 0 of 3",
            "1 of 2 resolved",
            "resolved=false",
            "recovery pending",
            "recovery mode",
            "awaiting recovery",
        ),
        *("recovery in progress", "resolution expected", "ping timeout", "recovered 1/4"),
    ],
)
def test_an_end_that_is_still_to_come_is_none(word: str, field: str) -> None:
    (draft,) = Case("generic", "to come", {"title": "Disk full", "dedup_key": "v", field: word}).read().drafts
    assert draft.state == "firing"


@pytest.mark.parametrize(
    "word",
    [
        *("Closed - False Positive", "Resolved - false alarm", "closed as false positive", "Resolved: attempt 3"),
        *("closed (required approval given)", "Recovered (safe mode off)", "Resolved, awaiting postmortem"),
        *("Resolved at 10/31/2026", "Resolved 10/31/2026", "closed on 10/31"),
    ],
)
def test_what_is_said_of_something_else_takes_no_end_back(word: str) -> None:
    assert not is_denied(word)


@pytest.mark.parametrize(
    "word", ["resolved: false", "closed - in progress", "resolved, pending", "recovery: attempt 3"]
)
def test_a_part_that_only_says_it_is_to_come_denies_the_end(word: str) -> None:
    assert is_denied(word)


@pytest.mark.parametrize(
    "word",
    [
        *("resolved (reopened)", "reopened after resolved", "resolved then reopened", "to be resolved", "ok?"),
        *("will be resolved", "resolved soon", "un-resolved", "resolved incorrectly", "DNS resolved wrong"),
        *("resolved host unreachable", "recovery aborted", "recovery lost", "recovery impossible"),
        *("auto recovery stopped", "issue recovered then lost"),
    ],
)
@pytest.mark.parametrize("more", [{}, {"alert_id": "7"}])
def test_an_end_that_is_taken_back_is_none(word: str, more: dict[str, str]) -> None:
    (draft,) = Case("generic", "back", {"title": "Disk full", "service": "shop", "status": word} | more).read().drafts
    assert draft.state == "firing"


@pytest.mark.parametrize(
    "word", ["host unreachable resolved", "connection lost: resolved", "recovered (was stopped)", "Resolved by Ana"]
)
def test_a_trouble_before_its_end_takes_nothing_back(word: str) -> None:
    assert not is_denied(word)


@pytest.mark.parametrize("title", ["[RESOLVED] disk full", "✅ [Recovered] disk full", "https://shop.org is back up"])
def test_a_title_may_be_that_of_an_end(title: str) -> None:
    assert titles_end(title)


@pytest.mark.parametrize(
    "title",
    [
        *("[FIRING] disk full", "could not see that shop.org is up", "shop.org is up to 90 percent full"),
        *("Error rate is up", "Disk usage is up.", "Error rate of shop.org is up", "nobody knows when the site is up"),
        *("Recovered: runtime error: index out of range [5]", "Resolved: cannot read properties of undefined"),
        *("[RESOLVED] [FIRING] db down", "[Resolved] 5xx still rising", "[OK] button crashes checkout"),
    ],
)
def test_other_titles_end_nothing(title: str) -> None:
    assert not titles_end(title)
