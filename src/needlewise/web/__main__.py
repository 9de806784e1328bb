"""python -m needlewise.web [ADDRESS]: serve the site on this machine."""

import os
import sys
import threading
from datetime import date


def main(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "needlewise.web.site.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - settings must be named first

    # What pools, draws and measures takes long to load: beside the server, so that the first page does not wait for it.
    threading.Thread(target=_warm, daemon=True).start()
    execute_from_command_line(["needlewise", "runserver", "--noreload", *(arguments or ["127.0.0.1:8000"])])


def _warm() -> None:
    from needlewise.web.pages.evidence import shelf  # noqa: PLC0415 - numpy, and seconds of loading

    shelf.warm()
    from django.conf import settings  # noqa: PLC0415 - settings must be named first

    if settings.PHOTOGRAPHS:
        from needlewise.web.pages.photographs import measuring  # noqa: PLC0415 - OpenCV, and minutes of compiling
        from needlewise.web.reading import imaging_on  # noqa: PLC0415

        measuring.warm(imaging_on(date.today()))


if __name__ == "__main__":
    main(sys.argv[1:])
