from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PapersConfig(AppConfig):
    name = "papers"

    def ready(self) -> None:
        from papers.rendered import columns
        from papers.search.schema import install_triggers

        post_migrate.connect(install_triggers, sender=self)
        post_migrate.connect(columns.TRIGGERS.install, sender=self)
