"""SESSION_ACTIONS: the commands about sessions and notes."""

from __future__ import annotations

from inspector.action import EDIT, FILE, Action

# fmt: off
SAVE_ACTIONS: tuple[Action, ...] = (
    Action("save_session", "&Save session", FILE, lambda c: c.sessions.save(), ("Ctrl+S",), icon="mdi6.content-save-outline",
           tip="Save problem, result, recording, findings and notes in one file that opens on any machine"),
    Action("save_session_as", "Save session &as...", FILE, lambda c: c.sessions.save_as(), ("Ctrl+Shift+S",),
           tip="Save the session under another name", ends_group=True),
)

NOTE_ACTIONS: tuple[Action, ...] = (
    Action("write_note", "Note on entry or &line...", EDIT, lambda c: c.sessions.write_note(), ("Ctrl+M",),
           tip="Write a note on the picked entry, or beside the code on the line of the cursor; an empty one takes it away"),
    Action("list_notes", "List of n&otes", EDIT, lambda c: c.sessions.show_notes(), ("Ctrl+Shift+M",),
           tip="List all notes; Enter goes to what one is about", ends_group=True),
)
# fmt: on
