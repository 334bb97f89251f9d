"""The sample incidents of `redtide demo`, kept as recorded incidents: numbered folders that become real commits."""

from pathlib import Path

SAMPLE = Path(__file__).parent / "cart_total"
TIDE = {name: Path(__file__).parent / folder for name, folder in (("rates", "rates_down"), ("search", "search_errors"))}
"""Repository -> what else fails when the demo stays."""
