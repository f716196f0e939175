"""Hugging Face: its page of daily papers, where each paper has upvotes and comments."""
