"""The supervisor's board, `ivr top`: what goes on now, and orders to it, in a terminal."""
