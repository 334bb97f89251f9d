"""`redtide rerun`: an incident is investigated again."""

import json

from tests.recorded import Recorded
from tests.service.cli.live_service import Live
from tests.service.cli.ran import RedTide

ONE_DATABASE = True
CULPRIT = "04-no-empty-carts"


def test_an_incident_is_investigated_again_with_other_revisions(
    redtide: RedTide, live: Live, alerted: str, sample: Recorded
) -> None:
    ran = redtide("rerun", alerted, "--base", sample.shas[CULPRIT], "--server", live.url)
    assert (ran.status, f"{alerted} is open: it will be investigated again" in ran.out) == (0, True)
    assert redtide("watch", alerted, "--server", live.url, "--interval", "0.05").status == 0
    found = json.loads(redtide("show", alerted, "--server", live.url, "--format", "json").out)
    assert (found["version"], found["base"]) == (2, sample.shas[CULPRIT])
    assert sample.shas[CULPRIT] not in [each["commit"]["sha"] for each in found["verdict"]["suspects"]]


def test_an_incident_is_given_the_trace_that_it_lacked(
    redtide: RedTide, live: Live, sample: Recorded, trace_file: str
) -> None:
    window = ("--base", sample.base, "--deployed", sample.deployed)
    made = redtide(
        "alert", "--message", "checkout fails", "--service", "shop", *window, "--server", live.url, "--quiet"
    )
    incident = made.out.strip()
    assert redtide("rerun", incident, "--trace", trace_file, "--server", live.url).status == 0
    assert redtide("watch", incident, "--server", live.url, "--interval", "0.05").status == 0
    assert sample.shas[CULPRIT][:9] in redtide("show", incident, "--server", live.url).out
