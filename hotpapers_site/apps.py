from django.apps import AppConfig


class HotPapersSiteConfig(AppConfig):
    name = "hotpapers_site"

    def ready(self) -> None:
        from hotpapers_site import sessions  # noqa: F401 - hears of logins
