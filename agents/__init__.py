"""The minds: five agents and their prompts. Evidence in, one typed answer out."""
