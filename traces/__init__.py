"""What a run of a model is, and how people look at it."""
