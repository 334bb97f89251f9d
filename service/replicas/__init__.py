"""What the replicas of the service run, without Ray: `service/app.py` makes deployments of it."""
