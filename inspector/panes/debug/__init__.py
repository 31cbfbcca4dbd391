"""Panes of the debugger: source, steps, arrays, findings, breakpoints, calls, origin, output."""
