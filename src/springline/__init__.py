"""Springline (泉线): the system behind one 400 number."""

__version__ = "0.1.0"
