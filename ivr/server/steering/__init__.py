"""Supervisors' orders to live calls: a telephone that spies, a caller sent elsewhere."""
