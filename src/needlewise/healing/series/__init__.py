"""Published series that the model was never fitted to: read as they were printed, and held beside what it predicts."""
