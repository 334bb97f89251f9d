"""The policy for automatic reverts: facts, rules, decision. Pure, but for reading commits of a repository."""
