"""Sessions in the window: saved, opened, kept while they are worked on, and offered again after a crash."""
