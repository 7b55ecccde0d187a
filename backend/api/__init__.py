"""The API: one file per resource; each view parses, makes one call, answers."""
