"""Settings, read from the environment in this one place.

There is no database yet: nothing is stored. It comes with the clinic's records.
"""

import os
import secrets
from pathlib import Path

import font_source_sans_pro
import font_source_serif_pro
from csp.constants import NONE, SELF

WEB = Path(__file__).resolve().parent.parent

DEBUG = os.environ.get("NEEDLEWISE_DEBUG", "") == "1"
# Nothing is signed that must outlive the process, so a key made at start is enough until records come.
SECRET_KEY = os.environ.get("NEEDLEWISE_SECRET_KEY") or secrets.token_urlsafe(48)
# Photographs of patients are looked at only where a clinic has decided so.
PHOTOGRAPHS = os.environ.get("NEEDLEWISE_PHOTOGRAPHS", "") == "1"
ALLOWED_HOSTS = os.environ.get("NEEDLEWISE_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "csp",
    "needlewise.web.design",
]
MIDDLEWARE = [
    "needlewise.web.site.keeping.keep_nothing",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "needlewise.web.site.urls"
WSGI_APPLICATION = "needlewise.web.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [WEB / "pages", WEB / "design" / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "needlewise.web.design.navigation.offer_navigation",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django_cotton.cotton_loader.Loader", "django.template.loaders.filesystem.Loader"],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton", "django.templatetags.static"],
        },
    }
]
COTTON_DIR = "ui"
DATABASES: dict[str, dict[str, str]] = {}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATICFILES_DIRS = [
    WEB / "design" / "static",
    ("type/sans", Path(font_source_sans_pro.__path__[0]) / "files"),
    ("type/serif", Path(font_source_serif_pro.__path__[0]) / "files"),
]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
CSRF_FAILURE_VIEW = "needlewise.web.site.refusals.csrf_failure"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# A consultation is a page of answers: about 120 questions, some of them for several zones.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
# No page but that of photographs takes files, and that one brings its own way. What is sent all the same goes to no disk.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"without-words": {"()": "needlewise.web.site.keeping.WithoutWords"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "without-words"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
