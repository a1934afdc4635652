"""The kinds of node, one per file."""
