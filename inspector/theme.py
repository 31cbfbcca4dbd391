"""The two palettes, the colours by role, and the style of every control.

Two explicit palettes over the Fusion style, because asking Qt for a colour scheme does nothing on some platforms:
so themes are the same everywhere, and their contrast can be tested.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from inspector.assets import icon_path

LIGHT, DARK, SYSTEM = "light", "dark", "system"


@dataclass(frozen=True)
class Theme:
    """Colours by role, as `#rrggbb`.

    Attributes:
        window, base, raised: backgrounds of the window, of fields and lists, of bars and buttons.
        text, faint: of words, of remarks.
        line: borders and grids. accent, on_accent: selection and focus.
        hand, reference, difference: curves.
        good, unsure, bad: verdicts, readable on `base` and `window`.
        note_back, note_text, error_back, error_text: of the bars.
        mark: of the picked cell and the t cursor.
    """

    name: str
    window: str
    base: str
    raised: str
    text: str
    faint: str
    line: str
    accent: str
    on_accent: str
    hand: str
    reference: str
    difference: str
    good: str
    unsure: str
    bad: str
    note_back: str
    note_text: str
    error_back: str
    error_text: str
    mark: str


THEMES = {
    LIGHT: Theme(
        LIGHT,
        "#f3f4f6",
        "#ffffff",
        "#e9ebef",
        "#1b1f24",
        "#5a626c",
        "#cdd2d9",
        "#1f5fbf",
        "#ffffff",
        "#a8480b",
        "#1f5fbf",
        "#6b2fa0",
        "#19692c",
        "#7a5200",
        "#b3141f",
        "#fff3d1",
        "#5c4100",
        "#fde3e3",
        "#8a0f18",
        "#00806b",
    ),
    DARK: Theme(
        DARK,
        "#1f2226",
        "#17191c",
        "#2b2f35",
        "#e6e8eb",
        "#a3abb5",
        "#3d434b",
        "#7fb2ff",
        "#0f1a2b",
        "#ffa057",
        "#7fb2ff",
        "#d0a3ff",
        "#6fd58a",
        "#f0c05a",
        "#ff8b86",
        "#453a1a",
        "#ffe2a0",
        "#4d2326",
        "#ffc9c6",
        "#3fe0c0",
    ),
}

VERDICT_ROLES = {"identical": "good", "agrees": "good", "undecided": "unsure"}


def verdict_colour(theme: Theme, verdict: str) -> str:
    """The colour of a verdict's word."""
    return str(getattr(theme, VERDICT_ROLES.get(verdict, "bad")))


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2)."""

    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.03928 else float(((channel + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast_ratio(first: str, second: str) -> float:
    """Contrast of two colours, 1 to 21 (WCAG 2)."""
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def resolved(name: str, application: QApplication | None = None) -> Theme:
    """The theme of a name; `system` asks the platform, and is light where it doesn't know."""
    if name == SYSTEM and application is not None:
        dark = application.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return THEMES[DARK if dark else LIGHT]
    return THEMES.get(name, THEMES[LIGHT])


def palette_of(theme: Theme) -> QPalette:
    """The Qt palette of a theme."""
    palette = QPalette()
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.base,
        role.AlternateBase: theme.window,
        role.Text: theme.text,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.bad,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.faint,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Link: theme.accent,
        role.Light: theme.raised,
        role.Midlight: theme.raised,
        role.Mid: theme.line,
        role.Dark: theme.line,
        role.Shadow: theme.line,
        role.Accent: theme.accent,
    }
    for which, colour in colours.items():
        palette.setColor(which, QColor(colour))
    for which in (role.Text, role.ButtonText, role.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(theme.faint))
    return palette


