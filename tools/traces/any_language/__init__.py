"""Errors whose language is not known, and errors that are told without rows."""
