"""The file that a job's interpreter is started on: loads our engine under a private name, then serves.

The user's files may be called `rnn.py` or `inspector.py` and must win every import that their code makes. So our
package is loaded from its own folder under another name, which nobody else uses, and no folder of ours is on the path.
"""

import importlib.util
import os
import sys

PRIVATE_NAME = "_bptt_inspector_engine"


def load_engine() -> None:
    """Make the package `rnn` importable as `_bptt_inspector_engine`, without importing what it does not need."""
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    spec = importlib.util.spec_from_file_location(
        PRIVATE_NAME, os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[PRIVATE_NAME] = module
    spec.loader.exec_module(module)


if __name__ == "__main__":
    load_engine()
    child = importlib.import_module(f"{PRIVATE_NAME}.jobs.child")
    child.main(sys.argv[1])
