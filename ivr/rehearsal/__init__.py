"""Rehearsing flows before a caller meets them: written conversations, by text or by sound."""
