"""`python -m service.cli` is `redtide`."""

import sys

from service.cli import main

sys.exit(main())
