from django.urls import path

from needlewise.web.pages.device import views

urlpatterns = [path("", views.page, name="dose")]
