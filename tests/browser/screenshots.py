"""Screenshots of the consultation for people to look at; no test runs this.

    ./dev exec python -m tests.browser.screenshots FOLDER [EXAMPLE ...]

Every example named (by default a few that differ) on desk, tablet and phone, in light and in dark.
"""

import sys
from pathlib import Path

from tests.browser import live_site

SIZES = {"desk": (1440, 1000), "tablet": (1024, 768), "phone": (390, 844)}
STEPS = {"desk": ("",), "tablet": ("#who", "#where"), "phone": ("#who", "#where", "#what")}
# The empty page, a typical case, a deferral, an exclusion, open questions, two goals.
EXAMPLES = (
    "",
    "acne-scars-type-iii",
    "isotretinoin-stopped-90-days-ago",
    "pregnancy",
    "open-questions",
    "two-goals-that-fit",
)


def main(arguments: list[str]) -> None:
    if not arguments or live_site.CHROMIUM is None:
        sys.exit(__doc__ if not arguments else "no chromium on the PATH")
    folder, examples = Path(arguments[0]), arguments[1:] or EXAMPLES
    folder.mkdir(parents=True, exist_ok=True)
    with live_site.served_site() as address, live_site.chromium() as browser:
        for size, (width, height) in SIZES.items():
            for scheme in ("light", "dark"):
                context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
                page = context.new_page()
                for example in examples:
                    for step in STEPS[size]:
                        page.goto(f"{address}/consultation/{f'?example={example}' if example else ''}{step}")
                        page.wait_for_load_state("networkidle")
                        name = "-".join(part for part in (example or "empty", size, scheme, step.strip("#")) if part)
                        page.screenshot(path=folder / f"{name}.png", caret="initial")
                context.close()
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


if __name__ == "__main__":
    main(sys.argv[1:])
