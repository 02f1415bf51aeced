"""What people say of assets: found by search, kept by syncs, and gone with the asset."""

from uuid import UUID, uuid4

import pytest

from inventory.ingest.feeding import complete, device, host, ingest
from muster.accounts.roles import Principal, Role
from muster.core.errors import ConfigError
from muster.inventory.annotating import (
    Author,
    annotate,
    annotate_found,
    clearing,
    commenting,
    owning,
    rating,
    tagging,
)
from muster.inventory.decisions import merge_assets
from muster.inventory.models import Annotation, AnnotationKind, Asset
from muster.inventory.ownership_types import (
    TypeChange,
    change_types,
    create_types,
    ownership_types,
    remove_types,
)
from muster.inventory.selectors.annotations import NOTHING, annotations_of
from muster.inventory.tags import read_tags
from muster.organizations.scope import scope as scope_of
from muster.search import count

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(scope, now) -> Author:
    ingest(scope, [device("d1", "ws-1", tags=("floor=2",)), device("d2", "ws-2")], at=now)
    return Author(scope, now)


def uid_of(author, name="ws-1") -> UUID:
    return Asset.objects.get(organization=author.scope.organization, name=name).uid


def said(author, name="ws-1"):
    key = Asset.objects.get(organization=author.scope.organization, name=name).pk
    return annotations_of(author.scope, [key]).get(key, NOTHING)


def number(author, query) -> int:
    return count(author.scope, "assets", query, now=author.at).number


def test_tags_are_set_changed_and_taken_away(author):
    annotate(author, [uid_of(author)], tagging(author, 'site=HQ owner="Ada L." old'))
    annotate(author, [uid_of(author)], tagging(author, "site=Lab -old"))

    assert said(author).tags == {"site": "Lab", "owner": "Ada L."}
    assert said(author, "ws-2") == NOTHING


def test_what_people_say_is_found(author):
    annotate(author, [uid_of(author)], tagging(author, "site=HQ"))
    annotate(author, [uid_of(author)], commenting(author, "To be replaced"))
    annotate(author, [uid_of(author)], rating(author, "5"))

    assert number(author, "tag:site=HQ") == 1
    assert number(author, "site=HQ") == 1
    assert number(author, "comments:replaced criticality:=critical") == 1
    assert number(author, "NOT has:comments") == 1


def test_what_is_no_longer_said_is_not_found(author):
    annotate(author, [uid_of(author)], tagging(author, "site=HQ"))
    annotate(author, [uid_of(author)], clearing(AnnotationKind.TAG))
    annotate(author, [uid_of(author)], rating(author, "high"))
    annotate(author, [uid_of(author)], rating(author, "none"))

    assert number(author, "tag:site OR criticality:high OR site=HQ") == 0
    assert number(author, "tag:floor=2") == 1


def test_a_tag_of_a_source_stays_when_the_same_of_a_person_goes(author):
    annotate(author, [uid_of(author)], tagging(author, "floor=2"))
    annotate(author, [uid_of(author)], tagging(author, "-floor"))

    assert number(author, "tag:floor=2") == 1


def test_a_tag_of_a_person_stays_when_the_same_of_a_source_goes(author):
    annotate(author, [uid_of(author)], tagging(author, "floor=2"))
    ingest(author.scope, [device("d1", "ws-1")], at=author.at, run_id=2)

    assert number(author, "tag:floor=2") == 1


def test_syncs_leave_what_people_say(author):
    annotate(author, [uid_of(author)], commenting(author, "mind the dog"))
    ingest(
        author.scope,
        [device("d1", "ws-1", os="Linux"), complete("azuread")],
        at=author.at,
        run_id=2,
    )

    assert said(author).comments == "mind the dog"
    assert number(author, "comments:dog") == 1


def test_all_that_a_query_matches_is_annotated_also_if_it_then_matches_no_more(author):
    changed = annotate_found(author, "NOT tag:seen", tagging(author, "seen"), now=author.at)

    assert changed == 2
    assert number(author, "tag:seen") == 2


def test_a_merge_takes_along_what_was_said(author):
    annotate(author, [uid_of(author, "ws-2")], tagging(author, "a=2 b=2"))
    second = uid_of(author, "ws-2")
    ingest(author.scope, [host("h1", "srv-1")], at=author.at, instance="site")

    merge_assets(author.scope, [uid_of(author, "srv-1"), second], at=author.at)

    merged = Asset.objects.get(organization=author.scope.organization, uid=second)
    assert annotations_of(author.scope, [merged.pk])[merged.pk].tags == {"a": "2", "b": "2"}
    assert number(author, "tag:b=2") == 1


