"""One live call: inbox, step, obey."""
