from django.urls import path

from needlewise.web.pages.photographs import views

urlpatterns = [
    path("", views.page, name="photographs"),
    path("card-<slug:paper>.pdf", views.card, name="photographs-card"),
]
