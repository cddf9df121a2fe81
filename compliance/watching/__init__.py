"""Looking at what happens, day by day: detectors of traffic, and what they were struck by."""
