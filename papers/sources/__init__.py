"""Speaks to outside services: HTTP, the gate that spaces requests, and arXiv."""
