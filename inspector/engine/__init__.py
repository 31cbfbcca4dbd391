"""The engine: a warm process that computes, so that the window never does. `client` is the window's side."""
