import re

import pytest

from tests.service.cli.ran import RedTide


@pytest.mark.ray
def test_the_demo_shows_an_alert_becoming_a_verdict_and_stops(redtide_process: RedTide) -> None:
    ran = redtide_process("demo")

    assert ran.status == 0, ran.err
    assert "Call to a member function total() on null" in ran.out
    assert "confidence" in ran.out
    assert re.search(r"│ \[Revert…\] +\[👍 Right\] +\[👎 Not this… ▾\] +\[Open\]", ran.out)
    assert re.search(r"Incident: +http://127\.0\.0\.1:\d+/incidents/INC-\w+", ran.err)
    assert re.search(r"Reasoning trace: +http://127\.0\.0\.1:\d+/incidents/INC-\w+/trace", ran.err)
    assert re.search(r"Ray dashboard: +http://127\.0\.0\.1:\d+", ran.err)
    assert "Stopped." in ran.err
    assert "Traceback" not in ran.err
