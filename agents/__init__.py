"""Five agents and their prompts: each reads the evidence and returns one typed answer."""
