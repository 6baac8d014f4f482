"""Runs test files with pytest in the browser's Python; what became of each test is the answer, as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.handset.inside import folders

INI = """[pytest]
addopts = --import-mode=importlib --capture=sys -p no:cacheprovider -p no:faulthandler -p no:unraisableexception
filterwarnings = error
"""


class Report:
    def __init__(self) -> None:
        self.passed: list[str] = []
        self.others: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.passed and report.when == "call":
            self.passed.append(report.nodeid)
        elif not report.passed:
            self.others[f"{report.nodeid} ({report.when})"] = f"{report.outcome}: {report.longreprtext}"

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if not report.passed:
            self.others[report.nodeid] = f"{report.outcome}: {report.longreprtext}"


def main(*files: str) -> str:
    """Args:
    files: from the root of the house.
    """
    Path("inside.ini").write_text(INI)
    report = Report()
    code = pytest.main(["-c", "inside.ini", "--rootdir", ".", "-q", *files], plugins=[report, folders])
    return json.dumps({"code": int(code), "passed": report.passed, "others": report.others})
