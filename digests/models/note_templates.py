"""Texts that editors begin a note from."""

from django.core.validators import MaxLengthValidator
from django.db import models


class NoteTemplate(models.Model):
    """A text that the desk offers to start a note from. What is inserted is ordinary text of the note from then on."""

    name = models.CharField(max_length=60, unique=True, help_text="As the desk’s menu shows it")
    text = models.TextField(
        validators=[MaxLengthValidator(2_000)],
        help_text="Markdown. {lead} becomes the abstract’s lead sentence, {title} the title, {author} the first author’s name.",
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="The smallest comes first")

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name
