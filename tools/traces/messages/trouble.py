"""Words that tell that something went wrong, whoever says it."""

import re
from typing import Final

TROUBLE: Final = re.compile(
    r"(?i)\berr(?:no)?s?\b|error|exception|fail|fatal|panic|crash|abort|refused|denied|time(?:d? ?)out|cannot|could not|unable|no such"
    r"|invalid|undefined|unexpected|killed|out of memory|unhandled|uncaught|severe"
)
