"""The bank's rate service."""

import json
from urllib.request import urlopen

ENDPOINT = "http://127.0.0.1:9/rates"
PATIENCE = 3.0


def fetch(currency: str) -> float:
    """Today's rate of `currency` in EUR: how many euros one unit of it costs."""
    with urlopen(f"{ENDPOINT}?currency={currency}", timeout=PATIENCE) as reply:
        return float(json.load(reply)["rate"])
