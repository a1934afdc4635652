"""Audio as data: frames, rates, files."""
