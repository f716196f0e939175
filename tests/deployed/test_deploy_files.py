"""What `deploy/` ships and cannot be run everywhere is at least right in form, and names what exists."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from hotpapers_site.queues import QUEUES
from papers.management.following import NOTHING_TO_FOLLOW
from tests.conftest import absent
from tests.deployed.servers import BASE, nginx_command
from tests.deployed.shipped_nginx import asked_through_nginx
from tests.servers import free_port

DEPLOY = BASE / "deploy"
WRITE_MIRRORS = {"hotpapers.service", "hotpapers-worker@.service"}
UNITS = sorted((DEPLOY / "systemd").iterdir())


def test_units_are_what_systemd_understands(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        absent("no systemd-analyze")
    programs = {f"/srv/hotpapers/app/.venv/bin/{name}" for name in ("python", "celery")}
    for unit in UNITS:  # the programs are where the unit says only on a real machine
        text = re.sub("|".join(map(re.escape, programs)), "/bin/true", unit.read_text())
        (tmp_path / unit.name.replace("@.", "@mirror.")).write_text(text)
    verified = subprocess.run(
        ["systemd-analyze", "verify", *map(str, sorted(tmp_path.iterdir()))], capture_output=True, text=True, check=False
    )
    ours = [line for line in verified.stderr.splitlines() if "hotpapers" in line]
    assert ours == []


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.suffix == ".service"], ids=lambda unit: unit.name)
def test_a_unit_runs_as_the_sites_user_and_is_hardened(unit: Path) -> None:
    lines = unit.read_text().splitlines()
    for line in (
        *("User=hotpapers", "WorkingDirectory=/srv/hotpapers/app", "EnvironmentFile=/etc/hotpapers.env"),
        *("NoNewPrivileges=true", "ProtectSystem=strict", "ProtectHome=true", "PrivateTmp=true"),
    ):
        assert line in lines
    writes_mirrors = unit.name in WRITE_MIRRORS
    assert f"UMask={'0022' if writes_mirrors else '0077'}" in lines
    assert f"ReadWritePaths=/srv/hotpapers/var{' -/srv/hotpapers/site' if writes_mirrors else ''}" in lines
    assert "Type=oneshot" in lines or {"Restart=always", "TimeoutStopSec=60"} <= set(lines)


def test_only_a_follower_of_nothing_is_not_started_again() -> None:
    """A folder that cannot be used for a while is reported as a wrong setting, too: then the next start finds it."""
    found = {unit.name: re.findall(r"RestartPreventExitStatus=(.*)", unit.read_text()) for unit in UNITS}
    assert {name: statuses for name, statuses in found.items() if statuses} == {"hotpapers-follower.service": ["3"]}
    assert NOTHING_TO_FOLLOW == 3


def test_nginx_takes_the_shipped_configuration(tmp_path: Path) -> None:
    if not shutil.which("nginx"):
        absent("no nginx")
    nginx_command(tmp_path / "nginx", free_port(), [8000, 8001])  # runs nginx -t


def test_the_folder_of_nginx_cache_is_made_before_nginx_is_asked() -> None:
    """It makes the last folder of the path itself, and refuses to start where there is no other."""
    (cache,) = re.findall(r"^proxy_cache_path (\S+)", (DEPLOY / "nginx" / "hotpapers.conf").read_text(), re.M)
    made, _, _ = (DEPLOY / "README.md").read_text().partition("nginx -t")
    assert re.findall(r"^install --directory (\S+) +#", made, re.M)[-1] == str(Path(cache).parent)


def test_nginx_says_what_to_do_while_nobody_answers_and_shows_no_working_files(tmp_path: Path) -> None:
    if not shutil.which("nginx"):
        absent("no nginx")
    folder = tmp_path / "nginx"
    hidden = ("posts/index.html.theirs", "posts/index.html.theirs.2", "posts/b.html.theirs/notes.html", ".mirror/state")
    for name in ("posts/index.html", "a.theirs.html", *hidden):
        (folder / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "site" / name).write_text("A file.")
    with asked_through_nginx(folder, [free_port()]) as reader:
        names = ("posts", "a.theirs.html", *hidden)
        assert [reader.get(f"/{name}").status_code for name in names] == [200, 200, 404, 404, 404, 404]
        for path in ("/", "/papers?category=cs.LG", "/admin/"):
            told = reader.get(path)
            assert (told.status_code, told.headers["retry-after"], told.headers["cache-control"]) == (503, "30", "no-store")
            assert told.headers["content-type"] == "text/html; charset=utf-8"
            assert "<h1>We’ll be back in a minute</h1>" in told.text and "Reload this page in a minute." in told.text


def test_compose_has_every_process_once() -> None:
    told = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    services = told["services"]
    assert set(services) == {"postgres", "redis", "migrate", "web", "beat", "follower", *QUEUES}
    for queue in QUEUES:
        command = services[queue]["command"]
        assert command[command.index("--queues") + 1] == queue
        assert services[queue]["stop_signal"] == "SIGQUIT"
    for name in set(services) - {"postgres", "redis"}:
        assert (services[name]["read_only"], services[name]["cap_drop"]) == (True, ["ALL"])
    named = {volume.partition(":")[0] for one in services.values() for volume in one.get("volumes", [])}
    assert named == set(told["volumes"])
    assert re.findall(r"manage\.py (\w+)", services["migrate"]["command"][-1]) == ["migrate", "collectstatic"]
    image = (DEPLOY / "Dockerfile").read_text()  # a new volume belongs to whom its folder in the image belongs to
    for folder in (volume.partition(":")[2] for volume in services["web"]["volumes"]):
        assert re.search(rf"install --directory --owner=hotpapers (--mode=700 )?{folder}\b", image), folder


def test_the_image_has_what_the_site_needs_and_no_root() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", text, re.M)
    for path in " ".join(copied).split():
        assert (BASE / path).exists(), path
    ignored = (BASE / ".dockerignore").read_text().splitlines()
    assert {f"!{path}" for path in " ".join(copied).split()} == {line for line in ignored if line.startswith("!")}
    assert re.findall(r"^USER (.*)$", text, re.M) == ["hotpapers"]


def test_nginx_may_enter_the_folders_around_the_mirror() -> None:
    """Else it shows no file and says nothing: it asks the application for each page."""
    modes = dict(re.findall(r"^install --directory .*--mode=(\d+) (\S+)$", (DEPLOY / "README.md").read_text(), re.M))
    modes = {path: mode for mode, path in modes.items()}
    (root,) = re.findall(r"^    root (\S+);", (DEPLOY / "nginx" / "hotpapers.conf").read_text(), re.M)
    assert root in modes
    for folder in (Path(root), *Path(root).parents):
        assert int(modes.get(str(folder), "755"), 8) & 0o001, folder
    assert modes["/srv/hotpapers/var"] == "700"


def test_the_guide_names_files_that_are_there() -> None:
    for path in re.findall(r"deploy/[a-zA-Z0-9_./*-]+", (DEPLOY / "README.md").read_text()):
        assert list(BASE.glob(path.rstrip("."))) or path in ("deploy/.env", "deploy/hotpapers.env"), path
