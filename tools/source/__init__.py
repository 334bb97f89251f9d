"""Source code at any revision, read from git objects with tree-sitter: symbols, where they are, how they are used.

`symbols` looks into one file, `index` finds symbols in a whole revision, `code` renders both for the agents.
"""
