"""How the mirrors are."""

from django.db import models


class MirrorHealth(models.Model):
    """How a target's last run went. Its files and what they hold are told by its manifest alone."""

    class State(models.TextChoices):
        OK = "ok", "up to date"
        WAITING = "waiting", "will be tried again"
        REFUSED = "refused", "waits until someone acts"

    name = models.CharField(max_length=32, unique=True, help_text="Of the target, as in MIRRORS")
    state = models.CharField(max_length=8, choices=State, default=State.OK)
    message = models.CharField(max_length=1000, blank=True, help_text="What went wrong, why, and what to do")
    since = models.DateTimeField(help_text="When it came into this state")
    ran_at = models.DateTimeField(help_text="The last run")
    good_at = models.DateTimeField(null=True, help_text="The last good run")
    is_derived = True  # of this machine; the next run says it again

    owes = models.BooleanField(default=False, help_text="Files changed, and what follows has not succeeded yet")

    class Meta:
        verbose_name_plural = "mirrors"
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=["ok", "waiting", "refused"]), name="mirror_state_known")
        ]

    def __str__(self) -> str:
        return self.name
