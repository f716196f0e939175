"""Commands as an operator runs them."""

import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError


def run(name: str, *arguments: str) -> str:
    """What the command writes to stdout; raises CommandError where it would exit with 1."""
    out = io.StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


def refused(name: str, *arguments: str) -> str:
    """What the command says when it exits with 1: one sentence."""
    with pytest.raises(CommandError) as raised:
        run(name, *arguments)
    assert "Traceback" not in str(raised.value)
    return str(raised.value)


def status() -> tuple[dict[str, Any], bool]:
    """What `status --json` prints, and whether it exits with 0."""
    out = io.StringIO()
    try:
        call_command("status", "--json", stdout=out)
    except CommandError:
        return json.loads(out.getvalue()), False
    return json.loads(out.getvalue()), True


def said(name: str, *arguments: str) -> str:
    """What the command writes to stdout and stderr."""
    out = io.StringIO()
    call_command(name, *arguments, stdout=out, stderr=out)
    return out.getvalue()


def networks_told() -> dict[str, Any]:
    """What `status --json` prints about each network."""
    return dict(status()[0]["networks"])
