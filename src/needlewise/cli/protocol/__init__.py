"""needlewise protocol: read, check and compare what is known."""

from needlewise.cli.actions import Action, Actions

_ACTIONS = Actions(
    __name__,
    {
        "check": Action("read all knowledge files and run every example of every rule", "checking"),
        "list": Action("the rows of a table, one line each", "listing"),
        "show": Action("everything about one id: a rule, a question, a zone, a device, a source ...", "showing"),
        "sources": Action("the sources, or one of them and all that rests on it", "citing"),
        "diff": Action("what differs between two knowledge folders, or two days", "differing"),
    },
)
declare, run = _ACTIONS.declare, _ACTIONS.run
