"""Which agent queue a caller needs, and why."""
