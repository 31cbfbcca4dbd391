"""The choices of the export dialog, in groups; those that mean nothing to a kind of figure are not shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFormLayout, QWidget

from inspector.dialogs.export_fields import Fields
from inspector.figures.kinds import FIGURES
from inspector.figures.request import CURVES, DPI, FigureRequest
from inspector.figures.words import OPTIONS
from inspector.menus import METRIC_TEXTS, SCALE_TEXTS

if TYPE_CHECKING:
    from inspector.figure_choice import FigureChoice

PRESET_TEXTS = {
    "one_column": "One column, 3.4 in",
    "two_columns": "Two columns, 7 in",
    "slide": "Slide 16:9, 13.3 in",
}
SUFFIX_TEXTS = {
    ".png": "PNG", ".pdf": "PDF, fonts embedded", ".svg": "SVG, text as text", ".npz": "Numbers, NumPy .npz",
    ".csv": "Numbers, .csv", ".gif": "GIF, animated", ".apng": "PNG, animated",
}  # fmt: skip
CURVE_TEXTS = {"norm": "Norm at every step", "gain": "Gain of the carried gradient"}
PANE_TEXTS = {
    (): "All three", ("hand", "reference"): "Hand and JAX", ("hand", "difference"): "Hand and difference",
    ("reference", "difference"): "JAX and difference",
}  # fmt: skip

GROUPS = {
    "What": ("quantity", "curve", "element", "sample", "step", "arrays", "panes"),
    "Colours": ("metric", "scale", "colour_map", "locked", "value_bound", "difference_bound"),
    "Size and format": ("preset", "suffix", "dpi", "font_size", "rate"),
    "Words": ("title", "has_title", "colour_bar", "scale_note", "tolerance_note", "statistics"),
}
"""Choices under headings."""

NUMBERS = {
    "value_bound": "the largest value",
    "difference_bound": "the largest difference",
    "rate": "pictures a second",
}
"""Lines that hold a number, and what they are called in a sentence."""


class Choices(QWidget):
    """A form over a `FigureChoice`."""

    def __init__(self, choice: FigureChoice, parent: QWidget) -> None:
        """Follows the choice by itself."""
        super().__init__(parent)
        self._choice = choice
        self._form = QFormLayout(self)
        self._form.setContentsMargins(2, 2, 10, 2)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setVerticalSpacing(5)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.fields = Fields(self._form, self)
        self._headings = {}
        self.fields.choice("kind", "&Kind", "What is drawn; one that can't be drawn now says why")
        build = {
            "What": self._build_what,
            "Colours": self._build_colours,
            "Size and format": self._build_size,
            "Words": self._build_words,
        }
        for heading, make in build.items():
            self._headings[heading] = self.fields.heading(heading)
            make()
        self.fields.chosen.connect(self._on_fields_chosen)
        choice.changed.connect(self.synchronize)
        self.synchronize()

    def _build_what(self) -> None:
        fields = self.fields
        fields.choice("quantity", "&Quantity", "Which gradient or value, worst first")
        fields.choice(
            "curve", "Curve", "What is drawn over the steps", [(one, CURVE_TEXTS.get(one, one)) for one in CURVES]
        )
        fields.line("element", "Entry", "As dW_hh[3,4]; empty for the worst one", "the worst")
        fields.whole("sample", "Sam&ple", "Entry of the batch")
        fields.whole("step", "Step", "Step of the recording")
        fields.line(
            "arrays",
            "Arrays",
            "Names apart by commas, as in dh, dW_hh; empty for what the line writes and reads",
            "of the line",
        )
        fields.choice("panes", "Panes", "Which of the three", PANE_TEXTS.items())

    def _build_colours(self) -> None:
        from inspector.picture import COLOUR_MAPS

        fields = self.fields
        fields.choice("metric", "&Metric", "How the difference is measured", METRIC_TEXTS.items())
        fields.choice("scale", "S&cale", "How numbers become colours", SCALE_TEXTS.items())
        fields.choice(
            "colour_map", "Co&lours", "Colours of positive and negative numbers", [(name, name) for name in COLOUR_MAPS]
        )
        fields.flags([("locked", "One range for all three", "The difference has the range of hand and JAX")])
        fields.line(
            "value_bound",
            "Largest value",
            "Of the colours of hand and JAX; empty for what occurs",
            "automatic",
        )
        fields.line(
            "difference_bound",
            "Largest difference",
            "Of the colours of the difference; empty for what occurs",
            "automatic",
        )

    def _build_size(self) -> None:
        fields = self.fields
        fields.choice("preset", "&Size", "Width of the figure on paper, or a slide", PRESET_TEXTS.items())
        fields.choice("suffix", "&Format", "What kind of file is written")
        fields.whole("dpi", "Dots an inch", "Of a PNG, and of pictures inside PDF and SVG", *DPI, 50)
        fields.points("font_size", "Fon&t size", "Of all words; the smallest is the usual one of the size", "as usual")
        fields.line("rate", "Pictures a second", "Of an animation", "4")

    def _build_words(self) -> None:
        fields = self.fields
        shown = ("has_title", "Title", "A line over the figure")
        fields.flagged_line(
            shown, "title", "Words of the title", "Empty for those that say what is shown", "as the figure says"
        )
        fields.flags(
            (
                ("colour_bar", "Colour bar", "Which colour is which number"),
                ("statistics", "Statistics", "Largest difference with its place, and the rounding noise"),
                ("scale_note", "Scale in words", "How the colours are scaled, under the figure"),
                ("tolerance_note", "Tolerance", "What is drawn faded, in words under the figure"),
            )
        )

    @Slot()
    def synchronize(self) -> None:
        """Show what is chosen, and what can be chosen."""
        choice, fields = self._choice, self.fields
        fields.set_choices("kind", [(name, kind.title) for name, kind in FIGURES.items()], choice.reasons())
        first = [] if choice.request.quantity else [("", "the worst")]
        fields.set_choices("quantity", first + [(name, name) for name in choice.quantities()])
        fields.set_choices("suffix", [(suffix, SUFFIX_TEXTS.get(suffix, suffix)) for suffix in choice.suffixes()])
        fields.set_most("sample", choice.samples() - 1)
        fields.set_most("step", max(choice.request.step or 0, choice.steps() - 1))
        for name, value in self._values().items():
            fields.set_used(name, self._is_used(name))
            if name not in choice.wrong:  # what was typed stays to be mended
                fields.show(name, value)
        for heading, names in GROUPS.items():
            self._form.setRowVisible(self._headings[heading], any(self._is_used(name) for name in names))

    def _is_used(self, name: str) -> bool:
        if name == "title":
            return self._choice.request.title != ""
        return name == "has_title" or self._choice.uses(name)

    def _values(self) -> dict[str, Any]:
        """What every control shows."""
        request = self._choice.request
        own = {
            "suffix": self._choice.suffix,
            "colour_map": request.colours,
            "has_title": request.title != "",
            "title": request.title or "",
            "arrays": ", ".join(request.arrays),
            "step": request.step or 0,
            **{name: _text(getattr(request, name)) for name in NUMBERS},
        }
        names = ["kind", *(name for group in GROUPS.values() for name in group)]
        return {name: own[name] if name in own else getattr(request, name) for name in names}

    @Slot(str, object)
    def _on_fields_chosen(self, name: str, value: Any) -> None:
        if name == "has_title":
            name, value = "title", None if value else ""
        elif name == "title":
            value = value or None
        elif name == "arrays":
            value = next(one.read(value) for one in OPTIONS if one.field == "arrays")
        elif name in NUMBERS:
            try:
                value = float(value.replace(",", ".")) if value.strip() else getattr(FigureRequest(), name)
            except ValueError:
                self._choice.refuse(name, f"{NUMBERS[name]} is {value!r}; type a number such as 0.5 or 1e-3")
                return
        self._choice.choose(name, value)


def _text(value: float | None) -> str:
    return "" if value is None else repr(value)
