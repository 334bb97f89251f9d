"""Real processes that start in a hundredth of a second, for tests that kill them: forked from one that has imported all they need.

`multiprocessing` has one such process for everybody: what is to be imported there is named here, for all of them together.
"""

import multiprocessing
from multiprocessing.context import ForkServerContext
from typing import Final

FORKS: Final[ForkServerContext] = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.service.forked"])
