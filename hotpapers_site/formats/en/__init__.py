"""Formats for English, our one language."""
