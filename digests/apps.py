from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class DigestsConfig(AppConfig):
    name = "digests"

    def ready(self) -> None:
        from digests.editing import texts
        from digests.page_cache import triggers

        texts.register_all()
        pre_migrate.connect(triggers.drop, sender=self)
        post_migrate.connect(triggers.create, sender=self)
