"""Whether threads can be started here: in a browser (Pyodide) they cannot."""

from __future__ import annotations

import threading
from functools import cache


@cache
def can_start() -> bool:
    """Tell whether a thread can be started, by starting one that does nothing."""
    thread = threading.Thread(target=int)
    try:
        thread.start()
    except RuntimeError:  # what Python says where it was built without them
        return False
    thread.join()
    return True
