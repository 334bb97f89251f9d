"""How long to wait after failures in a row."""

import random

_LONGEST = 60.0


def back_off(failures: int) -> float:
    """Return 1, 2, 4, ... up to 60 seconds, and up to a quarter more, so that replicas do not come back together."""
    return min(2.0 ** min(failures, 10), _LONGEST) * random.uniform(1.0, 1.25)
