import pytest
from django.test import Client

from tests.editors import make_client, make_user


@pytest.fixture
def editor(db: None) -> Client:
    """The browser of an Editor."""
    return make_client(make_user(group="Editor"))
