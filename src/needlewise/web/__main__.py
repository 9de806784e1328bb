"""python -m needlewise.web [ADDRESS]: serve the site on this machine."""

import os
import sys
import threading


def main(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "needlewise.web.site.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - settings must be named first

    from needlewise.web.pages.evidence.shelf import warm  # noqa: PLC0415 - numpy, and seconds of loading

    # What pools and draws takes seconds to load: beside the server, so that the first page does not wait for it.
    threading.Thread(target=warm, daemon=True).start()
    execute_from_command_line(["needlewise", "runserver", "--noreload", *(arguments or ["127.0.0.1:8000"])])


if __name__ == "__main__":
    main(sys.argv[1:])
