"""Logs of any size: every error in them, in bounded memory."""
