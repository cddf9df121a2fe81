"""A publisher's lines, cut: by day, source, country, sub id and so on, for every door alike."""
