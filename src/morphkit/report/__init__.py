"""The report: one self-contained page per stimulus set, for a lab's appendix."""

from morphkit.report.page import page

__all__ = ["page"]
