"""The application, for any WSGI server. It brings its own styles, scripts and type, so one process is enough."""

import os

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest
from django.http.response import HttpResponseBase

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "needlewise.web.site.settings")

A_YEAR_IN_SECONDS = 31_536_000


class Site(StaticFilesHandler):
    """The pages and the files beside them. Type never changes under its name; all other files are asked for again each
    time. Pages do not come through `get_response`: what may be kept of them is said in `keeping`."""

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        response = super().get_response(request)
        is_type = "/type/" in request.path and response.status_code == 200
        kept = f"public, max-age={A_YEAR_IN_SECONDS}, immutable" if is_type else "no-cache"
        response.setdefault("Cache-Control", kept)
        response["X-Content-Type-Options"] = "nosniff"
        return response


application = Site(get_wsgi_application())


def _read_protocol() -> None:
    """Read the protocol at start, so that the first patient of the day does not wait for it."""
    from needlewise.web.pages.consultation.views import today  # noqa: PLC0415 - the site must be set up first
    from needlewise.web.reading import protocol_on  # noqa: PLC0415

    protocol_on(today())


_read_protocol()
