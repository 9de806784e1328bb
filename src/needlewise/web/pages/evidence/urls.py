from django.urls import path

from needlewise.web.pages.evidence import views

urlpatterns = [
    path("", views.contents, name="evidence"),
    path("indications/<slug:name>/", views.indication, name="evidence-indication"),
    path("groups/<str:name>/", views.group, name="evidence-group"),
    path("claims/", views.claims, name="evidence-claims"),
    path("claims/<slug:name>/", views.claim, name="evidence-claim"),
    path("studies/", views.studies, name="evidence-studies"),
    path("studies/<slug:name>/", views.study, name="evidence-study"),
    path("sources/<slug:name>/", views.source, name="evidence-source"),
]
