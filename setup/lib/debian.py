"""Debian packages: installed on the system, or unpacked into a folder of ours."""

import glob
import os
import shutil

from .paths import DOWNLOADS
from .shell import Failure, as_root, run, say

NETWORK_ADVICE = (
    "check the network and the apt sources of this machine "
    "('apt-get update' must work), then run the command again"
)


def ensure_packages(packages):
    """Install those Debian packages of ``{name: path pattern}`` that are missing."""
    missing = [name for name, pattern in packages.items() if not glob.glob(pattern)]
    if not missing:
        return
    if not shutil.which("apt-get"):
        raise Failure(
            f"this machine has no apt-get, and lacks {', '.join(missing)}",
            "use Debian 12, or install the programs by hand",
        )
    say(f"installing Debian packages: {' '.join(missing)}")
    quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "stdin": None}
    run(
        as_root(["apt-get", "update", "-q"]),
        "apt-get update failed",
        NETWORK_ADVICE,
        **quiet,
    )
    install = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-qy"]
    run(
        as_root([*install, "--no-install-recommends", *missing]),
        f"installing {', '.join(missing)} failed",
        NETWORK_ADVICE,
        **quiet,
    )
    still = [name for name in missing if not glob.glob(packages[name])]
    if still:
        raise Failure(
            f"installed {', '.join(still)}, but {packages[still[0]]} is not there",
            "this Debian release keeps it elsewhere; tested on Debian 12",
        )


def archive_uri():
    """The Debian archive that this machine is set up to use."""
    targets = run(
        [
            "apt-get",
            "indextargets",
            "--format",
            "$(REPO_URI)\t$(CODENAME)\t$(SUITE)\t$(ORIGIN)\t$(COMPONENT)",
            "Created-By: Packages",
        ],
        "reading the apt configuration failed",
        NETWORK_ADVICE,
    )
    rows = [line.split("\t") for line in targets.splitlines() if line]
    for uri, codename, suite, origin, component in rows:
        security = "-" in codename or "security" in suite or "updates" in suite
        if origin in ("Debian", "") and component == "main" and not security:
            return uri
    raise Failure(
        "no Debian archive found in this machine's apt configuration",
        "add a 'deb … main' source for this Debian release and run 'apt-get update'",
    )


class PrivateApt:
    """An apt of our own that knows other suites; the system's stays untouched."""

    def __init__(self, suites):
        self.folder = DOWNLOADS / "apt"
        uri = archive_uri()
        for part in ("lists/partial", "cache/archives/partial", "empty"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        sources = self.folder / "sources.list"
        sources.write_text("".join(f"deb {uri} {suite} main\n" for suite in suites))
        self.options = [
            f"-oDir::Etc::sourcelist={sources}",
            "-oDir::Etc::sourceparts=/dev/null",
            "-oDir::Etc::preferences=/dev/null",
            f"-oDir::Etc::preferencesparts={self.folder / 'empty'}",
            f"-oDir::State::Lists={self.folder / 'lists'}",
            f"-oDir::Cache={self.folder / 'cache'}",
            "-oAPT::Sandbox::User=root",
            "-oAPT::Get::List-Cleanup=true",
        ]

    def update(self):
        """Read the package lists of the suites."""
        run(
            ["apt-get", *self.options, "update", "-q"],
            "reading Debian's package lists failed",
            NETWORK_ADVICE,
        )

    def unpack(self, package, suite, prefix):
        """Unpack a package of a suite below ``prefix``."""
        run(
            ["apt-get", *self.options, "download", "-q", f"{package}/{suite}"],
            f"downloading the Debian package {package} failed",
            NETWORK_ADVICE,
            cwd=self.folder,
        )
        (file,) = self.folder.glob(f"{package}_*.deb")
        run(
            ["dpkg", "-x", file, prefix],
            f"unpacking {file.name} failed",
            "check the free disk space (2 GB are needed), then run the command again",
        )
        file.unlink()
