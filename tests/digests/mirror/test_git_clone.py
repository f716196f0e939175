"""A git target's clone in odd states, and repositories with settings of their own: what is pushed are our files alone."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from digests.mirror import running
from digests.mirror.disk import FolderError
from digests.mirror.git import GitError
from digests.mirror.manifest import ManifestError
from digests.mirror.targets import Kind, Target
from digests.models import Entry
from tests.digests.mirror.test_git_target import git, log, push_another
from tests.factories import make_digest

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2021, 5, 14, 9, tzinfo=UTC)
FILE = "hot-papers-2021-05-12.html"


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A repository in which somebody has written a page, with what makes trouble for ours."""
    make_digest(date(2021, 5, 12), papers=1)
    folder = tmp_path / "bare.git"
    folder.mkdir()
    git(folder, "init", "--bare", "--quiet", "--initial-branch=main")
    first = tmp_path / "first"
    git(tmp_path, "clone", "--quiet", str(folder), str(first))
    (first / "README.md").write_text("Theirs.\n")
    (first / ".gitignore").write_text("*.html\ncontent\n")
    (first / ".gitattributes").write_text("* text eol=crlf\n*.html filter=other ident\n")
    (first / "linked").symlink_to("/tmp")
    git(first, "add", "--all")
    git(first, "commit", "--quiet", "-m", "First")
    git(first, "push", "--quiet", "origin", "HEAD:main")
    return folder


@pytest.fixture
def target(bare: Path, tmp_path: Path) -> Target:
    return Target("blog", tmp_path / "clone", Kind.GIT, "hugo", remote=str(bare), path="content")


def change() -> None:
    Entry.objects.update(retweets=int(Entry.objects.values_list("retweets", flat=True)[0]) + 1)


def test_link_that_somebody_pushes_in_the_place_of_our_file_becomes_our_file(target: Target, bare: Path, tmp_path: Path) -> None:
    running.run(target, NOW)
    other = tmp_path / "first"
    git(other, "pull", "--quiet", "origin", "main")
    (other / "content" / FILE).unlink()
    (other / "content" / FILE).symlink_to("/etc/passwd")
    git(other, "add", "--force", "--all")
    git(other, "commit", "--quiet", "-m", "A link")
    git(other, "push", "--quiet", "origin", "HEAD:main")
    assert len(running.run(target, NOW).theirs) == 1
    assert (target.files / f"{FILE}.theirs").read_text() == "/etc/passwd"
    assert git(bare, "ls-tree", "main", f"content/{FILE}").startswith("100644 blob")
    assert git(bare, "show", f"main:content/{FILE}").encode() == (target.files / FILE).read_bytes().strip()
    assert running.run(target, NOW).theirs == []


def test_folder_that_is_a_work_tree_of_another_repository_is_refused_in_words(target: Target, bare: Path, tmp_path: Path) -> None:
    git(tmp_path / "first", "worktree", "add", "--quiet", str(target.folder), "-b", "mirror")
    with pytest.raises(GitError, match=r"is a part of another repository .* MIRROR_BLOG_DIR") as caught:
        running.run(target, NOW)
    assert caught.value.passes is False
    assert (target.folder / ".git").is_file()


def test_clone_whose_making_was_cut_off_is_not_taken_for_the_repository_around_it(
    target: Target, bare: Path, tmp_path: Path, settings: Settings
) -> None:
    """As where VAR_DIR is inside the clone of this site's code."""
    around = tmp_path / "first"
    before = git(around, "log", "--oneline", "--all"), (around / ".git" / "config").read_text()
    inside = replace(target, folder=around / "var" / "mirrors" / "blog")
    settings.MIRRORS = [inside]
    (inside.folder / ".git").mkdir(parents=True)
    running.run(inside, NOW)
    assert log(bare) == ["Publish 2021-05-12: 1 paper", "First"]
    assert (git(around, "log", "--oneline", "--all"), (around / ".git" / "config").read_text()) == before
    (inside.folder / ".git" / "HEAD").unlink()
    with pytest.raises(CommandError, match="blog: git rev-parse failed: fatal: not a git repository"):
        call_command("mirror", "--check")
    running.run(inside, NOW)
    call_command("mirror", "--check")


