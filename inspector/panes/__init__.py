"""PANES: every pane of the window: id, title, class, and where it stands."""

from inspector.panes.bars import FailureBar, QuestionBar, TrustBar
from inspector.panes.cell import CellPane
from inspector.panes.checks import ChecksPane
from inspector.panes.descent import DescentPane
from inspector.panes.itemised import ItemisedPane
from inspector.panes.levels import LevelsPane
from inspector.panes.many import ManyPane
from inspector.panes.problem import ProblemPane
from inspector.panes.table import TablePane
from inspector.panes.trace import TracePane
from inspector.panes.triptych_pane import TriptychPane
from inspector.panes.welcome import WelcomePane

PANES = (
    ("failure", "Message", FailureBar, "bar"),
    ("trust", "Trust", TrustBar, "bar"),
    ("questions", "Question", QuestionBar, "bar"),
    ("welcome", "Welcome", WelcomePane, "welcome"),
    ("checks", "Checks", ChecksPane, "left"),
    ("triptych", "Pictures", TriptychPane, "centre"),
    ("trace", "Trace", TracePane, "centre"),
    ("problem", "Problem", ProblemPane, "right"),
    ("cell", "Cell", CellPane, "right"),
    ("levels", "Levels", LevelsPane, "right"),
    ("table", "Table", TablePane, "bottom"),
    ("itemised", "Itemised", ItemisedPane, "bottom"),
    ("descent", "Descent", DescentPane, "bottom"),
    ("many", "Many problems", ManyPane, "bottom"),
)

__all__ = ["PANES"]
