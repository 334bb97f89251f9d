"""From what a sender posts to one incident per error: adapters, identity, and storing many notices at once."""
