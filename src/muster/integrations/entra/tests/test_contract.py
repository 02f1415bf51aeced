from muster.core.testing import SourceContract
from muster.integrations.entra.tests.tenant import SECRET, Tenant


class TestEntraContract(SourceContract):
    secret = SECRET

    def source(self):
        return Tenant().source()

    def context(self):
        return Tenant().context()
