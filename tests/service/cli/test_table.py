"""One renderer for every table of summaries."""

from service.cli.table import table
from tools.training.metrics import Judged, by_repository, summarise

TABLE = """\
repository   cases  culprit  top-1  top-3    MRR   none  right  Brier  stated right  stated wrong  not stated
-----------  -----  -------  -----  -----  -----  -----  -----  -----  ------------  ------------  ----------
acme/labels      1        1  1.000  1.000  1.000      -  1.000  0.090         1.000         0.000       0.000
acme/rates       1        0      -      -      -  0.000  0.000  0.490         0.000         1.000       0.000
-----------  -----  -------  -----  -----  -----  -----  -----  -----  ------------  ------------  ----------
all              2        1  1.000  1.000  1.000  0.000  0.500  0.290         0.500         0.500       0.000
"""


def judged(repo: str, culprit: str | None) -> Judged:
    named = "a" * 40
    return Judged(
        id="one",
        repo=repo,
        culprit=culprit,
        outcome="culprit",
        named=named,
        leading=named,
        probability=0.7,
        ranking=(named,),
        seconds=1.234,
    )


CASES = [judged("acme/rates", None), judged("acme/labels", "a" * 40)]


def test_each_repository_has_a_row_and_a_ruler_parts_the_groups() -> None:
    assert table(by_repository(CASES), {"all": summarise(CASES)}) == TABLE


def test_times_are_two_more_columns() -> None:
    heads, _, row = table({"all": summarise(CASES)}, first="", times=True).splitlines()
    assert heads.endswith("Brier  s p50  s p95  stated right  stated wrong  not stated")
    assert "0.290   1.23   1.23  " in row
