"""Print the invoice on stdin."""

import sys

from invoices.lines import from_text
from invoices.printing import render

print(render([from_text(line) for line in sys.stdin if line.strip()]))
