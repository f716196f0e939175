"""The mirrors as the environment describes them: `MIRRORS=blog,site`, and for each `MIRROR_BLOG_…`."""

import re
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from digests.mirror.disk import OURS
from digests.mirror.profiles.registry import PROFILES
from digests.mirror.targets import Kind as Shape
from digests.mirror.targets import Posts, Target, Withdrawn
from hotpapers_site import alert_values, values
from hotpapers_site.environment import Environment
from hotpapers_site.values import Kind

CODE = Path(__file__).parent.parent
OLD_NAME = "folder"
"""The name of the target that MIRROR_DIR describes."""


AUTHOR_LINE = re.compile(r"[^<>\x00-\x1f\x7f]*[^\W_][^<>\x00-\x1f\x7f]* <[^<>\s\x00]+@[^<>\s\x00]+>")
"""git itself takes any name with a letter or digit; it only drops signs at its ends."""
NOT_A_BRANCH = re.compile(r"^refs/|\.\.|//|/\.|@\{|\.lock(?:/|$)|^HEAD$")
ONLY_GIT = ("REMOTE", "BRANCH", "PATH", "AUTHOR", "USER", "TOKEN")


def choice(*allowed: str) -> Kind[str]:
    return Kind(lambda given: values.one_of(given, allowed), f"{', '.join(allowed[:-1])} or {allowed[-1]}", allowed[0])


def _branch(given: str) -> str:
    """Read a name that `git check-ref-format --branch` allows, without the signs that no host allows either."""
    if NOT_A_BRANCH.search(given) or given.endswith((".", "/")):
        raise ValueError(given)
    return values.matching(r"[A-Za-z0-9_][A-Za-z0-9_./+@#-]{0,99}")(given)


def _whole_path(given: str) -> str:
    if not (path := values.folder(given)).is_absolute():
        raise values.Unsafe("the whole path of a folder, from / on: another one depends on where a program is started")
    return str(path)


def _author(given: str) -> str:
    if not AUTHOR_LINE.fullmatch(given):
        raise ValueError(given)
    return given


def _inside(given: str) -> str:
    path = PurePosixPath(given)
    reserved = {part.lower() for part in path.parts} & {"..", ".git", OURS}
    if path.is_absolute() or reserved or not given.isprintable():
        raise ValueError(given)
    return "" if str(path) == "." else str(path)


def _remote(given: str) -> str:
    """Read a remote without a password: that would appear in the repository's settings and in the list of processes."""
    parts = urlsplit(given)
    is_odd = given.startswith("-") or "::" in given or not given.isprintable() or given != given.strip()
    if is_odd or parts.password or ("://" in given and (parts.query or parts.fragment or " " in given)):
        raise ValueError(given)
    if parts.scheme in ("http", "https", "ssh") and (not parts.netloc.isascii() or not parts.hostname or parts.port == 0):
        raise ValueError(given)
    is_safe = parts.scheme in ("https", "ssh", "file") or (parts.scheme == "http" and values.is_loopback(given))
    is_place = "://" in given or given.startswith("/") or re.match(r"[^/:]+:.", given)  # git@host/path would be a folder
    if ("://" in given and not is_safe) or not is_place:
        raise ValueError(given)
    return given


NAMES = Kind(
    values.items(values.matching("[a-z][a-z0-9]{0,30}")), "names of lower-case letters and digits, with commas", "blog,site"
)
DIR = Kind(_whole_path, "a folder that exists or can be created", "/srv/hotpapers-mirror")
REMOTE = Kind(
    _remote,
    "the address of a git repository over https, ssh or file, without a password",
    "https://git.example/papers.git",
    is_secret=True,
)
BRANCH = Kind(_branch, "the name of a branch", "main")
AUTHOR = Kind(_author, "a name and an address as git writes them", "Hot Papers <mirror@papers.example>")
PATH = Kind(_inside, "a folder inside the repository", "content/posts")
SITE = Kind(lambda given: values.one_of(given, ("html",)), "html, or to be left out, with KIND=html", "html")
WEBHOOK = Kind(
    alert_values.address_with_query, "an https:// address (http:// for this machine only)", "https://hooks.example/site"
)
COMMAND = Kind(values.matching(r"[^\0\r\n]+"), "a command line", "hugo --minify")
SECRET = Kind(values.matching("[!-~]+"), "a text without spaces", "(a long random text)", is_secret=True)


def read(env: Environment, var: Path) -> list[Target]:
    """Return the targets, MIRROR_DIR's first. What is wrong is reported with the other settings."""
    old = env.read("MIRROR_DIR", DIR, "")
    targets = [Target(OLD_NAME, Path(old))] if old else []
    names: list[str] = env.read("MIRRORS", NAMES, [])
    if len(set(names)) != len(names) or (old and OLD_NAME in names):
        taken = f"; {OLD_NAME} is MIRROR_DIR's" if old else ""
        env.wrong("MIRRORS", "not different names", f"each name once{taken}", NAMES.example)
    targets += [_read_one(env, name, var) for name in dict.fromkeys(names)]
    for number, target in enumerate(targets):
        if found := _sharing(target, targets[:number]) or _among_ours(target, var):
            variable = "MIRROR_DIR" if old and number == 0 else f"MIRROR_{target.name.upper()}_DIR"
            env.wrong(variable, found, "a folder of its own", f"/srv/mirrors/{target.name}")
        if target.remote and (twin := next((one for one in targets[:number] if _place(one) == _place(target)), None)):
            found = f"the same folder of the same repository as that of {twin.name}"
            env.wrong(f"MIRROR_{target.name.upper()}_PATH", found, "another one, or another branch", f"content/{target.name}")
    return targets


