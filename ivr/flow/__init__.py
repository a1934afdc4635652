"""The menu as data: nodes, prompts, what may be wrong with them."""
