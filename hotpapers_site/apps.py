from django.apps import AppConfig


class HotPapersSiteConfig(AppConfig):
    name = "hotpapers_site"
