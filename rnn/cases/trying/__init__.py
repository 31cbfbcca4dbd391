"""Trying edits of the user's source, many and quickly: runs in a job only."""
