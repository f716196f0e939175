"""Selections of papers, and the papers that they hold."""
