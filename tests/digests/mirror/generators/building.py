"""Each generator's smallest site that shows days, and how it is built; what they print of a day is read by facts.py."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

NODE = Path(os.environ.get("MIRROR_NODE", settings.BASE_DIR / "var" / "mirror-generators"))
"""Where `make test-mirror` installs Eleventy, Astro and Gatsby's remark pipeline."""
HERE = Path(__file__).parent
PAGE = '<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1><time datetime="{date}"></time><main>{content}</main></body></html>'


class Missing(Exception):
    """The generator is not on this machine."""


def run(*command: object, cwd: Path, **variables: str) -> None:
    environment = os.environ | {"ASTRO_TELEMETRY_DISABLED": "1", "NO_COLOR": "1"} | variables
    done = subprocess.run(
        [*map(str, command)], cwd=cwd, env=environment, capture_output=True, text=True, timeout=110, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def hugo(mirror: Path, site: Path) -> Path:
    expect(shutil.which("hugo"))
    shutil.copytree(mirror, site / "content" / "posts")
    (site / "config.toml").write_text('baseURL = "https://papers.example/"\n')
    layouts = site / "layouts" / "_default"
    layouts.mkdir(parents=True)
    date = '{{ .Date.UTC.Format "2006-01-02T15:04:05Z" }}'
    (layouts / "single.html").write_text(PAGE.format(title="{{ .Title }}", date=date, content="{{ .Content }}"))
    run("hugo", "--destination", site / "out", "--ignoreCache", cwd=site)
    return site / "out"


def jekyll(mirror: Path, site: Path) -> Path:
    expect(shutil.which("jekyll") and NODE.is_dir())
    shutil.copytree(mirror, site)
    (site / "_layouts").mkdir()
    (site / "_config.yml").write_text("defaults: [{scope: {path: ''}, values: {layout: post}}]\ntimezone: UTC\n")
    date = '{{ page.date | date: "%Y-%m-%dT%H:%M:%SZ" }}'
    (site / "_layouts" / "post.html").write_text(PAGE.format(title="{{ page.title }}", date=date, content="{{ content }}"))
    run("jekyll", "build", "--source", site, "--destination", site.parent / "out", cwd=site)
    return site.parent / "out"


def eleventy(mirror: Path, site: Path) -> Path:
    program = NODE / "node_modules" / ".bin" / "eleventy"
    expect(program.exists())
    shutil.copytree(mirror, site / "src")
    (site / "src" / "_includes").mkdir()
    (site / "src" / "src.json").write_text('{"layout": "post.njk"}')
    page = PAGE.format(title="{{ title }}", date="{{ date.toISOString() }}", content="{{ content | safe }}")
    (site / "src" / "_includes" / "post.njk").write_text(page)
    run(program, "--quiet", "--input=src", "--output=out", cwd=site)
    return site / "out"


def astro(mirror: Path, site: Path) -> Path:
    program = NODE / "node_modules" / ".bin" / "astro"
    expect(program.exists())
    shutil.copytree(HERE / "astro", site)
    shutil.copytree(mirror, site / "src" / "content" / "posts")
    (site / "node_modules").symlink_to(NODE / "node_modules")
    run(program, "build", cwd=site)
    return site / "dist"


def gatsby(mirror: Path, site: Path) -> Path:
    expect((NODE / "node_modules" / "gatsby-transformer-remark").is_dir())
    site.mkdir()
    shutil.copy(HERE / "remark.cjs", site)
    (site / "node_modules").symlink_to(NODE / "node_modules")
    run("node", site / "remark.cjs", mirror, site / "out", cwd=site)
    return site / "out"


def expect(found: object) -> None:
    if not found:
        raise Missing


BUILDERS: dict[str, Callable[[Path, Path], Path]] = {
    "hugo": hugo,
    "jekyll": jekyll,
    "eleventy": eleventy,
    "astro": astro,
    "lumen": gatsby,
}
"""By profile."""
