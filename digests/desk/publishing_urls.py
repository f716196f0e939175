"""Addresses of publication and history, below a day's desk."""

from django.contrib import admin
from django.urls import path, re_path

from digests.desk.views import history, previews, publication

urlpatterns = [
    path("check", publication.check),
    path("ignore_finding", publication.ignore_finding),
    path("direction", publication.direction),
    path("publish", publication.publish_now),
    path("undo_publish", publication.undo_publish),
    path("release", publication.release_now),
    path("schedule", publication.schedule_at),
    path("unschedule", publication.unschedule_it),
    path("withdraw", publication.withdraw_it),
    path("correct", publication.correct),
    path("publish_correction", publication.publish_the_correction),
    path("drop_correction", publication.drop_the_correction),
    path("restore", history.restore),
    path("history/", admin.site.admin_view(history.history_page), name="desk-history"),
    re_path("^preview/(?P<form>page|feed|markdown|picture)$", admin.site.admin_view(previews.preview), name="desk-preview"),
    path("preview/file/<str:target>", admin.site.admin_view(previews.file), name="desk-preview-file"),
]
