"""The domain types: one frozen type per stage of the flow, and the error tree.

    alert -> incident -> evidence -> opinions -> verdict -> report -> revert

A later stage may import an earlier one, never the reverse (checked by import-linter).
"""
