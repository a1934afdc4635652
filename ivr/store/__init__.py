"""What outlives the process: small files, written whole or not at all."""
