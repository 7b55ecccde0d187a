"""Workflows: what happens next with a case. Pure but for `effects` and `tasks`."""
