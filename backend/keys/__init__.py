"""Keys: every case has a data key of its own; what wraps it belongs to the authority."""
