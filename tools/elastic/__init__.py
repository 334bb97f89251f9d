"""Elasticsearch, read only: bounded questions about an error's documents and about deploys."""
