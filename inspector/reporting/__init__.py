"""Reports: a result with its findings, figures and the way to make it again, as one HTML file or as Markdown."""

from __future__ import annotations
