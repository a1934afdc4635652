"""The control API: what goes on and what went on, and orders, over HTTP and WebSocket."""
