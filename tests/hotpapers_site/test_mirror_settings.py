"""The mirrors of the environment: what is described wrongly is told before anything starts, and secrets are not shown."""

from pathlib import Path

import pytest

from digests.mirror.targets import Kind, Posts, Target, Withdrawn
from hotpapers_site import mirror_settings
from hotpapers_site.environment import Environment

VAR = Path("/srv/hotpapers/var")
WRONG = [
    ({"MIRRORS": "Blog"}, "MIRRORS is 'Blog'; expected names of lower-case letters and digits, with commas"),
    ({"MIRRORS": "notes,notes", "MIRROR_NOTES_DIR": "{tmp}"}, "MIRRORS is not different names; expected each name once"),
    ({"MIRRORS": ","}, "MIRRORS is ','; expected names of lower-case letters and digits"),
    ({"MIRRORS": "notes"}, "MIRROR_NOTES_DIR is not set; expected a folder that exists or can be created"),
    ({"MIRROR_NOTES_DIR": "/dev/null/notes"}, "MIRROR_NOTES_DIR is '/dev/null/notes'; expected a folder"),
    ({"MIRROR_NOTES_KIND": "ftp"}, "MIRROR_NOTES_KIND is 'ftp'; expected folder, git or html"),
    ({"MIRROR_NOTES_PROFILE": "pelican"}, "MIRROR_NOTES_PROFILE is 'pelican'; expected lumen-2020, lumen, hugo"),
    ({"MIRROR_NOTES_POSTS": "scripts"}, "MIRROR_NOTES_POSTS is 'scripts'; expected markup or embeds"),
    ({"MIRROR_NOTES_WITHDRAWN": "hide"}, "MIRROR_NOTES_WITHDRAWN is 'hide'; expected remove or tombstone"),
    ({"MIRROR_NOTES_AUTHOR": "nobody"}, "MIRROR_NOTES_AUTHOR is 'nobody'; expected a name and an address"),
    ({"MIRROR_NOTES_BRANCH": "-f"}, "MIRROR_NOTES_BRANCH is '-f'; expected the name of a branch"),
    ({"MIRROR_NOTES_PATH": "../other"}, "MIRROR_NOTES_PATH is '../other'; expected a folder inside the repository"),
    ({"MIRROR_NOTES_WEBHOOK": "http://hooks.example"}, "MIRROR_NOTES_WEBHOOK is 'http://hooks.example'; expected an https://"),
    ({"MIRROR_NOTES_KIND": "git"}, "MIRROR_NOTES_REMOTE is not set; expected the address of a git repository"),
    ({"MIRROR_DIR": "{tmp}"}, "MIRROR_NOTES_DIR is the folder of folder, too; expected a folder of its own"),
    ({"MIRROR_NOTES_KIND": "git", "MIRROR_NOTES_REMOTE": "https://me:hunter2@git.example/a"}, "MIRROR_NOTES_REMOTE is set to"),
    ({"MIRROR_NOTES_REMOTE": "--upload-pack=evil"}, "MIRROR_NOTES_REMOTE is set to a wrong value, which is secret and not shown"),
    ({"MIRROR_NOTES_KIND": "git", "MIRROR_NOTES_REMOTE": "https://git.example/a?key=hunter2"}, "MIRROR_NOTES_REMOTE is set to"),
    ({"MIRROR_NOTES_KIND": "git", "MIRROR_NOTES_REMOTE": "https://git.example:99999/a"}, "MIRROR_NOTES_REMOTE is set to"),
    ({"MIRROR_NOTES_KIND": "git", "MIRROR_NOTES_REMOTE": "ssh://git.example:\u0662/a"}, "MIRROR_NOTES_REMOTE is set to"),
    ({"MIRROR_NOTES_BUILD": "make \udcff"}, "MIRROR_NOTES_BUILD is 'make \\udcff'; expected a command line"),
    ({"MIRROR_DIR": "{tmp}/.."}, "MIRROR_NOTES_DIR is inside the folder of folder; expected a folder of its own"),
    ({"MIRROR_DIR": "{tmp}/x/../in"}, "MIRROR_NOTES_DIR is around the folder of folder; expected a folder of its own"),
    ({"MIRROR_NOTES_REMOTE": "https://git.example/a"}, "MIRROR_NOTES_REMOTE is set, but MIRROR_NOTES_KIND is folder; expected"),
    ({"MIRROR_NOTES_PROFIL": "hugo"}, "MIRROR_NOTES_PROFIL is no setting of a mirror; expected MIRROR_NOTES_ and one of AUTHOR,"),
    ({"MIRROR_NOTES_KIND": "html", "MIRROR_NOTES_PROFILE": "hugo"}, "MIRROR_NOTES_PROFILE is 'hugo'; expected html, or to be"),
    ({"MIRROR_NOTES_WEBHOOK_SECRET": "hunter2"}, "MIRROR_NOTES_WEBHOOK is not set, though MIRROR_NOTES_WEBHOOK_SECRET is;"),
    ({"MIRROR_NOTES_BRANCH": "a.lock"}, "MIRROR_NOTES_BRANCH is 'a.lock'; expected the name of a branch"),
    ({"MIRROR_NOTES_DIR": str(VAR)}, "MIRROR_NOTES_DIR is the folder of VAR_DIR, which holds secrets, or around it; expected"),
    ({"MIRROR_NOTES_DIR": "/"}, "MIRROR_NOTES_DIR is the folder of VAR_DIR, which holds secrets, or around it; expected"),
    ({"MIRRORS": "", "MIRROR_DIR": "/srv/hotpapers"}, "MIRROR_DIR is the folder of VAR_DIR, which holds secrets, or around it"),
    (
        {"MIRROR_NOTES_DIR": str(mirror_settings.CODE)},
        "MIRROR_NOTES_DIR is the folder of this site's code, or around it; expected",
    ),
    ({"MIRROR_NOTES_DIR": str(VAR / "static" / "mirror")}, "MIRROR_NOTES_DIR is inside the folder of the collected static files"),
    (
        {"MIRROR_NOTES_DIR": str(mirror_settings.CODE / "static/readers")},
        "MIRROR_NOTES_DIR is inside the folder of this site's code",
    ),
    ({"MIRROR_NOTES_DIR": "mirror"}, "MIRROR_NOTES_DIR is 'mirror'; expected the whole path of a folder, from / on: another"),
    (
        {
            "MIRRORS": "notes,blog",
            "MIRROR_NOTES_KIND": "git",
            "MIRROR_NOTES_REMOTE": "git@git.example:a",
            "MIRROR_NOTES_PATH": "posts/",
            "MIRROR_BLOG_KIND": "git",
            "MIRROR_BLOG_REMOTE": "git@git.example:a.git/",
            "MIRROR_BLOG_PATH": "./posts",
        },
        "MIRROR_BLOG_PATH is the same folder of the same repository as that of notes; expected another one, or another branch,",
    ),
    (
        {"MIRROR_NOTES_KIND": "git", "MIRROR_NOTES_REMOTE": "git@git.example:a", "MIRROR_NOTES_TOKEN": "hunter2"},
        "MIRROR_NOTES_TOKEN is set, but MIRROR_NOTES_REMOTE is no https:// address; expected one, or",
    ),
    (
        {"MIRROR_NOTES_KIND": "html", "MIRROR_NOTES_POSTS": "embeds"},
        "MIRROR_NOTES_POSTS is set, but MIRROR_NOTES_KIND is html, which",
    ),
    ({"MIRROR_NOTES_BRANCH": "refs/heads/main"}, "MIRROR_NOTES_BRANCH is 'refs/heads/main'; expected the name of a branch"),
    ({"MIRROR_NOTES_PATH": "a/.GIT"}, "MIRROR_NOTES_PATH is 'a/.GIT'; expected a folder inside the repository"),
]


