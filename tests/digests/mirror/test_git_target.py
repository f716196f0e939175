"""A git target: one commit a publication, over a bare repository; races, refusals and rewritten history end in right words."""

import os
import subprocess
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from digests.mirror import running
from digests.mirror.disk import FolderError
from digests.mirror.git import GitError
from digests.mirror.targets import Kind, Target
from digests.models import Digest, Entry, MirrorHealth, PublicEvent
from digests.publishing.status import make_public, publish, withdraw
from tests.digests.mirror.mirrored import files
from tests.factories import make_digest, make_draft

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2021, 5, 14, 9, tzinfo=UTC)


def git(folder: Path, *arguments: str) -> str:
    environment = os.environ | {
        "GIT_AUTHOR_NAME": "A",
        "GIT_COMMITTER_NAME": "A",
        "GIT_AUTHOR_EMAIL": "a@b",
        "GIT_COMMITTER_EMAIL": "a@b",
    }
    done = subprocess.run(["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def log(bare: Path) -> list[str]:
    return git(bare, "log", "--format=%s", "main").splitlines()


def push_another(bare: Path, folder: Path, name: str, text: str) -> None:
    """Somebody else's commit."""
    if not folder.exists():
        git(bare, "clone", "--quiet", "--branch", "main", str(bare), str(folder))
    git(folder, "pull", "--quiet", "--rebase")
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "Theirs")
    git(folder, "push", "--quiet", "origin", "HEAD:main")


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    folder = tmp_path / "bare.git"
    folder.mkdir()
    git(folder, "init", "--bare", "--quiet", "--initial-branch=main")
    return folder


@pytest.fixture
def target(bare: Path, tmp_path: Path) -> Target:
    make_digest(date(2021, 5, 11), papers=2)
    make_digest(date(2021, 5, 12), papers=1)
    return Target(
        "blog", tmp_path / "clone", Kind.GIT, "hugo", remote=str(bare), path="content", author="Hot Papers <m@papers.example>"
    )


def test_first_push_has_all_days_in_one_commit(target: Target, bare: Path) -> None:
    running.run(target, NOW)
    assert log(bare) == ["Publish 2 days"]
    assert git(bare, "ls-tree", "-r", "--name-only", "main").splitlines() == [
        "content/hot-papers-2021-05-11.html",
        "content/hot-papers-2021-05-12.html",
        "content/mirror.json",
    ]
    assert git(bare, "log", "--format=%an <%ae> %cn", "main") == "Hot Papers <m@papers.example> Hot Papers"
    running.run(target, NOW)
    assert log(bare) == ["Publish 2 days"]


def test_each_publication_is_one_commit_that_says_what_it_is(target: Target, bare: Path) -> None:
    running.run(target, NOW)
    draft = make_draft(date(2021, 5, 13), papers=3)
    publish(draft, now=NOW)
    first, second = Digest.objects.get(date=date(2021, 5, 11)), Digest.objects.get(date=date(2021, 5, 12))
    withdraw(first, now=NOW.replace(hour=10), note="Wrong counts.")
    Entry.objects.filter(digest=second).update(retweets=7)
    make_public(second, PublicEvent(kind="corrected", at=NOW.replace(hour=11), note="A name."))
    running.run(target, NOW)
    assert log(bare) == [
        "Correct 2021-05-12: A name.",
        "Withdraw 2021-05-11: Wrong counts.",
        "Publish 2021-05-13: 3 papers",
        "Publish 2 days",
    ]
    for commit in git(bare, "rev-list", "main").splitlines():  # the manifest of each is true
        listed = git(bare, "ls-tree", "-r", "--name-only", commit).splitlines()
        told = git(bare, "show", f"{commit}:content/mirror.json")
        assert [name for name in listed if name.endswith(".html") and name.removeprefix("content/") not in told] == []
    assert git(bare, "rev-parse", "main^{tree}") == git(target.folder, "write-tree")


def test_days_that_are_alike_are_not_taken_for_one_that_was_renamed(target: Target, bare: Path) -> None:
    target = replace(target, profile="lumen-2020")
    gone = make_digest(date(2021, 5, 9), papers=0)
    running.run(target, NOW)
    withdraw(gone, now=NOW, note="Wrong day.")
    publish(make_draft(date(2021, 5, 10), papers=0), now=NOW.replace(hour=10))
    running.run(target, NOW)
    assert log(bare) == ["Publish 2021-05-10: 0 papers", "Withdraw 2021-05-09: Wrong day.", "Publish 3 days"]


def test_same_days_give_the_same_tree(target: Target, bare: Path, tmp_path: Path) -> None:
    running.run(target, NOW)
    other = tmp_path / "other.git"
    other.mkdir()
    git(other, "init", "--bare", "--quiet", "--initial-branch=main")
    running.run(Target("again", tmp_path / "clone2", Kind.GIT, "hugo", remote=str(other), path="content"), NOW)
    assert git(other, "rev-parse", "main^{tree}") == git(bare, "rev-parse", "main^{tree}")


def test_commits_of_others_stay_below_ours(target: Target, bare: Path, tmp_path: Path) -> None:
    running.run(target, NOW)
    push_another(bare, tmp_path / "theirs", "README.md", "Ours, too.")
    Entry.objects.filter(digest__date=date(2021, 5, 12)).update(retweets=7)
    running.run(target, NOW)
    assert log(bare) == ["Update 2021-05-12", "Theirs", "Publish 2 days"]
    assert git(bare, "show", "main:README.md") == "Ours, too."


def test_push_that_somebody_else_was_faster_than_is_tried_again(target: Target, bare: Path, tmp_path: Path) -> None:
    running.run(target, NOW)
    push_another(bare, tmp_path / "theirs", "a", "1")
    git(tmp_path / "theirs", "commit", "--quiet", "--allow-empty", "-m", "In between")
    hook = bare / "hooks" / "pre-receive"  # the first push of ours finds that the branch has moved meanwhile
    hook.write_text(
        f"#!/bin/sh\n[ -e {tmp_path}/once ] && exit 0\ntouch {tmp_path}/once\nunset GIT_QUARANTINE_PATH\n"
        f"cd {tmp_path}/theirs && env -u GIT_DIR -u GIT_OBJECT_DIRECTORY -u GIT_ALTERNATE_OBJECT_DIRECTORIES git push --quiet origin HEAD:main\n"
    )
    hook.chmod(0o755)
    Entry.objects.filter(digest__date=date(2021, 5, 12)).update(retweets=7)
    running.run(target, NOW)
    assert log(bare) == ["Update 2021-05-12", "In between", "Theirs", "Publish 2 days"]


def test_two_sites_that_push_at_once_both_end_right(target: Target, bare: Path, tmp_path: Path) -> None:
    running.run(target, NOW)
    twin = Target("twin", tmp_path / "twin", Kind.GIT, "hugo", remote=str(bare), path="content")
    running.run(twin, NOW)
    Entry.objects.filter(digest__date=date(2021, 5, 12)).update(retweets=7)
    running.run(twin, NOW)
    Entry.objects.filter(digest__date=date(2021, 5, 11)).update(retweets=8)
    running.run(target, NOW)
    running.run(twin, NOW)
    assert files(target.files) == files(twin.files)
    assert git(bare, "rev-parse", "main^{tree}") == git(target.folder, "write-tree")
    assert MirrorHealth.objects.filter(state="ok").count() == 2


@pytest.mark.parametrize("link", ["content", "content/hot-papers-2021-05-12.html"])
def test_links_that_somebody_pushed_lead_nowhere(target: Target, bare: Path, tmp_path: Path, link: str) -> None:
    running.run(target, NOW)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "key").write_text("Nobody else's.")
    push_another(bare, tmp_path / "theirs", "README.md", "Ours, too.")
    git(tmp_path / "theirs", "rm", "-r", "--quiet", link)
    (tmp_path / "theirs" / link).parent.mkdir(exist_ok=True)
    (tmp_path / "theirs" / link).symlink_to(outside if link == "content" else outside / "key")
    git(tmp_path / "theirs", "add", "--all")
    git(tmp_path / "theirs", "commit", "--quiet", "-m", "Theirs")
    git(tmp_path / "theirs", "push", "--quiet", "origin", "HEAD:main")

    Entry.objects.update(retweets=7)
    with suppress(FolderError, GitError):  # a file is where our folder should be
        running.run(target, NOW)
    assert {path.name: path.read_text() for path in outside.iterdir()} == {"key": "Nobody else's."}
    assert "Nobody else's." not in git(bare, "grep", "-h", "", "main")


