"""The demo: a whole town on one machine, and a tour through it."""
