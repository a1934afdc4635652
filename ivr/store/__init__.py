"""The record: the database of what outlives the process, and the ways into it and out of it."""
