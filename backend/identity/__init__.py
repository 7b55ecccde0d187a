"""Identity: who is it. Issuers, their keys, and what a verified token makes of a person."""
