"""One typed report, several surfaces: Slack, Markdown and the terminal tell the same verdict."""
