"""Asking: what is computed about the shown result on demand, and the answers that panes show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from inspector.records import Failure
from inspector.weight_look import WeightLook
from rnn.errors import InputError
from rnn.settings import DEFAULT_SIZES

if TYPE_CHECKING:
    import numpy as np

    from inspector.look import Look
    from inspector.notices import Notices
    from inspector.runs import Answer, Runs
    from inspector.situation import Situation
    from rnn.descent import Descent
    from rnn.itemised import Itemised

ELEMENT, WEIGHTS = "element", "save_weights"
COMPARE, REPORT = "compare", "report"
JACOBIAN, ITEMISED, DESCENT, OPEN_STEP, MANY = "jacobian", "itemised", "descent", "open_step", "many"

TEXTS = {
    ELEMENT: "Asking central differences",
    WEIGHTS: "Saving the weights",
    JACOBIAN: "Computing the Jacobians of the steps",
    ITEMISED: "Taking the loss apart by steps",
    DESCENT: "Descending with both gradients",
    OPEN_STEP: "Taking the weights of a step",
    MANY: "Checking many problems",
    COMPARE: "Comparing files of gradients",
    REPORT: "Writing the report",
}
"""What is said while it runs, by kind of request."""


OF_A_NETWORK = frozenset({ELEMENT, WEIGHTS, JACOBIAN, ITEMISED, DESCENT})
NO_NETWORK = (
    "Two files of gradients are shown, so there is no network to ask; compare one file with JAX on its weights and data instead"
)
"""What can be asked only of a network, and what is said where there is none."""


@dataclass(frozen=True)
class Problems:
    """Rows of a check of many problems.

    Attributes:
        rows: {settings, sizes, verdict, verdicts by quantity, ratio, headline} of those that are done.
        wanted: how many there will be.
    """

    rows: tuple[Mapping[str, Any], ...] = ()
    wanted: int = 0


class Asking(QObject):
    """Requests about a result, and their answers.

    Attributes:
        itemised_path: the file of `itemised`. weight_look: a weight file that is looked into.

    Signals:
        changed: one of the answers is another.
        figure_wanted: (kind, fields) of a figure that is to be exported.
        compared: the result file of a comparison of gradients. reported: the report that was written.
    """

    changed = Signal()
    figure_wanted = Signal(str, object)
    compared = Signal(str)
    reported = Signal(str)

    def __init__(self, runs: Runs, look: Look, notices: Notices, parent: QObject) -> None:
        """Joined by `State`, which hands over answers."""
        super().__init__(parent)
        self._runs, self._look, self._notices = runs, look, notices
        self.result_path, self._has_problem = "", True
        self._files_of: dict[str, tuple[str, ...]] = {}
        self._compared: tuple[str, ...] = ()
        self.open_weights: Callable[[str], None] = lambda path: None
        self.element: Mapping[str, Any] | None = None
        self.jacobian: tuple[int, np.ndarray[Any, Any]] | None = None
        self.itemised: Itemised | None = None
        self.descent: Descent | None = None
        self.descent_words = self._descent_path = self.itemised_path = ""
        self.problems = Problems()
        self.weight_look = WeightLook(runs, self)
        runs.told.connect(self._on_runs_told)

    def take_result(self, path: str, has_problem: bool = True) -> None:
        """Another result is shown: answers about the one before are gone."""
        self.result_path, self._has_problem = path, has_problem
        self.element = self.jacobian = self.itemised = None
        self.changed.emit()

    def _ask(self, kind: str, **extra: Any) -> None:
        if not self.result_path:
            self._notices.report(Failure("There is no result yet; run a check first"))
            return
        if not self._has_problem and kind in OF_A_NETWORK:
            self._notices.report(Failure(NO_NETWORK))
            return
        self._notices.clear()
        self._runs.submit(kind, TEXTS[kind], "", {}, {"result": self.result_path, **extra})

    def save_weights(self, path: str) -> None:
        """Write the shown result's weights to a file, format by suffix."""
        self._ask(WEIGHTS, path=path)

    def compare_gradients(self, first: str, second: str, settings: Mapping[str, Any]) -> None:
        """Compare two files of gradients; without a second the first with JAX, on the problem of the settings."""
        self._notices.clear()
        self._compared = tuple(path for path in (first, second) if path)
        self._runs.submit(COMPARE, TEXTS[COMPARE], "", settings, {"first": first, "second": second})

    def write_report(
        self, path: str, findings: Sequence[Mapping[str, Any]], given: str, remarks: Sequence[str] = ()
    ) -> None:
        """Write a report of the shown result.

        Args:
            path: `.html` or `.md`. findings: all that are known. given: the case file; empty for none.
            remarks: sentences of the user's.
        """
        compared = self._files_of.get(self.result_path, ())
        about = {"gradients": list(compared)} if compared else {"given": given}
        self._ask(REPORT, path=path, findings=list(findings), remarks=list(remarks), **about)

    def want_figure(self, kind: str, **more: Any) -> None:
        """Ask for the export dialog on a kind of figure; `more` are fields of the `FigureRequest` that the asker knows."""
        self.figure_wanted.emit(kind, more)

    def ask_element(self) -> None:
        """Ask central differences about the picked cell."""
        element = self._look.element()
        if element is None:
            self._notices.note("Pick a cell first; central differences are asked about one entry")
        else:
            self._ask(ELEMENT, path="", element=element)

    def ask_jacobian(self) -> None:
        """Ask for the spectral norm of every step's Jacobian dh_t/dh_{t-1}, for the chosen sample."""
        self._ask(JACOBIAN, sample=self._look.selection.sample)

    def ask_itemised(self, case_path: str) -> None:
        """Ask for the matrix of norms of d(loss at s)/dh_t, for the chosen sample, by JAX and by hand."""
        selection = self._look.selection
        self._ask(ITEMISED, sample=selection.sample, cursor=selection.t, case=case_path)

    def descend(self, case_path: str, steps: int, rate: float, matrices_only: bool) -> None:
        """Descend the gradient from the shown result's weights, once with hand's and once with JAX's."""
        self._ask(DESCENT, case=case_path, steps=steps, rate=rate, matrices_only=matrices_only)

    def open_step(self, side: str, step: int) -> None:
        """Make the weights of one step of the descent the problem's own."""
        if self._descent_path:
            self._ask(OPEN_STEP, descent=self._descent_path, side=side, step=step)

    def check_many(self, situation: Situation, count: int, vary: bool) -> None:
        """Check random problems of other seeds and sizes, the present one first; `vary` draws sizes that are set, too."""
        fixed = frozenset() if situation.info is None else situation.info.fixed
        free = [name for name in DEFAULT_SIZES if name not in fixed] if vary else None
        self._notices.clear()
        self.problems = Problems((), count)
        self.changed.emit()
        self._runs.submit(
            MANY, TEXTS[MANY], situation.path, situation.settings.to_json(), {"count": count, "vary": free}
        )

    def _on_runs_told(self, extra: Mapping[str, Any]) -> None:
        """A row of many problems has come in."""
        if "row" in extra:
            self.problems = Problems((*self.problems.rows, extra["row"]), self.problems.wanted)
            self.changed.emit()

    def take(self, answer: Answer) -> None:
        """An answer to one of the requests."""
        try:
            self._take(answer)
        except InputError as error:
            self._notices.report(Failure(str(error), file=answer.path))
        self.changed.emit()

    def _take(self, answer: Answer) -> None:
        if answer.kind == WEIGHTS:
            self._notices.note(f"Saved {answer.path}")
        elif answer.kind == ELEMENT:
            self.element = answer.extra
            found = answer.extra
            lines = (
                f"hand                 {found['hand']!r}",
                f"JAX                  {found['reference']!r}",
                f"central differences  {found['measured']!r}",
                f"estimated error      {found['error']!r}",
            )
            self._notices.note(str(found["sentence"]), "\n".join(lines))
        elif answer.kind == JACOBIAN:
            import numpy as np

            self.jacobian = int(answer.extra["sample"]), np.array(answer.extra["norms"], "float64")
        elif answer.kind == ITEMISED:
            from rnn.itemised import load_itemised

            self.itemised, self.itemised_path = load_itemised(Path(answer.path)), answer.path
        elif answer.kind == DESCENT:
            from rnn.descent import descent_words, load_descent

            self.descent, self._descent_path = load_descent(Path(answer.path)), answer.path
            self.descent_words = descent_words(self.descent)
        elif answer.kind == COMPARE:
            self._files_of = {answer.path: self._compared}
            self.compared.emit(answer.path)
        elif answer.kind == REPORT:
            self.reported.emit(answer.path)
        elif answer.kind == OPEN_STEP:
            self.open_weights(answer.path)
