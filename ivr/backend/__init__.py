"""Systems behind the hotline: what a flow's lookups ask over HTTP."""
