"""PANES: every pane of the window: id, title, class, and where it stands."""

from inspector.panes.bars import FailureBar, QuestionBar, RepairedBar, TrustBar
from inspector.panes.cell import CellPane
from inspector.panes.checks import ChecksPane
from inspector.panes.debug.arrays import ArraysPane
from inspector.panes.debug.breakpoints import BreakpointsPane
from inspector.panes.debug.calls import CallsPane
from inspector.panes.debug.findings import FindingsPane
from inspector.panes.debug.grid import GridPane
from inspector.panes.debug.origin import OriginPane
from inspector.panes.debug.output import OutputPane
from inspector.panes.debug.source import SourcePane
from inspector.panes.descent import DescentPane
from inspector.panes.itemised import ItemisedPane
from inspector.panes.levels import LevelsPane
from inspector.panes.many import ManyPane
from inspector.panes.notes import NotesPane
from inspector.panes.problem import ProblemPane
from inspector.panes.session_bars import LeftBar, SessionBar, UnsavedBar
from inspector.panes.table import TablePane
from inspector.panes.trace import TracePane
from inspector.panes.triptych_pane import TriptychPane
from inspector.panes.verdicts import VerdictsPane
from inspector.panes.welcome import WelcomePane

PANES = (
    ("failure", "Message", FailureBar, "bar"),
    ("trust", "Trust", TrustBar, "bar"),
    ("questions", "Question", QuestionBar, "bar"),
    ("repaired", "Repaired run", RepairedBar, "bar"),
    ("left", "Left by a crash", LeftBar, "bar"),
    ("session", "Session", SessionBar, "bar"),
    ("unsaved", "Notes that are not saved", UnsavedBar, "bar"),
    ("welcome", "Welcome", WelcomePane, "welcome"),
    ("checks", "Checks", ChecksPane, "left"),
    ("triptych", "Pictures", TriptychPane, "centre"),
    ("trace", "Trace", TracePane, "centre"),
    ("source", "Source", SourcePane, "code"),
    ("grid", "Steps", GridPane, "code"),
    ("problem", "Problem", ProblemPane, "right"),
    ("cell", "Cell", CellPane, "right"),
    ("levels", "Levels", LevelsPane, "right"),
    ("arrays", "Arrays", ArraysPane, "right"),
    ("table", "Table", TablePane, "bottom"),
    ("itemised", "Itemised", ItemisedPane, "bottom"),
    ("descent", "Descent", DescentPane, "bottom"),
    ("many", "Many problems", ManyPane, "bottom"),
    ("verdicts", "History", VerdictsPane, "bottom"),
    ("notes", "Notes", NotesPane, "bottom"),
    ("findings", "Findings", FindingsPane, "bottom"),
    ("breakpoints", "Breakpoints", BreakpointsPane, "bottom"),
    ("calls", "Calls", CallsPane, "bottom"),
    ("origin", "Origin", OriginPane, "bottom"),
    ("output", "Output", OutputPane, "bottom"),
)

__all__ = ["PANES"]
