"""`python -m inspector` is the command `bptt-inspector`."""

from inspector.cli import main

raise SystemExit(main())
