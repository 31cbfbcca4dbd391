"""Everything about the picked entry, and about the quantity it belongs to."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFormLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from inspector.debugger.contributions import go_to_contribution
from inspector.panes.context import ContextGrid
from inspector.panes.contributions import ContributionsView
from inspector.panes.history_view import HistoryView
from inspector.panes.weight_editor import WeightEditor
from inspector.picture.side_words import short_label, sides_of
from inspector.pictures import Pictures
from inspector.said import element_name, values
from inspector.state import State
from rnn.results import FORWARD, QuantityReport

SIDES = {
    "reference": "side with JAX",
    "hand": "side with the hand-written code",
    "neither": "side with neither",
    "both": "cannot tell the two apart",
    "": "not asked",
}
ENTRY = ("hand", "JAX", "difference", "relative", "ULP", "dtype")
QUANTITY = (
    "verdict",
    "largest |d|",
    "sum |d|",
    "sum d",
    "noise floor",
    "x noise",
    "best factor",
    "residual",
    "central differences",
    "right",
)


def number(value: float | None) -> str:
    """Four digits, or a dash."""
    return "-" if value is None else f"{value:.4g}"


class CellPane(QWidget):
    """Two blocks of labelled values."""

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows state and pictures by itself."""
        super().__init__(parent)
        self.state, self.pictures = state, pictures
        self._hovered: tuple[int, int] | None = None
        self._title = self._heading("")
        self._quantity_title = self._heading("")
        self._values: dict[str, QLabel] = {}
        self._captions: dict[str, QLabel] = {}
        self._worst = self._button("Go to the worst entry", self._on_worst_clicked)
        self._first = self._button("Go to the first wrong step", self._on_first_clicked)
        self._ask = self._button("Ask central differences (Ctrl+D)", state.asking.ask_element)
        self._hint = self._faint("Click a cell of a picture to see its values here.")
        self._measured, self._history_note, self._note = self._faint(""), self._faint(""), self._faint("")
        self._weight = WeightEditor(state, self)
        self._context, self._history = ContextGrid(self), HistoryView(self)
        self._history_title, self._contributions = self._heading(""), ContributionsView(self)
        self._asked: tuple[object, ...] = ()
        self._build()
        self._context.picked.connect(state.pick)
        self._history.step_chosen.connect(state.select_t)
        self._history.worst_asked.connect(state.look.go_to_worst_step)
        for signal in (
            state.selection_changed,
            state.result_changed,
            state.view_changed,
            state.asking.changed,
            state.settings_changed,
            state.notes.changed,
            pictures.changed,
        ):
            signal.connect(self.synchronize)
        pictures.history_changed.connect(self._show_history)
        pictures.provenance_changed.connect(self._show_provenance)
        self._contributions.chosen.connect(self._on_contributions_chosen)

    def _faint(self, text: str) -> QLabel:
        label = QLabel(text, self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setProperty("role", "faint")
        return label

    def _heading(self, text: str) -> QLabel:
        label = QLabel(text, self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("role", "heading")
        label.setWordWrap(True)
        return label

    def _button(self, text: str, slot: object) -> QPushButton:
        button = QPushButton(text, self)
        button.clicked.connect(slot)
        button.setAccessibleDescription(text)
        return button

    def _form(self, names: tuple[str, ...]) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(4)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        for name in names:
            caption, value = QLabel(name, self), QLabel("-", self)
            caption.setProperty("role", "faint")
            value.setTextFormat(Qt.TextFormat.PlainText)
            value.setWordWrap(True)
            value.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            value.setAccessibleName(name)
            caption.setTextFormat(Qt.TextFormat.PlainText)
            form.addRow(caption, value)
            self._values[name], self._captions[name] = value, caption
        return form

    def _build(self) -> None:
        inner = QWidget(self)
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(10, 6, 8, 8)
        layout.addWidget(self._title)
        layout.addWidget(self._note)
        layout.addWidget(self._hint)
        layout.addLayout(self._form(ENTRY))
        layout.addSpacing(6)
        layout.addWidget(self._context)
        layout.addSpacing(6)
        for widget in (self._history_title, self._history, self._history_note):
            layout.addWidget(widget)
        layout.addSpacing(6)
        layout.addWidget(self._contributions)
        layout.addSpacing(6)
        layout.addWidget(self._weight)
        layout.addSpacing(6)
        layout.addWidget(self._ask)
        layout.addWidget(self._measured)
        layout.addSpacing(12)
        layout.addWidget(self._quantity_title)
        layout.addLayout(self._form(QUANTITY))
        layout.addSpacing(6)
        layout.addWidget(self._worst)
        layout.addWidget(self._first)
        layout.addStretch(1)
        area = self._area = QScrollArea(self)
        area.setAccessibleName("Values of the cell and of its gradient")
        area.setWidgetResizable(True)
        area.setWidget(inner)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    @Slot(object)
    def show_hovered(self, cell: tuple[int, int] | None) -> None:
        """Show the cell under the mouse while no cell is picked."""
        self._hovered = cell
        self._show_entry()

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the state."""
        self._show_entry()
        self._show_history()
        self._ask_provenance()
        self._show_weight()
        result, name = self.state.result, self.state.selection.quantity
        known = result is not None and name in {report.name for report in result.pictured()}
        report = result.report(name) if result is not None and known and name is not None else None
        self._quantity_title.setText("" if report is None else f"{report.name}, all entries")
        for caption, text in zip(QUANTITY, self._of_quantity(report), strict=True):
            self._values[caption].setText(text)
        self._worst.setVisible(report is not None and report.worst_index is not None)
        self._first.setVisible(report is not None and report.first_wrong_t is not None)
        if report is not None and report.first_wrong_t is not None:
            self._first.setText(f"Go to the first wrong step, t = {report.first_wrong_t}")

    def focus_history(self) -> None:
        """Put the focus on the history, and bring it into view."""
        self._history.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._area.ensureWidgetVisible(self._history)

    @Slot()
    def _show_history(self) -> None:
        history = self.pictures.history if self.state.selection.cell is not None else None
        self._history.sides = sides_of(self.state.result, 14)
        self._history.show_history(history, self.state.selection.t)
        for label in (self._history_title, self._history_note):
            label.setVisible(history is not None)
        if history is not None:
            parameter = self.pictures.current is not None and not self.pictures.current.per_step
            what = "Contribution of every step" if parameter else "Over time"
            self._history_title.setText(what)
            self._history_note.setText("\n".join(filter(None, (self._history.words(), history.note))))

    def _ask_provenance(self) -> None:
        """What the picked entry is made of, where it is another one; the forward pass is no sum of contributions."""
        report, index, result = self._report(), self.state.look.index(), self.state.result
        wanted = None if report is None or report.kind == FORWARD else index
        asked = (result, self.state.selection.quantity, wanted)
        if asked != self._asked:
            self._asked = asked
            self.pictures.request_provenance(*asked)
        self._show_provenance()

    @Slot()
    def _show_provenance(self) -> None:
        selection, result = self.state.selection, self.state.result
        found = self.pictures.provenance if selection.cell is not None else None
        if found is not None and (found.name, found.index) != (selection.quantity, self.state.look.index()):
            return  # the one that was asked for is on its way
        batch = 1 if result is None else int(result.problem.get("B", 1))
        self._contributions.show_provenance(found, selection.t, selection.sample, batch)

    @Slot(int, int)
    def _on_contributions_chosen(self, t: int, sample: int) -> None:
        go_to_contribution(self.state, t, sample)

    def _show_weight(self) -> None:
        picture, index = self.pictures.current, self.state.look.index()
        there = picture is not None and index is not None and picture.quantity == self.state.selection.quantity
        if picture is None or index is None or not there or picture.weights is None:
            self._weight.show_weight("", (), None)
        else:
            self._weight.show_weight(picture.quantity[1:], index, picture.weights)

    def _show_entry(self) -> None:
        picture, cell = self.pictures.current, self.state.selection.cell or self._hovered
        found = None if picture is None or cell is None else values(picture, cell)
        self._hint.setVisible(found is None)
        asked_of = self._report()
        is_gradient = asked_of is not None and asked_of.kind != FORWARD
        self._ask.setVisible(found is not None and self.state.selection.cell is not None and is_gradient)
        if picture is None or cell is None or found is None:
            self._title.setText("")
            texts = ["-"] * len(ENTRY)
        else:
            self._title.setText(element_name(picture, cell))
            hand, reference, difference, relative, distance = found
            texts = [repr(hand), repr(reference), repr(difference), f"{relative:.6g}", f"{distance:.6g}", picture.dtype]
        for caption, text in zip(ENTRY, texts, strict=True):
            self._values[caption].setText(text)
        for caption, side in zip(ENTRY[:2], ("hand", "JAX") if picture is None else picture.sides, strict=True):
            self._captions[caption].setText(short_label(side, 14))
            self._captions[caption].setToolTip(side)
        note = self.state.notes.of_cell(self.state.selection.quantity or "", self.state.look.index() or ())
        self._note.setText("" if note is None else f"Note: {note.text}")
        self._note.setVisible(note is not None)
        report = self._report()
        floor = 0.0 if report is None else report.floor
        self._context.show_cell(picture, cell if found is not None else None, floor, self.state.view.colour_map)
        asked = self.state.asking.element
        same = (
            asked is not None and f"{asked['name']}[{','.join(map(str, asked['index']))}]" == self.state.look.element()
        )
        self._measured.setVisible(same)
        if asked is not None and same:
            self._measured.setText(
                f"central differences {asked['measured']!r} \u00b1 {asked['error']:.1e}: {SIDES[asked['side']]}"
            )

    @staticmethod
    def _of_quantity(report: QuantityReport | None) -> list[str]:
        if report is None:
            return ["-"] * len(QUANTITY)
        verdict = f"{report.verdict}: {report.note}" if report.note else report.verdict
        if report.verdict == "shape":
            return [verdict, *["-"] * (len(QUANTITY) - 1)]
        signed = number(report.sum_signed) + ("  cancels: hides the absolute sum" if report.cancels else "")
        return [
            verdict,
            number(report.max_abs),
            number(report.sum_abs),
            signed,
            number(report.floor),
            number(report.ratio),
            number(report.factor),
            number(report.factor_residual),
            SIDES[report.sides_with],
            report.rows_right or "-",
        ]

    def _report(self) -> QuantityReport | None:
        return self.state.look.report()

    @Slot()
    def _on_worst_clicked(self) -> None:
        self.state.look.go_to_worst()

    @Slot()
    def _on_first_clicked(self) -> None:
        report = self._report()
        if report is not None and report.first_wrong_t is not None:
            self.state.select_t(report.first_wrong_t)
