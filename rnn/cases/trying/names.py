"""What both sides of a search for repairs have to agree on."""

from __future__ import annotations

import struct

TIME, MEMORY, WRITES, CRASH = "time", "memory", "writes", "crash"
"""Why a candidate failed, where that is no exception's sentence: too slow, too much memory, refused to write, process died."""

NOTE = struct.Struct("<qq")
"""What is being run, as a number, and whether it was ended because it took too long."""
