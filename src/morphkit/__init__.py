"""morphkit: calibrated morph continua of infant faces."""

__version__ = "0.1.0"