def test_a_merge_of_two_that_people_spoke_of_keeps_both_words(author):
    ingest(author.scope, [host("h1", "srv-1"), host("h2", "srv-2")], at=author.at, instance="s")
    annotate(author, [uid_of(author)], tagging(author, "a=1"))
    annotate(author, [uid_of(author, "srv-1")], tagging(author, "a=2 b=2"))

    merge_assets(author.scope, [uid_of(author), uid_of(author, "srv-1")], at=author.at)

    assert number(author, "tag:a=1 tag:b=2") == 1
    assert number(author, "tag:a=2") == 0
    assert Annotation.objects.filter(organization=author.scope.organization).count() == 2


def test_an_owner_is_found_under_their_type(author):
    business = create_types(author.scope.principal, [TypeChange(name="Business owner")])[0]
    annotate(author, [uid_of(author)], owning(author, [(business.uid, "Ada")]))

    assert [(each.type_name, each.owner) for each in said(author).owners] == [
        ("Business owner", "Ada")
    ]
    assert number(author, "owner:ada") == 1
    assert number(author, "has:owner") == 1
    annotate(author, [uid_of(author)], owning(author, [(business.uid, "")]))
    assert said(author).owners == ()


def test_a_type_with_owners_stays(author):
    kind = create_types(author.scope.principal, [TypeChange(name="IT")])[0]
    annotate(author, [uid_of(author)], owning(author, [(kind.uid, "Ada")]))

    with pytest.raises(ConfigError, match="have owners of the type 'IT'"):
        remove_types(author.scope.principal, [kind.uid])


def test_types_are_made_all_or_none(author):
    with pytest.raises(ConfigError, match="already an ownership type"):
        create_types(author.scope.principal, [TypeChange(name="IT"), TypeChange(name="it")])

    assert ownership_types() == []


def test_a_type_is_changed_and_taken_away(author):
    kind = create_types(author.scope.principal, [TypeChange(name="IT")])[0]
    changed = change_types(
        author.scope.principal, [TypeChange(uid=kind.uid, is_hidden=True, reference=1)]
    )

    assert [(each.name, each.is_hidden, each.reference) for each in changed] == [("IT", True, 1)]
    remove_types(author.scope.principal, [kind.uid])
    assert ownership_types() == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda author: tagging(author, "=x"), "has no key"),
        (lambda author: tagging(author, "k=\0"), "cannot be kept"),
        (lambda author: commenting(author, "x" * 10_001), "at most 10,000"),
        (lambda author: rating(author, "6"), "no criticality '6'"),
        (lambda author: owning(author, [(UUID(int=7), "x")]), "no ownership type"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_reason(author, change, message):
    with pytest.raises(ConfigError, match=message):
        change(author)


def test_an_asset_of_another_organization_is_not_there(author, other_scope):
    with pytest.raises(ConfigError, match="no asset"):
        annotate(Author(other_scope, author.at), [uid_of(author)], tagging(author, "a"))


def test_an_unknown_asset_changes_none_of_the_others(author):
    with pytest.raises(ConfigError, match="no asset"):
        annotate(author, [uid_of(author), uuid4()], tagging(author, "a"))

    assert said(author) == NOTHING


def test_a_viewer_says_nothing_and_an_annotator_does(author):
    viewer = Author(scope_of(Principal("v", Role.VIEWER), author.scope.organization), author.at)
    annotator = Author(
        scope_of(Principal("a", Role.ANNOTATOR), author.scope.organization), author.at
    )

    with pytest.raises(ConfigError, match="may not annotate"):
        annotate(viewer, [uid_of(author)], tagging(viewer, "a"))
    assert annotate(annotator, [uid_of(author)], tagging(annotator, "a")) == 1


@pytest.mark.parametrize(
    ("text", "put", "taken"),
    [
        ("a=1, b", {"a": "1", "b": ""}, set()),
        ('"a b"="c d"', {"a b": "c d"}, set()),
        ("-a a=2", {"a": "2"}, set()),
        ("a=2 -a", {}, {"a"}),
        ("a=b=c", {"a": "b=c"}, set()),
        ("", {}, set()),
    ],
)
def test_tags_are_read_as_people_type_them(text, put, taken):
    change = read_tags(text)

    assert (change.put, change.taken) == (put, taken)
