"""What a running server can be asked and told: one set of orders, whoever carries them."""
