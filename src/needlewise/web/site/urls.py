"""Every page, one line each."""

from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="consultation")),
    path("consultation/", include("needlewise.web.pages.consultation.urls")),
]
