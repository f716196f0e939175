"""Addresses of the whole site."""

from django.contrib import admin
from django.urls import include, path

from hotpapers_site import accounts, security_txt

urlpatterns = [
    path("admin/password_change/", accounts.password_change),
    path("admin/confirm_password/", accounts.confirm_password, name="confirm-password"),
    path("admin/", include("digests.desk.urls")),
    path("admin/", admin.site.urls),
    path(".well-known/security.txt", security_txt.security_txt),
    path("", include("digests.urls")),
]
handler400 = "hotpapers_site.errors.bad_request"
handler403 = "hotpapers_site.errors.permission_denied"
handler404 = "hotpapers_site.errors.page_not_found"
handler500 = "hotpapers_site.errors.server_error"
