"""Who may call: signatures of senders, tokens of people and programs. Nothing configured means closed."""
