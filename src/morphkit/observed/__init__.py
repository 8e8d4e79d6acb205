"""Observed: what observers answered to a set, and what is odd about it."""
