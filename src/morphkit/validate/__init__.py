"""Checks of a built set, from disk."""
