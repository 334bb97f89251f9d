"""Where the message of an error begins and where it ends."""
