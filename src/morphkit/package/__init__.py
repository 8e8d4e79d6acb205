"""Packages for experiment front ends."""
