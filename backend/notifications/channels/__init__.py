"""The ways a notification can take, one file each."""
