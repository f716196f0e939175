from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class DigestsConfig(AppConfig):
    name = "digests"

    def ready(self) -> None:
        from digests.editing import asked_by_papers, texts_to_render
        from digests.page_cache import triggers
        from papers import list_questions

        list_questions.answered_by(asked_by_papers)
        texts_to_render.register_all()
        pre_migrate.connect(triggers.drop, sender=self)
        post_migrate.connect(triggers.TRIGGERS.install, sender=self)