def test_repositories_own_settings_do_not_change_our_files(target: Target, bare: Path) -> None:
    running.run(target, NOW)
    assert log(bare) == ["Publish 2021-05-12: 1 paper", "First"]
    ours = (target.files / FILE).read_bytes()
    assert git(bare, "show", f"main:content/{FILE}").encode() == ours.strip()
    change()
    assert running.run(target, NOW).theirs == []
    assert git(target.folder, "status", "--porcelain") == ""
    assert (target.folder / "linked").read_text() == "/tmp"  # not followed: our files must not leave the clone
    with pytest.raises(FolderError, match="stands where a folder should be; move it away"):
        running.run(replace(target, path="linked/posts"), NOW)


def test_what_a_person_has_in_the_clone_is_neither_pushed_nor_lost(target: Target, bare: Path, tmp_path: Path) -> None:
    running.run(target, NOW)
    (target.folder / "README.md").write_text("Under way.\n")
    (target.folder / "draft.txt").write_text("A draft.")
    (target.files / "notes.txt").write_text("Notes.")
    git(target.folder, "add", "draft.txt")
    git(target.folder, "checkout", "--quiet", "--detach", "HEAD~1")
    (target.folder / "README.md").write_text("Under way.\n")
    push_another(bare, tmp_path / "first", "other.txt", "More.")
    change()
    running.run(target, NOW)
    assert log(bare) == ["Update 2021-05-12", "Theirs", "Publish 2021-05-12: 1 paper", "First"]
    assert git(bare, "ls-tree", "-r", "--name-only", "main").splitlines() == [
        ".gitattributes", ".gitignore", "README.md", f"content/{FILE}", "content/mirror.json", "linked", "other.txt",
    ]  # fmt: skip
    assert git(bare, "show", "main:README.md") == "Theirs."
    assert (target.folder / "README.md").read_text() == "Under way.\n"
    assert (target.folder / "draft.txt").read_text() == "A draft."
    assert (target.files / "notes.txt").read_text() == "Notes."


def test_what_a_person_has_under_way_that_others_changed_stops_no_run(target: Target, bare: Path, tmp_path: Path) -> None:
    running.run(target, NOW)
    (target.folder / "README.md").write_text("Under way.\n")
    push_another(bare, tmp_path / "first", "README.md", "Others' words.\n")
    change()
    running.run(target, NOW)
    assert log(bare)[:2] == ["Update 2021-05-12", "Theirs"]
    assert git(bare, "show", "main:README.md") == "Others' words."
    assert git(target.folder, "show", "stash@{0}:README.md") == "Under way."


