"""Authorities: municipalities, their units, the people who work there."""
