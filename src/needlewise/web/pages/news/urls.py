from django.urls import path

from needlewise.web.pages.news import views

urlpatterns = [
    path("", views.page, name="news"),
    path("feed.atom", views.feed, name="news-feed"),
]
