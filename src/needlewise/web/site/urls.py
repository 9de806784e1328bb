"""Every page, one line each."""

from django.urls import include, path
from django.views.generic import RedirectView

handler400 = "needlewise.web.site.refusals.bad_request"
handler404 = "needlewise.web.site.refusals.not_found"
handler500 = "needlewise.web.site.refusals.gone_wrong"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="consultation")),
    path("consultation/", include("needlewise.web.pages.consultation.urls")),
    path("evidence/", include("needlewise.web.pages.evidence.urls")),
    path("dose/", include("needlewise.web.pages.device.urls")),
    path("photographs/", include("needlewise.web.pages.photographs.urls")),
    path("learn/", include("needlewise.web.pages.learn.urls")),
    path("news/", include("needlewise.web.pages.news.urls")),
]
