"""Asterisk on the wire: AudioSocket, FastAGI, AMI."""
