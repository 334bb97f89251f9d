"""The nouns: one frozen type per stage of the flow, and the error tree.

    alert -> incident -> evidence -> opinions -> verdict -> report -> revert

A later stage may name an earlier one, never the reverse (asserted by import-linter).
"""
