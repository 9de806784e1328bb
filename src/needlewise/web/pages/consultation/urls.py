from django.urls import path

from needlewise.web.pages.consultation import downloads, healing_views, views

urlpatterns = [
    path("", views.page, name="consultation"),
    path("healing/", healing_views.healing, name="consultation-healing"),
    path("plan.pdf", downloads.plan_pdf, name="consultation-plan-pdf"),
    path("practitioner.pdf", downloads.practitioner_sheet, name="consultation-practitioner-pdf"),
    path("calendar.ics", downloads.calendar, name="consultation-calendar"),
    path("tips.txt", downloads.tips, name="consultation-tips"),
    path("case.toml", downloads.case_file, name="consultation-case"),
    path("consultation.json", downloads.document, name="consultation-json"),
]
