"""A rulebook tried on stored lines: run, added up, read for the page, downloaded."""
