import pytest

from muster.core.testing import SourceContract
from muster.integrations.example.source import ExampleSource


class TestExampleContract(SourceContract):
    def source(self):
        return ExampleSource()


class TestExampleContractInPortions(TestExampleContract):
    @pytest.fixture(autouse=True)
    def _portions_of_one(self, monkeypatch):
        monkeypatch.setattr("muster.integrations.example.source.PORTION", 1)
