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
        "pool": Action("every group of figures with its number of studies, one of them or a CSV file pooled", "pools"),
        "forest": Action("the forest plot of a group of figures, drawn with characters or as SVG", "forests"),
        "claims": Action(
            "the claims that articles make, graded; or one of them with its numbers and studies", "claims"
        ),
        "without": Action("every pool, claim and forecast that moves when a study no longer counts", "removing"),
        "export": Action("the base as flat tables, for whoever computes with something else", "exporting"),
        "new": Action("begin the files of a study from what a publication says of itself", "beginning"),
    },
)
declare, run = _ACTIONS.declare, _ACTIONS.run
