"""The report page of a set."""
