"""The recorder: any Python function that works on arrays, statement by statement, exact to the bit.

    from rnn.recorder import record
    recording = record(function, *arguments, path="run.rec").recording

It knows nothing of networks and imports NumPy only.
"""

# Not when asked for, as elsewhere: `record` is also a module in here, and the name shall mean the function.
from .limits import RecordingLimits
from .record import Recorded, record
from .recording import Recording

__all__ = ["Recorded", "Recording", "RecordingLimits", "record"]
