"""The JSON Schema of flow files: what editors complete and check while a designer writes."""