def test_edit_that_somebody_pushed_is_kept_beside_and_told(target: Target, bare: Path, tmp_path: Path) -> None:
    running.run(target, NOW)
    push_another(bare, tmp_path / "theirs", "content/hot-papers-2021-05-12.html", "Their words.")
    report = running.run(target, NOW)
    assert len(report.theirs) == 1
    assert (target.files / "hot-papers-2021-05-12.html.theirs").read_text() == "Their words."
    assert "hot_papers" in git(bare, "show", "main:content/hot-papers-2021-05-12.html")
    assert "theirs" not in git(bare, "ls-tree", "-r", "--name-only", "main")


def test_rewritten_history_is_told_and_never_forced(target: Target, bare: Path, tmp_path: Path) -> None:
    running.run(target, NOW)
    push_another(bare, tmp_path / "theirs", "a", "1")
    running.run(target, NOW)
    git(tmp_path / "theirs", "checkout", "--quiet", "--orphan", "new")
    git(tmp_path / "theirs", "commit", "--quiet", "-m", "All new")
    git(tmp_path / "theirs", "push", "--quiet", "--force", "origin", "HEAD:main")
    Entry.objects.filter(digest__date=date(2021, 5, 12)).update(retweets=7)
    with pytest.raises(GitError, match=r"was rewritten: what we pushed is no longer in its history.*Nothing is forced"):
        running.run(target, NOW)
    assert log(bare) == ["All new"]
    assert MirrorHealth.objects.get().state == "refused"


