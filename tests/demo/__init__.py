"""The demonstration: one real call through the bank hotline, seen, heard and checked."""
