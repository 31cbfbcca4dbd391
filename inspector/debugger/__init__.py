"""The debugger's side of the window without widgets: what is recorded, where the user stands in it, what JAX says there."""