def test_settings_of_the_machines_user_run_nothing_and_change_no_commit(
    target: Target, bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (program := tmp_path / "program").write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\nexit 1\n")
    program.chmod(0o700)
    settings = "[commit]\ngpgSign = true\n[push]\ngpgSign = true\n[i18n]\ncommitEncoding = ISO-8859-1\n"
    settings += f"[core]\nautocrlf = true\nfsmonitor = {program}\neditor = {program}\n[gpg]\nprogram = {program}\n"
    (tmp_path / "gitconfig").write_text(settings)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    running.run(target, NOW)
    assert not (tmp_path / "ran").exists()
    monkeypatch.delenv("GIT_CONFIG_GLOBAL")
    assert "encoding" not in git(bare, "cat-file", "commit", "main")
    assert git(bare, "show", f"main:content/{FILE}") == (target.files / FILE).read_text().strip()


def test_repository_of_another_user_on_this_machine_waits_for_a_person(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gitconfig").write_text(f"[safe]\ndirectory = {target.folder}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "true")
    with pytest.raises(GitError, match=r"the repository of blog refuses: .*safe\.directory") as caught:
        running.run(target, NOW)
    assert caught.value.passes is False


def test_folder_with_a_persons_files_becomes_a_clone_around_them(target: Target, bare: Path) -> None:
    target.files.mkdir(parents=True)
    (target.folder / "README.md").write_text("Mine.")
    (target.files / FILE).write_text("Mine, too.")
    report = running.run(target, NOW)
    assert [one.partition(" was")[0] for one in report.theirs] == [str(target.files / FILE)]
    assert (target.folder / "README.md").read_text() == "Mine."
    assert (target.files / f"{FILE}.theirs").read_text() == "Mine, too."
    assert log(bare) == ["Publish 2021-05-12: 1 paper", "First"]


def test_another_repository_or_branch_gets_all_days(target: Target, bare: Path, tmp_path: Path) -> None:
    running.run(target, NOW)
    other = tmp_path / "other.git"
    git(tmp_path, "init", "--bare", "--quiet", "--initial-branch=main", str(other))
    running.run(replace(target, remote=str(other)), NOW)
    assert log(other) == log(bare)
    running.run(replace(target, remote=str(other), branch="gh-pages"), NOW)
    assert git(other, "ls-tree", "-r", "--name-only", "gh-pages").splitlines() == [f"content/{FILE}", "content/mirror.json"]


def test_manifest_that_somebody_broke_is_moved_away_once(target: Target, bare: Path, tmp_path: Path) -> None:
    running.run(target, NOW)
    push_another(bare, tmp_path / "first", "content/mirror.json", "<<<<<<<")
    with pytest.raises(ManifestError, match=r"mirror\.json is not one that this site wrote; move it away, .*/content\)"):
        running.run(target, NOW)
    (target.files / "mirror.json").rename(tmp_path / "away")
    running.run(target, NOW)
    assert log(bare)[:2] == ["Bring the mirror up to date", "Theirs"]
    assert git(target.folder, "status", "--porcelain") == ""


def test_repository_that_was_left_for_another_is_not_taken_for_rewritten(target: Target, bare: Path, tmp_path: Path) -> None:
    """What was known of a branch goes with the repository, also where the branch was another meanwhile."""
    running.run(target, NOW)
    other = tmp_path / "other.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(bare), str(other))
    push_another(other, tmp_path / "second", "theirs.txt", "Theirs.")
    git(other, "update-ref", "refs/heads/main", git(other, "commit-tree", "main^{tree}", "-m", "Afresh"))
    running.run(replace(target, remote=str(other), branch="pages"), NOW)
    running.run(replace(target, remote=str(other)), NOW)
    assert log(other)[-1] == "Afresh"


def test_branch_that_is_checked_out_elsewhere_is_named_as_the_reason(target: Target, tmp_path: Path) -> None:
    busy = tmp_path / "busy"
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(busy))
    git(busy, "commit", "--quiet", "--allow-empty", "-m", "First")
    with pytest.raises(GitError, match=r"refuses: .* \(branch is currently checked out\); check MIRROR_BLOG_REMOTE"):
        running.run(replace(target, remote=str(busy)), NOW)


def test_hook_that_refuses_is_told_and_the_check_says_what_waits(
    target: Target, bare: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    running.run(target, NOW)
    hook = bare / "hooks" / "update"
    hook.write_text("#!/bin/sh\necho no pushes on Fridays >&2; exit 1\n")
    hook.chmod(0o755)
    change()
    with pytest.raises(GitError, match=r"the repository of blog refuses: .*no pushes on Fridays.*hook declined") as caught:
        running.run(target, NOW)
    assert caught.value.passes is False
    settings.MIRRORS = [target]
    with pytest.raises(CommandError, match=r"blog: 1 commit not pushed yet; run `manage\.py mirror blog` to push"):
        call_command("mirror", "--check")
    hook.unlink()
    call_command("mirror")
    call_command("mirror", "--check")
    assert capsys.readouterr().out.endswith("blog: up to date\n")
