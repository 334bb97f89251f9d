"""Undoing what stands around the words of a program: transports, records, quoting, pages and terminals."""
