"""`python -m service.command_line` is `redtide`."""

import sys

from service.command_line import main

sys.exit(main())
