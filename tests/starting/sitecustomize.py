"""What Python runs first in the processes of tests on a cluster: each imports for seconds, in which next to nothing becomes garbage.

Looking for it takes a tenth of that time.
"""

import gc

gc.set_threshold(20_000, 20, 20)