def test_remote_that_is_away_is_caught_up_with(target: Target, bare: Path, tmp_path: Path) -> None:
    running.run(target, NOW)
    bare.rename(tmp_path / "away.git")
    Entry.objects.filter(digest__date=date(2021, 5, 12)).update(retweets=7)
    with pytest.raises(GitError, match=r"the repository of blog refuses: .*check MIRROR_BLOG_REMOTE"):
        running.run(target, NOW)
    (tmp_path / "away.git").rename(bare)
    running.run(target, NOW)
    assert log(bare) == ["Update 2021-05-12", "Publish 2 days"]


def test_remote_that_does_not_answer_is_told_and_what_changed_is_committed(target: Target, bare: Path) -> None:
    running.run(target, NOW)
    away = Target("blog", target.folder, Kind.GIT, "hugo", remote="http://127.0.0.1:9/a.git", path="content", token="hunter2")
    Entry.objects.filter(digest__date=date(2021, 5, 12)).update(retweets=7)
    with pytest.raises(GitError, match="the repository of blog cannot be reached") as caught:
        running.run(away, NOW)
    row = MirrorHealth.objects.get()
    assert (row.state, row.owes, "hunter2" in str(caught.value)) == ("waiting", True, False)
    assert git(target.folder, "log", "--format=%s").splitlines() == ["Update 2021-05-12", "Publish 2 days"]
    running.run(replace(target, build=f"touch {bare}/built"), NOW)
    assert (bare / "built").exists()
    assert log(bare) == ["Update 2021-05-12", "Publish 2 days"]
