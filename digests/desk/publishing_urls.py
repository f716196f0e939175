"""Addresses of publication and history, below a day's desk."""

from django.contrib import admin
from django.urls import path, re_path

from digests.desk import history_views, publishing_views

urlpatterns = [
    path("check", publishing_views.check),
    path("waive", publishing_views.waive),
    path("direction", publishing_views.direction),
    path("publish", publishing_views.publish_now),
    path("schedule", publishing_views.schedule_at),
    path("unschedule", publishing_views.unschedule_it),
    path("withdraw", publishing_views.withdraw_it),
    path("correct", publishing_views.correct),
    path("publish_correction", publishing_views.publish_the_correction),
    path("drop_correction", publishing_views.drop_the_correction),
    path("restore", history_views.restore),
    path("history/", admin.site.admin_view(history_views.history_page), name="desk-history"),
    re_path("^preview/(?P<form>page|feed|markdown)$", admin.site.admin_view(history_views.preview), name="desk-preview"),
]
