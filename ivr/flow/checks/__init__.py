"""Checks of `ivr lint`: one family of findings a file, from a whole flow to issues."""