def read(tmp_path: Path, variables: dict[str, str]) -> tuple[list[Target], list[str]]:
    environment = Environment({name: value.format(tmp=tmp_path) for name, value in variables.items()})
    return mirror_settings.read(environment, VAR), environment.problems


@pytest.mark.parametrize(("variables", "told"), WRONG)
def test_wrong_mirror_is_told_in_one_line(tmp_path: Path, variables: dict[str, str], told: str) -> None:
    _, problems = read(
        tmp_path, {"MIRRORS": "notes"} | ({} if "MIRRORS" in variables else {"MIRROR_NOTES_DIR": "{tmp}"}) | variables
    )
    assert [one[: len(told)] for one in problems] == [told]
    assert "hunter2" not in problems[0]


def test_variables_of_a_mirror_that_is_not_named_are_told() -> None:
    environment = Environment({"MIRROR_BLOG_DIR": "/srv/blog"})
    mirror_settings.read(environment, Path("var"))
    assert environment.resembling() == ["MIRROR_BLOG_DIR has no effect: MIRRORS does not name this mirror."]


def test_mirror_dir_alone_is_one_folder_in_the_old_format(tmp_path: Path) -> None:
    assert read(tmp_path, {"MIRROR_DIR": str(tmp_path)}) == ([Target("folder", tmp_path)], [])
    assert read(tmp_path, {}) == ([], [])


def test_mirrors_are_read_with_all_that_is_said_of_them(tmp_path: Path) -> None:
    variables = {
        "MIRRORS": "blog,site",
        "MIRROR_BLOG_KIND": "git",
        "MIRROR_BLOG_REMOTE": "https://git.example/papers/blog.git",
        "MIRROR_BLOG_BRANCH": "gh-pages",
        "MIRROR_BLOG_PATH": "content/posts",
        "MIRROR_BLOG_PROFILE": "hugo",
        "MIRROR_BLOG_POSTS": "embeds",
        "MIRROR_BLOG_WITHDRAWN": "tombstone",
        "MIRROR_BLOG_TOKEN": "hunter2",
        "MIRROR_BLOG_AUTHOR": "Zoë O'Neil, hot-papers[bot] <1+hot-papers[bot]@git.example>",
        "MIRROR_SITE_KIND": "html",
        "MIRROR_SITE_DIR": "{tmp}/site",
        "MIRROR_SITE_WEBHOOK": "https://hooks.example/site?clear=1",
    }
    (blog, site), problems = read(tmp_path, variables)
    assert problems == []
    assert blog == Target(
        "blog", VAR / "mirrors/blog", Kind.GIT, "hugo", Posts.EMBEDS, Withdrawn.TOMBSTONE,
        remote="https://git.example/papers/blog.git", branch="gh-pages", path="content/posts", token="hunter2",
        author="Zoë O'Neil, hot-papers[bot] <1+hot-papers[bot]@git.example>",
    )  # fmt: skip
    assert "hunter2" not in repr(blog)
    assert site == Target("site", tmp_path / "site", Kind.HTML, "html", webhook="https://hooks.example/site?clear=1")
