"""The house put together: settings and wiring."""
