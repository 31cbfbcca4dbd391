"""The tour: which panes its stops point at, and what is shown at each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inspector.window.main import MainWindow


def start_tour(window: MainWindow, panes: Mapping[str, Any]) -> None:
    """Show the stops of the tour over the panes of a window, by their ids."""
    from inspector.dialogs.tour import Tour, tour_stops

    places = {"checks": "checks", "pictures": "triptych", "trace": "trace", "cell": "cell"}
    targets = {stop: partial(panes.get, name) for stop, name in places.items()}
    arrivals: dict[str, Callable[[], object]] = {
        "pictures": window.state.look.go_to_worst,
        "trace": window.state.look.go_to_first_divergence,
        "cell": partial(window.raise_pane, "cell"),
    }
    window.memory.set_tour_seen(True)
    Tour(window, tour_stops(targets, arrivals)).start()
