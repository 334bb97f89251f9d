"""Sends people a reminder before their appointment."""
