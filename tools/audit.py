"""Known faults in what we depend on, secrets in what we keep, risky calls in what we wrote.

Fails where a tool finds something, and also where it looked at nothing: an audit that skipped every package is none.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

BIN = Path(sys.executable).parent
LOCK = "requirements.lock"


def dependencies() -> str:
    """Ask for known vulnerabilities of every locked package."""
    done = subprocess.run(
        [str(BIN / "pip-audit"), "--require-hashes", "--disable-pip", "-r", LOCK, "--format", "json"],
        check=False,
        capture_output=True,
        text=True,
    )
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        return f"pip-audit gave no report: {(done.stderr.strip() or 'nothing said').splitlines()[-1]}"
    asked = [package for package in found if "vulns" in package]
    faulty = [f"{package['name']} {package['version']}" for package in asked if package["vulns"]]
    if len(asked) < len(found) or not asked:
        return f"only {len(asked)} of {len(found)} packages could be looked up"
    return f"known faults in {', '.join(faulty)}" if faulty else ""


def secrets() -> str:
    """Look for secrets in tracked files; locks hold hashes and are left out."""
    done = subprocess.run(
        [
            str(BIN / "detect-secrets"),
            "scan",
            "--disable-plugin",
            "KeywordDetector",
            "--exclude-files",
            r".*\.lock$|package-lock\.json|tests/.*|.*\.po$",
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    found = json.loads(done.stdout)["results"]
    places = [
        f"{name}:{hit['line_number']}"
        for name, hits in found.items()
        for hit in hits
        if "ALPHABET" not in Path(name).read_text(encoding="utf-8").splitlines()[hit["line_number"] - 1]
    ]
    return f"look at {', '.join(places)}" if places else ""


def calls() -> str:
    """Bandit on our own code, from medium severity on; what ruff asks too (and we answered there) is left out."""
    done = subprocess.run(
        [str(BIN / "bandit"), "-q", "-r", "src", "-ll", "-s", "B104,B308,B310,B608,B703", "-f", "json"],
        check=False,
        capture_output=True,
        text=True,
    )
    hits = json.loads(done.stdout)["results"]
    return "; ".join(f"{hit['filename']}:{hit['line_number']} {hit['issue_text']}" for hit in hits)


def main() -> int:
    """Ask all three."""
    problems = {name: look() for name, look in (("packages", dependencies), ("secrets", secrets), ("calls", calls))}
    for name, problem in problems.items():
        print(f"{name}: {problem or 'nothing found'}")
    return int(any(problems.values()))


if __name__ == "__main__":
    sys.exit(main())
