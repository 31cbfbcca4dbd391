"""What would make Qt abort, found out before Qt gets the chance, and said in one sentence. No Qt is imported here."""

from __future__ import annotations

import ctypes
import os
import re
import socket
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

OLDEST = (6, 10, 3)

BROKEN = {
    (6, 11, 0): "breaks dock widgets",
    (6, 11, 1): "breaks dock widgets",
    (6, 12, 0): "loses references to True and None and kills the process",
}

INSTALL = 'pip install "PySide6-Essentials>=6.10.3,!=6.11.0,!=6.11.1,!=6.12.0"'

PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libOpenGL.so.0": "libopengl0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11.so.6": "libx11-6",
    "libxcb.so.1": "libxcb1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
"""Debian's package of each library that Qt needs and a small system lacks."""

PLATFORMS = {"offscreen", "minimal", "minimalegl", "vnc", "eglfs", "linuxfb", "vkkhrdisplay"}
"""Platforms of Qt on Linux that need no display server."""

NEEDED_BY_X = tuple(name for name in PACKAGES if name.startswith(("libxcb", "libX11", "libxkb")))

NO_DISPLAY = (
    "{found}, so no window can be opened; start it in a desktop session or with 'ssh -X', "
    "or use 'bptt-inspector check', which needs no display"
)


def version_refusal(found: str) -> str:
    """Why this PySide6 version can't be used, empty when it can."""
    numbers = tuple(int(part) for part in re.findall(r"\d+", found)[:3])
    if numbers in BROKEN:
        return f"PySide6 {found} {BROKEN[numbers]}; install another one: {INSTALL}"
    if numbers < OLDEST:
        return f"PySide6 {found} is too old, 6.10.3 is needed; install a newer one: {INSTALL}"
    return ""


def installed_version() -> str:
    """Version of the installed PySide6, empty when there is none."""
    for name in ("PySide6-Essentials", "PySide6"):
        try:
            return version(name)
        except PackageNotFoundError:
            continue
    return ""


def library_sentence(error: str) -> str:
    """A sentence about an import of Qt that failed."""
    found = re.search(r"(lib[\w.+-]+\.so[.\d]*)", error)
    if not found:
        return f"Qt can't be loaded ({error}); install it again: {INSTALL}"
    package = PACKAGES.get(found.group(1))
    advice = f"install the package {package} (on Debian: apt install {package})" if package else "install it"
    return f"the system library {found.group(1)} is missing, which Qt needs; {advice}"


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def x_answers(display: str) -> bool:
    """Whether an X server lets us in (address, socket and permission)."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # the missing library is reported by name instead
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    for function in (xcb.xcb_connection_has_error, xcb.xcb_disconnect):
        function.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    refused = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not refused


def wayland_answers(name: str, folder: str) -> bool:
    """Whether something listens on a Wayland socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(Path(folder) / name))
        except OSError:
            return False
    return True


def display_refusal(
    environment: Mapping[str, str],
    x: Callable[[str], bool] = x_answers,
    wayland: Callable[[str, str], bool] = wayland_answers,
    loads: Callable[[str], bool] = _loads,
) -> str:
    """Why no window can be opened on Linux in this environment, empty when one can."""
    given = environment.get("QT_QPA_PLATFORM", "")
    asked = {re.split("[:-]", part)[0] for part in given.split(";") if part}
    if asked and not asked & {"xcb", "wayland"}:
        nonsense = f"QT_QPA_PLATFORM is {given!r}, which names no platform of Qt; remove it and start again"
        return "" if asked & PLATFORMS else nonsense
    display, name = environment.get("DISPLAY", ""), environment.get("WAYLAND_DISPLAY", "")
    if name and (not asked or asked != {"xcb"}) and wayland(name, environment.get("XDG_RUNTIME_DIR", "")):
        return ""
    if (asked and "xcb" not in asked) or not display:
        found = f"the Wayland display {name} doesn't answer" if name else "there is no display (DISPLAY is not set)"
        return NO_DISPLAY.format(found=found)
    if not x(display):
        return NO_DISPLAY.format(found=f"the display {display} doesn't answer or doesn't let us in")
    missing = [library for library in NEEDED_BY_X if not loads(library)]
    return library_sentence(missing[0]) if missing else ""


def refusal() -> str:
    """Why the window can't start here, in one sentence; empty when it can."""
    found = installed_version()
    if not found:
        return f"PySide6 is not installed; install it: {INSTALL}"
    if problem := version_refusal(found):
        return problem
    return display_refusal(os.environ) if sys.platform.startswith("linux") else ""
