"""Keeps the shop in step with the warehouse."""
