"""Building the demo speech model (not needed to run the server)."""
