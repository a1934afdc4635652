"""What each kind of node does, one per file."""
