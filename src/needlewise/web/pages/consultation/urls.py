from django.urls import path

from needlewise.web.pages.consultation import views

urlpatterns = [path("", views.page, name="consultation")]