def _place(target: Target) -> tuple[str, str, str]:
    """Return where in which repository the files are: two targets there would remove each other's files without end."""
    return target.remote.rstrip("/").removesuffix(".git"), target.branch, target.path


def _sharing(target: Target, others: list[Target]) -> str:
    """Return in words which of the other targets has the same folder, or one around or inside it; empty if none."""
    place = target.folder.resolve()
    for other in others:
        its = other.folder.resolve()
        if place == its:
            return f"the folder of {other.name}, too"
        if place.is_relative_to(its) or its.is_relative_to(place):
            return f"{'inside' if place.is_relative_to(its) else 'around'} the folder of {other.name}"
    return ""


def _among_ours(target: Target, var: Path) -> str:
    """Return in words what of this site's own is in the folder, which is served to everybody, or around it; empty if nothing."""
    place = target.folder.resolve()
    for what, ours in (("VAR_DIR, which holds secrets", var), ("this site's code", CODE)):
        if ours.resolve().is_relative_to(place):
            return f"the folder of {what}, or around it"
    if place.is_relative_to((var / "static").resolve()):
        return "inside the folder of the collected static files, which is emptied at times"
    if place.is_relative_to(CODE) and not place.is_relative_to(var.resolve()):
        return "inside the folder of this site's code, which an upgrade replaces"
    return ""


def _is_told(env: Environment, name: str) -> bool:
    return any(problem.startswith(f"{name} is ") for problem in env.problems)


def _expect_no_others(env: Environment, prefix: str, kind: Shape) -> None:
    """Report variables that this target does not have: what somebody set must not be without effect."""
    fields = {name.removeprefix(prefix) for name in env.names() if name.startswith(prefix)}
    for name in env.beginning(prefix):
        field = name.removeprefix(prefix)
        if field not in fields:
            env.problems.append(f"{name} is no setting of a mirror; expected {prefix} and one of {', '.join(sorted(fields))}")
        elif kind != Shape.GIT and field in ONLY_GIT and not _is_told(env, name):
            env.problems.append(f"{name} is set, but {prefix}KIND is {kind}; expected {prefix}KIND=git, or {name} to be left out")
        elif kind == Shape.HTML and field == "POSTS" and not _is_told(env, name):
            env.problems.append(
                f"{name} is set, but {prefix}KIND is html, which has the site's own pages; expected {name} to be left out"
            )


def _read_one(env: Environment, name: str, var: Path) -> Target:
    prefix = f"MIRROR_{name.upper()}_"
    kind = Shape(env.read(f"{prefix}KIND", choice(*Shape), Shape.FOLDER))
    folder = env.read(f"{prefix}DIR", DIR, str(var / "mirrors" / name) if kind == Shape.GIT else "")
    if not folder and not _is_told(env, f"{prefix}DIR"):
        env.wrong(f"{prefix}DIR", "not set", DIR.expected, f"/srv/mirrors/{name}")
    remote = env.read(f"{prefix}REMOTE", REMOTE, "")
    if kind == Shape.GIT and not remote and not _is_told(env, f"{prefix}REMOTE"):
        env.wrong(f"{prefix}REMOTE", "not set", REMOTE.expected, REMOTE.example)
    is_site = kind == Shape.HTML
    profile = env.read(f"{prefix}PROFILE", SITE if is_site else choice(*PROFILES), "html" if is_site else "lumen-2020")
    target = Target(
        name,
        Path(folder or var / "mirrors" / name),
        kind=kind,
        profile=profile,
        posts=Posts(env.read(f"{prefix}POSTS", choice(*Posts), Posts.MARKUP)),
        withdrawn=Withdrawn(env.read(f"{prefix}WITHDRAWN", choice(*Withdrawn), Withdrawn.REMOVE)),
        remote=remote,
        branch=env.read(f"{prefix}BRANCH", BRANCH, "main"),
        path=env.read(f"{prefix}PATH", PATH, ""),
        author=env.read(f"{prefix}AUTHOR", AUTHOR, Target.author),
        user=env.read(f"{prefix}USER", SECRET, ""),
        token=env.read(f"{prefix}TOKEN", SECRET, ""),
        build=env.read(f"{prefix}BUILD", COMMAND, ""),
        webhook=env.read(f"{prefix}WEBHOOK", WEBHOOK, ""),
        webhook_secret=env.read(f"{prefix}WEBHOOK_SECRET", SECRET, ""),
    )
    if kind == Shape.GIT and remote and not remote.startswith("http"):
        for name in (f"{prefix}{field}" for field, given in (("USER", target.user), ("TOKEN", target.token)) if given):
            env.problems.append(
                f"{name} is set, but {prefix}REMOTE is no https:// address; expected one, or {name} to be left out"
            )
    if target.webhook_secret and not target.webhook and not _is_told(env, f"{prefix}WEBHOOK"):
        env.wrong(f"{prefix}WEBHOOK", f"not set, though {prefix}WEBHOOK_SECRET is", WEBHOOK.expected, WEBHOOK.example)
    _expect_no_others(env, prefix, kind)
    return target
