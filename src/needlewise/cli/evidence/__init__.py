"""needlewise evidence: what the trials say."""

from needlewise.cli.actions import Action, Actions

_ACTIONS = Actions(
    __name__,
    {
        "check": Action(
            "read all studies and the tables that make them comparable, and look whether their figures add up",
            "checking",
        ),
        "list": Action("the studies of an indication, or all, one line each", "listing"),
        "show": Action("everything about one study, with what was read and where", "showing"),
        "pool": Action("every group of figures with its number of studies, or one of them pooled", "pools"),
    },
)
declare, run = _ACTIONS.declare, _ACTIONS.run
