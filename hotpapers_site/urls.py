"""Addresses of the whole site."""

from django.contrib import admin
from django.urls import include, path

from hotpapers_site import security_txt
from hotpapers_site.accounts import own_account, password, second_factor
from hotpapers_site.health import system_page

urlpatterns = [
    path("admin/password_change/", password.password_change),
    path("admin/confirm_password/", password.confirm_password, name="confirm-password"),
    path("admin/second_factor/", second_factor.verify, name="second-factor"),
    path("admin/account/", own_account.own_account, name="own-account"),
    path("admin/system/", system_page.system, name="system"),
    path("admin/", include("digests.desk.urls")),
    path("admin/", admin.site.urls),
    path(".well-known/security.txt", security_txt.security_txt),
    path("", include("digests.urls")),
]
handler400 = "hotpapers_site.errors.bad_request"
handler403 = "hotpapers_site.errors.permission_denied"
handler404 = "hotpapers_site.errors.page_not_found"
handler500 = "hotpapers_site.errors.server_error"
