"""Observers' responses to numbers: psychometric fits, scales, plans.  Arrays, never images."""
