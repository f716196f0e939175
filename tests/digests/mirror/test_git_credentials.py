"""Credentials reach git through its helper alone; a server that refuses, is down or slow is told without them. Also over SSH."""

import os
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from digests.mirror import running
from digests.mirror.git import Git, GitError
from digests.mirror.targets import Kind, Target
from digests.models import Entry
from tests.digests.mirror.test_git_target import git, log
from tests.factories import make_digest
from tests.standins.git_server import GitServer, git_server

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2021, 5, 14, 9, tzinfo=UTC)
SECRET = "hunter2%&'\"$x"


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    folder = tmp_path / "served" / "blog.git"
    folder.mkdir(parents=True)
    git(folder, "init", "--bare", "--quiet", "--initial-branch=main")
    git(folder, "config", "http.receivepack", "true")
    make_digest(date(2021, 5, 12), papers=1)
    return folder


@pytest.fixture
def server(bare: Path) -> Iterator[GitServer]:
    with git_server(bare.parent, "robot", SECRET) as running_server:
        yield running_server


def over(server: GitServer, folder: Path, token: str = SECRET) -> Target:
    return Target("blog", folder, Kind.GIT, "hugo", remote=f"{server.address}/blog.git", user="robot", token=token)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The arguments of every program that is started."""
    arguments: list[str] = []
    popen = subprocess.Popen

    def watched(command: list[str], **options: Any) -> object:
        arguments.extend(command)
        return popen(command, **options)

    monkeypatch.setattr(subprocess, "Popen", watched)
    return arguments


def test_token_reaches_the_server_and_stands_nowhere(
    server: GitServer, bare: Path, tmp_path: Path, seen: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    running.run(over(server, tmp_path / "clone"), NOW)
    assert log(bare) == ["Publish 2021-05-12: 1 paper"]
    assert [part for part in seen if "hunter2" in part] == []
    assert "hunter2" not in git(tmp_path / "clone", "remote", "-v") + git(tmp_path / "clone", "config", "--list")
    assert [path for path in (tmp_path / "clone" / ".git").rglob("*") if path.is_file() and b"hunter2" in path.read_bytes()] == []
    assert "hunter2" not in caplog.text


def test_settings_that_the_environment_tells_git_stay(
    server: GitServer, bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of a container that says which folders are safe."""
    for name, value in {"COUNT": "1", "KEY_0": "safe.directory", "VALUE_0": "/srv/papers"}.items():
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    target = over(server, tmp_path / "clone")
    running.run(target, NOW)
    assert log(bare) == ["Publish 2021-05-12: 1 paper"]
    assert Git(target)("config", "--get-all", "safe.directory").splitlines()[-1] == "/srv/papers"


def test_name_in_the_address_stands_in_no_argument_file_or_message(
    server: GitServer, bare: Path, tmp_path: Path, seen: list[str]
) -> None:
    """Some hosts take a token as the name."""
    address = server.address.replace("://", "://robot@")
    running.run(replace(over(server, tmp_path / "clone"), remote=f"{address}/blog.git", user=""), NOW)
    assert log(bare) == ["Publish 2021-05-12: 1 paper"]
    assert [part for part in seen if "robot" in part] == []
    assert "robot" not in git(tmp_path / "clone", "config", "--list")
    with pytest.raises(GitError) as caught:
        running.run(replace(over(server, tmp_path / "clone", ""), remote=f"{address}/blog.git", user=""), NOW)
    assert "robot" not in str(caught.value)


def test_wrong_token_is_told_and_waits_for_a_person(server: GitServer, tmp_path: Path) -> None:
    with pytest.raises(
        GitError, match=r"the repository of blog refuses: .*; check MIRROR_BLOG_REMOTE and our right to push"
    ) as caught:
        running.run(over(server, tmp_path / "clone", token="wrong-hunter3"), NOW)
    assert caught.value.passes is False
    assert "hunter" not in str(caught.value)


def test_missing_token_is_told_with_its_setting(server: GitServer, tmp_path: Path) -> None:
    with pytest.raises(GitError, match=r"our right to push; set MIRROR_BLOG_TOKEN$") as caught:
        running.run(over(server, tmp_path / "clone", token=""), NOW)
    assert caught.value.passes is False


def test_address_of_a_website_waits_for_a_person(server: GitServer, tmp_path: Path) -> None:
    server.answers = 200
    with pytest.raises(GitError, match=r"the repository of blog refuses: .*; check MIRROR_BLOG_REMOTE") as caught:
        running.run(over(server, tmp_path / "clone"), NOW)
    assert caught.value.passes is False


def test_server_that_fails_is_caught_up_with(server: GitServer, bare: Path, tmp_path: Path) -> None:
    target = over(server, tmp_path / "clone")
    running.run(target, NOW)
    Entry.objects.update(retweets=7)
    server.answers = 503
    with pytest.raises(GitError, match="cannot be reached") as caught:
        running.run(target, NOW)
    assert caught.value.passes is True
    server.answers = None
    running.run(target, NOW)
    assert log(bare) == ["Update 2021-05-12", "Publish 2021-05-12: 1 paper"]


def test_push_over_ssh(bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in does what sshd does: it runs the command that ssh was given, in a shell."""
    ssh = tmp_path / "ssh"
    ssh.write_text('#!/bin/sh\nfor last; do :; done\nexec sh -c "$last"\n')
    ssh.chmod(ssh.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(ssh))
    running.run(Target("blog", tmp_path / "clone", Kind.GIT, "hugo", remote=f"robot@git.example:{bare}"), NOW)
    assert log(bare) == ["Publish 2021-05-12: 1 paper"]
    assert os.environ["GIT_SSH_COMMAND"] == str(ssh)
