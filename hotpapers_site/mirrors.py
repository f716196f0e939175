"""The mirrors as the environment describes them: `MIRRORS=blog,site`, and for each `MIRROR_BLOG_…`."""

from email.utils import parseaddr
from functools import partial
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from digests.mirror.profiles.registry import PROFILES
from digests.mirror.targets import Kind as Shape
from digests.mirror.targets import Posts, Target, Withdrawn
from hotpapers_site import environment, values
from hotpapers_site.environment import Environment
from hotpapers_site.values import Kind

OLD_NAME = "folder"
"""The name of the target that MIRROR_DIR describes."""


def choice(*allowed: str) -> Kind[str]:
    return Kind(partial(_choose, allowed), f"{', '.join(allowed[:-1])} or {allowed[-1]}", allowed[0])


def _choose(allowed: tuple[str, ...], given: str) -> str:
    if given not in allowed:
        raise ValueError(given)
    return given


def _author(given: str) -> str:
    name, address = parseaddr(given)
    if not name or "@" not in address or given != f"{name} <{address}>":
        raise ValueError(given)
    return given


def _inside(given: str) -> str:
    path = PurePosixPath(given)
    if path.is_absolute() or ".." in path.parts or path.parts[:1] == (".git",) or "\0" in given:
        raise ValueError(given)
    return "" if str(path) == "." else str(path)


def _remote(given: str) -> str:
    """Read a remote without a password: that would appear in the repository's settings and in the list of processes."""
    parts = urlsplit(given)
    if given.startswith("-") or "::" in given or not values.matching(r"[!-~]+")(given) or parts.password:
        raise ValueError(given)
    is_safe = parts.scheme in ("https", "ssh", "file") or (parts.scheme == "http" and values.is_loopback(given))
    if "://" in given and not is_safe:
        raise ValueError(given)
    return given


NAMES = Kind(
    values.items(values.matching("[a-z][a-z0-9]{0,30}")), "names of lower-case letters and digits, with commas", "blog,site"
)
REMOTE = Kind(
    _remote,
    "the address of a git repository over https, ssh or file, without a password",
    "https://git.example/papers.git",
    is_secret=True,
)
BRANCH = Kind(values.matching(r"(?!.*(?:\.\.|//|@\{))[A-Za-z0-9_][A-Za-z0-9_./-]{0,99}(?<![./])"), "the name of a branch", "main")
AUTHOR = Kind(_author, "a name and an address as git writes them", "Hot Papers <mirror@papers.example>")
PATH = Kind(_inside, "a folder inside the repository", "content/posts")
COMMAND = Kind(values.matching(r"[^\0\r\n]+"), "a command line", "hugo --minify")
SECRET = Kind(values.matching("[!-~]+"), "a text without spaces", "(a long random text)", is_secret=True)


def read(env: Environment, var: Path) -> list[Target]:
    """Return the targets, MIRROR_DIR's first. What is wrong is reported with the other settings."""
    old = env.read("MIRROR_DIR", values.FOLDER_NAME, "")
    targets = [Target(OLD_NAME, Path(old))] if old else []
    names: list[str] = env.read("MIRRORS", NAMES, [])
    if old and OLD_NAME in names:
        env.wrong(
            "MIRRORS", environment.shown(",".join(names)), f"other names than {OLD_NAME}, which is MIRROR_DIR's", NAMES.example
        )
    targets += [_read_one(env, name, var) for name in names]
    places: dict[Path, str] = {}
    for target in targets:
        place = target.files.absolute()
        if place in places:
            variable = f"MIRROR_{target.name.upper()}_DIR"
            env.wrong(variable, f"the folder of {places[place]}, too", "a folder of its own", f"/srv/mirrors/{target.name}")
        places[place] = target.name
    return targets


def _is_told(env: Environment, name: str) -> bool:
    return any(problem.startswith(f"{name} is ") for problem in env.problems)


def _read_one(env: Environment, name: str, var: Path) -> Target:
    prefix = f"MIRROR_{name.upper()}_"
    kind = Shape(env.read(f"{prefix}KIND", choice(*Shape), Shape.FOLDER))
    default = "html" if kind == Shape.HTML else "lumen-2020"
    folder = env.read(f"{prefix}DIR", values.FOLDER_NAME, str(var / "mirrors" / name) if kind == Shape.GIT else "")
    if not folder and not _is_told(env, f"{prefix}DIR"):
        env.wrong(f"{prefix}DIR", "not set", values.FOLDER_NAME.expected, f"/srv/mirrors/{name}")
    remote = env.read(f"{prefix}REMOTE", REMOTE, "")
    if kind == Shape.GIT and not remote and not _is_told(env, f"{prefix}REMOTE"):
        env.wrong(f"{prefix}REMOTE", "not set", REMOTE.expected, REMOTE.example)
    return Target(
        name,
        Path(folder or var / "mirrors" / name),
        kind=kind,
        profile=default if kind == Shape.HTML else env.read(f"{prefix}PROFILE", choice(*PROFILES), default),
        posts=Posts(env.read(f"{prefix}POSTS", choice(*Posts), Posts.MARKUP)),
        withdrawn=Withdrawn(env.read(f"{prefix}WITHDRAWN", choice(*Withdrawn), Withdrawn.REMOVE)),
        remote=remote,
        branch=env.read(f"{prefix}BRANCH", BRANCH, "main"),
        path=env.read(f"{prefix}PATH", PATH, ""),
        author=env.read(f"{prefix}AUTHOR", AUTHOR, Target.author),
        user=env.read(f"{prefix}USER", SECRET, ""),
        token=env.read(f"{prefix}TOKEN", SECRET, ""),
        build=env.read(f"{prefix}BUILD", COMMAND, ""),
        webhook=env.read(f"{prefix}WEBHOOK", values.BASE, ""),
        webhook_secret=env.read(f"{prefix}WEBHOOK_SECRET", SECRET, ""),
    )
