"""`ivr bench`: one measurement a file."""
