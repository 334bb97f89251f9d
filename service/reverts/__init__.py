"""Reverts: planned for an incident, approved by people or the policy, executed at a forge."""
