"""The report in a real Chromium, as a file that somebody was sent."""

from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser

from service.rescoring.comparison import compare
from service.rescoring.report import write_report
from tests.service.browser import IN_A_BROWSER
from tests.service.rescoring.test_comparison import NONE, UNSURE, B, pair, side

pytestmark = IN_A_BROWSER
HOSTILE = '<img src="https://evil.example/x.png"> [a](https://evil.example) <script>document.title="taken"</script>'


def report(folder: Path) -> Path:
    """A report of twelve labelled incidents; two flipped, and one of them holds what a stranger wrote."""
    pairs = [pair(number, side(), side()) for number in range(3, 13)]
    pairs.append(pair(1, side(why=("It removed the guard of `price_of`.",)), side(culprit=B, why=(HOSTILE,))))
    pairs.append(pair(2, UNSURE, NONE, truth="none", language="php", cause="no commit of the deploy"))
    return write_report(compare("stored verdicts", HOSTILE, pairs, {"INC-0": HOSTILE}), folder)[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_report_is_whole_without_network_and_without_a_script(
    tmp_path: Path, chromium: Browser, scheme: str
) -> None:
    file = report(tmp_path)
    context = await chromium.new_context(offline=True, color_scheme=scheme)  # type: ignore[arg-type]
    page = await context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(file.as_uri())
    found = await Axe().run(page)
    shown = await page.locator("body").inner_text()
    drawn = await page.locator("svg circle").count()
    links = await page.locator("a, img, script").count()
    title = await page.title()
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert asked == [file.as_uri()]
    assert found.response["violations"] == [], found.generate_report()
    assert "It removed the guard of" in shown
    assert "Against what people said" in shown
    assert (drawn, links, title == "taken") == (2, 0, False)
    assert wide <= 1280
