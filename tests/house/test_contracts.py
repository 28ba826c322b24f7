"""The architecture is a test: import contracts hold, and are more than decoration."""

from importlinter import cli
from importlinter.cli import EXIT_STATUS_SUCCESS

from tests.house.sources import ROOT


def test_every_import_contract_is_kept(capsys, monkeypatch) -> None:
    monkeypatch.chdir(ROOT)
    outcome = cli.lint_imports(config_filename=".importlinter", no_cache=True)
    said = capsys.readouterr().out
    assert outcome == EXIT_STATUS_SUCCESS, said
    assert "0 broken" in said
