"""Security events in the admin, to read. Devices of the second factor belong to each user and are not listed."""

from django.contrib import admin
from django_otp.plugins.otp_static.admin import StaticDevice
from django_otp.plugins.otp_totp.admin import TOTPDevice

from hotpapers_site.models import SecurityEvent
from papers.admin.collection import ReadOnlyAdmin

admin.site.unregister((TOTPDevice, StaticDevice))


@admin.register(SecurityEvent)
class SecurityEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "kind", "user", "by", "address", "detail"]
    list_select_related = ["user", "by"]
    ordering = ["-at", "-id"]
    sortable_by = ["at"]
    seen_with = "auth.view_user"
