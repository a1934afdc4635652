"""An offline telephone hotline server: Asterisk, Vosk, YAML menus, skill queues.

Importing this package loads neither the speech engine nor a socket.
"""

__version__ = "0.1.0"

__all__ = ["__version__"]
