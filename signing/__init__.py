"""Signing: tokens, letters, archives and seals. Pure: keys, clock and services are arguments."""
