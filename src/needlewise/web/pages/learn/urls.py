from django.urls import path

from needlewise.web.pages.learn import views

urlpatterns = [
    path("", views.contents, name="learn"),
    path("<slug:name>/", views.article, name="learn-article"),
]
