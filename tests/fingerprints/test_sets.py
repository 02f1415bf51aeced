"""Every set of fingerprints that there is holds what its own examples promise."""

from muster.fingerprints.examples import verdict
from muster.fingerprints.library import OWN, files_in
from muster.fingerprints.reading import read_file


def test_every_pattern_can_be_compiled(files):
    for path in files:
        for each in read_file(path).fingerprints:
            assert each.compiled is not None


def test_examples_give_their_attributes(files):
    verdicts = [verdict(read_file(path)) for path in files]

    examples = sum(each.examples for each in verdicts)
    failed = sum(len(each.failures) for each in verdicts)
    assert failed <= examples * 0.01


def test_a_database_finds_what_an_example_promises_whichever_pattern_is_tried_first(files):
    databases = [read_file(path) for path in files]
    wrong = total = 0
    for database in databases:
        for fingerprint in database.fingerprints:
            for example in fingerprint.examples:
                total += 1
                found = database.match(example.text)
                said = found.attributes if found else {}
                wrong += any(
                    said.get(key, "") != value for key, value in example.attributes.items()
                )

    assert wrong <= total * 0.01


def test_there_are_enough_of_our_own_and_each_has_an_example():
    databases = [read_file(path) for path in files_in(OWN)]

    assert sum(len(each.fingerprints) for each in databases) >= 250
    assert all(entry.examples for each in databases for entry in each.fingerprints)


def test_our_own_examples_hold_without_exception():
    for path in files_in(OWN):
        assert verdict(read_file(path)).failures == ()


def test_our_own_databases_are_asked(own):
    from muster.fingerprints.subjects import SUBJECTS

    assert set(own.subjects()) <= {each.name for each in SUBJECTS}
