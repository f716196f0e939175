"""Addresses of the whole site."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", include("digests.desk.urls")),
    path("admin/", admin.site.urls),
    path("", include("digests.urls")),
]
