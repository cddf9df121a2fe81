"""Sources looked at before they earn: rounds, their talk, what the checks found, decisions."""
