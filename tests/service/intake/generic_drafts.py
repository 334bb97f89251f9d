"""Bodies of any sender as the drafts that are read of them."""

from typing import Any

from service.intake.lenient import Draft
from service.intake.sources.generic import read

TRACE = 'Traceback (most recent call last):\n  File "/srv/pay.py", line 9, in charge\n    raise E\nValueError: bad card'


def only(document: dict[str, Any]) -> Draft:
    (draft,) = read(document)
    return draft
