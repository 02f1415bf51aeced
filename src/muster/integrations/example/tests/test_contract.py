from muster.core.testing import SourceContract
from muster.integrations.example.source import ExampleSource


class TestExampleContract(SourceContract):
    def source(self):
        return ExampleSource()