def style_sheet(theme: Theme) -> str:
    """Flat borders, room to click, a focus ring that can be seen."""
    tick = icon_path(f"tick-{theme.name}.svg").as_posix()
    return f"""
    QToolTip {{ background: {theme.raised}; color: {theme.text}; border: 1px solid {theme.line}; padding: 3px; }}
    QMainWindow::separator {{ background: {theme.line}; width: 1px; height: 1px; }}
    QSplitter::handle {{ background: {theme.line}; }}
    QSplitter::handle:vertical {{ height: 3px; }}
    QDockWidget {{ titlebar-close-icon: none; titlebar-normal-icon: none; font-weight: 600; }}
    QDockWidget::title {{ background: {theme.window}; padding: 7px 8px 5px 10px; }}
    QToolBar {{ background: {theme.window}; border: none; border-bottom: 1px solid {theme.line}; padding: 3px 6px; spacing: 3px; }}
    QToolButton {{ padding: 4px 7px; border: 1px solid transparent; border-radius: 4px; }}
    QToolButton:hover {{ background: {theme.raised}; }}
    QToolButton:checked {{ background: {theme.raised}; border-color: {theme.line}; }}
    QMenuBar {{ background: {theme.window}; }}
    QStatusBar {{ background: {theme.window}; border-top: 1px solid {theme.line}; }}
    QStatusBar::item {{ border: none; }}
    QPushButton {{ padding: 4px 12px; min-height: 17px; border: 1px solid {theme.line}; border-radius: 4px; background: {theme.raised}; }}
    QPushButton:hover {{ border-color: {theme.faint}; }}
    QPushButton:disabled {{ color: {theme.faint}; }}
    QPushButton[primary="true"] {{ background: {theme.accent}; color: {theme.on_accent}; border-color: {theme.accent}; }}
    QPushButton[primary="true"]:disabled {{ background: {theme.raised}; color: {theme.faint}; border-color: {theme.line}; }}
    QPushButton:flat {{ background: transparent; border-color: transparent; }}
    QTreeView::item {{ padding: 3px 2px; }}
    QLineEdit, QPlainTextEdit {{ background: {theme.base}; border: 1px solid {theme.line};
        border-radius: 4px; padding: 3px 6px; min-height: 17px; selection-background-color: {theme.accent}; }}
    QComboBox, QSpinBox, QDoubleSpinBox {{ min-height: 24px; }}
    QLineEdit:focus, QPushButton:focus, QToolButton:focus, QPlainTextEdit:focus {{ border: 1px solid {theme.accent}; }}
    QLineEdit:disabled {{ color: {theme.faint}; background: {theme.window}; }}
    QListView, QTreeView, QTableView {{ background: {theme.base}; border: 1px solid {theme.line}; border-radius: 4px; }}
    QListView:focus, QTreeView:focus, QTableView:focus {{ border-color: {theme.accent}; }}
    QHeaderView::section {{ background: {theme.window}; border: none; border-bottom: 1px solid {theme.line}; padding: 4px 6px; }}
    QGroupBox {{ border: none; margin-top: 18px; font-weight: 600; }}
    QGroupBox::title {{ subcontrol-origin: margin; left: 0px; }}
    QScrollArea {{ border: none; background: transparent; }}
    QCheckBox {{ spacing: 6px; min-height: 22px; }}
    QCheckBox::indicator {{ width: 14px; height: 14px; border: 1px solid {theme.faint}; border-radius: 3px; background: {theme.base}; }}
    QCheckBox::indicator:checked {{ background: {theme.accent}; border-color: {theme.accent}; image: url({tick}); }}
    QCheckBox::indicator:disabled {{ background: {theme.line}; border-color: {theme.line}; }}
    QCheckBox:focus {{ color: {theme.accent}; }}
    QProgressBar {{ border: 1px solid {theme.line}; border-radius: 3px; background: {theme.base}; max-height: 8px; }}
    QProgressBar::chunk {{ background: {theme.accent}; }}
    QLabel[role="faint"] {{ color: {theme.faint}; }}
    QLabel[role="wrong"] {{ color: {theme.bad}; }}
    QLabel[role="title"] {{ font-size: 20px; font-weight: 600; }}
    QLabel[role="heading"] {{ font-weight: 600; }}
    """


_current = THEMES[LIGHT]


def current() -> Theme:
    """The theme that is on."""
    return _current


def apply_theme(application: QApplication, name: str) -> Theme:
    """Put a theme on; returns it."""
    global _current
    theme = resolved(name, application)
    if application.style().objectName() != "fusion":
        application.setStyle("Fusion")
    _current = theme
    application.setPalette(palette_of(theme))
    application.setStyleSheet(style_sheet(theme))
    return theme
