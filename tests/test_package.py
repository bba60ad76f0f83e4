"""What others would install: a wheel in an empty environment, and the file a container is built from."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parent.parent
PACKAGES = ("archive", "crawler", "spiders")
BUILT_FROM = (*PACKAGES, "pyproject.toml", "README.md", "LICENSE")
TOOLS = all(importlib.util.find_spec(name) for name in ("pip", "setuptools"))
needs_tools = pytest.mark.skipif(not TOOLS, reason="pip and setuptools build the wheel")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a wheel built from a copy: a build leaves folders behind."""
    place = tmp_path_factory.mktemp("wheel")
    for name in BUILT_FROM:
        if (HOME / name).is_dir():
            shutil.copytree(HOME / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(HOME / name, place / name)
    words = ["wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", "out", "."]
    done = subprocess.run([sys.executable, "-m", "pip", *words], cwd=place, capture_output=True, text=True)
    if done.returncode and "bdist_wheel" in done.stderr:
        pytest.skip("setuptools is older than 70.1 and cannot build a wheel by itself")
    assert done.returncode == 0, done.stderr
    (built,) = (place / "out").glob("*.whl")
    return built


@needs_tools
def test_a_wheel_holds_every_file_of_the_packages(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    files = [path for package in PACKAGES for path in (HOME / package).rglob("*") if path.is_file()]
    wanted = {path.relative_to(HOME).as_posix() for path in files if "__pycache__" not in path.parts}
    assert sorted(wanted - held) == []
    assert {
        name for name in held if not name.startswith((*(f"{one}/" for one in PACKAGES), "yuanben-"))
    } == set()


@needs_tools
def test_a_wheel_works_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "env"
    venv.create(place, with_pip=False)
    inside = Path(sysconfig.get_path("purelib", vars={"base": str(place), "platbase": str(place)}))
    words = [
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--prefix",
        str(place),
        "--ignore-installed",
        str(wheel),
    ]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True, capture_output=True)
    # The libraries, and not what this environment has in place of the package: a .pth line is not read a second time.
    (inside / "libraries.pth").write_text(f"{sysconfig.get_path('purelib')}\n", "utf-8")
    program = place / "bin" / "yuanben"
    text = program.read_text("utf-8").split("\n", 1)[1]
    program.write_text(f"#!{place}/bin/python\n{text}", "utf-8")

    environ = {
        name: value for name, value in os.environ.items() if not name.startswith(("YUANBEN", "PYTHON"))
    }

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(program), *words], cwd=tmp_path, env=environ, capture_output=True, text=True
        )

    assert run("--version").stdout.startswith("yuanben ")
    made = run("new", "home", "--contact", "a@example.org", "--site", "dongguan", "--yes")
    assert made.returncode == 0, made.stderr
    keep = "from pathlib import Path; import archive; from archive.store.archive import Archive; "
    keep += "Archive.open(Path('home/yuanben.db'), holder='x', sites={}, create=True).close(); print(archive.__file__)"
    done = subprocess.run(
        [str(place / "bin/python"), "-c", keep], cwd=tmp_path, env=environ, capture_output=True, text=True
    )
    assert done.returncode == 0 and str(place) in done.stdout, done.stderr
    assert run("verify", "--archive", "home/yuanben.db").returncode == 0
    assert "yuanben_build_info" in run("metrics", "--archive", "home/yuanben.db").stdout


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the container file, those over several lines as one."""
    text = re.sub(r"\\\n\s*", " ", (HOME / "Containerfile").read_text("utf-8"))
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(word.upper(), rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def of(word: str) -> list[str]:
    return [rest for name, rest in instructions() if name == word]


def test_a_container_is_built_on_a_named_version() -> None:
    for base in of("FROM"):
        assert re.match(r"docker\.io/library/python:3\.\d+-slim-\w+( AS \w+)?$", base)


def test_a_container_runs_as_nobody_and_writes_to_its_volume_alone() -> None:
    names = [name for name, _ in instructions()]
    (user,), (volume,), (place,) = of("USER"), of("VOLUME"), of("WORKDIR")[-1:]
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user) and volume == place == "/archive"
    after = instructions()[names.index("USER") :]
    assert not {"RUN", "COPY", "ADD"} & {name for name, _ in after}


def test_a_container_says_how_it_is_and_starts_without_a_shell() -> None:
    (health,), (start,) = of("HEALTHCHECK"), of("CMD")
    assert '["yuanben", "doctor"]' in health and start.startswith("[")
    assert not of("ADD") and not of("MAINTAINER")


def test_a_container_keeps_no_caches_and_no_secrets() -> None:
    text = (HOME / "Containerfile").read_text("utf-8")
    assert all("--no-cache-dir" in run for run in of("RUN") if "pip install" in run)
    assert all("rm -rf /var/lib/apt/lists/*" in run for run in of("RUN") if "apt-get" in run)
    assert all("--no-install-recommends" in run for run in of("RUN") if "apt-get install" in run)
    assert not re.search(r"(?i)password|secret|token|--extra-index-url|--index-url", text)


def test_what_a_container_is_built_from_is_there_and_let_in() -> None:
    let_in = {
        line[1:] for line in (HOME / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")
    }
    copied = [word for rest in of("COPY") if "--from" not in rest for word in rest.split()[:-1]]
    assert set(copied) == let_in and all((HOME / name).exists() for name in copied)
    assert {"archive", "crawler", "spiders", "constraints.txt"} <= set(copied)
