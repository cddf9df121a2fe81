"""What anybody sees: the way in and out, and what every page has."""
