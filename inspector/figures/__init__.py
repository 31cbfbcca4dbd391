"""Figures for paper, with matplotlib, which is imported late: it costs a second that the window doesn't have."""
