"""What editors are called."""

from django.contrib.auth.models import AbstractBaseUser, User


def name_of(user: AbstractBaseUser | None) -> str:
    """Return the full name, or the user name without one; empty for the site itself."""
    return (user.get_full_name() or user.get_username()) if isinstance(user, User) else ""
