"""The examples of deployments: what they start is understood, and what they name is there."""

import re
from pathlib import Path

import pytest
import typer
import yaml

from muster.cli.main import app
from muster.tasks.worker import loop

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "kubernetes"
SETTINGS = (ROOT / "docs" / "guide" / "settings.md").read_text()
README = (FOLDER / "README.md").read_text()
MANIFESTS = {
    each.name: list(yaml.safe_load_all(each.read_text())) for each in sorted(FOLDER.glob("*.yaml"))
}
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SETS = [
    each
    for documents in MANIFESTS.values()
    for each in documents
    if each["kind"] in {"Deployment", "StatefulSet"}
]


def containers(kind="muster"):
    for each in SETS:
        for container in each["spec"]["template"]["spec"]["containers"]:
            if kind in container["image"]:
                yield each, container


def secrets(value):
    """All references to keys of secrets, however deep."""
    if isinstance(value, dict):
        if "secretKeyRef" in value:
            yield value["secretKeyRef"]
        for each in value.values():
            yield from secrets(each)
    elif isinstance(value, list):
        for each in value:
            yield from secrets(each)


def command_lines():
    yield from (container["args"] for _, container in containers())
    for name, service in COMPOSE["services"].items():
        if name != "database":
            yield service["command"]


def seconds(text):
    return int(text.removesuffix("s"))


@pytest.mark.parametrize("arguments", list(command_lines()), ids=" ".join)
def test_what_is_started_is_a_command_that_the_program_reads(arguments):
    group = typer.main.get_command(app)
    context = group.make_context("muster", list(arguments))

    name, command, rest = group.resolve_command(context, list(arguments))

    # Raises if an option is unknown, or its value cannot be read.
    assert command.make_context(name, rest, parent=context).params


def test_every_file_is_applied_by_the_readme():
    (applied,) = re.findall(r"kubectl -n muster apply (.*)", README)

    assert set(applied.replace("-f ", "").split()) == set(MANIFESTS)


def test_every_setting_is_documented():
    names = {each["name"] for _, container in containers() for each in container["env"]}
    names |= {name for each in COMPOSE["services"].values() for name in each["environment"]}

    assert {each for each in names if each.startswith("MUSTER_")} <= set(
        re.findall(r"MUSTER_\w+", SETTINGS)
    )


def test_every_secret_is_made_as_the_readme_says():
    named = {(each["name"], each["key"]) for each in secrets(SETS)}

    assert named == {("muster", key) for key in re.findall(r"--from-literal=([\w-]+)=", README)}


def test_no_secret_is_written_down():
    for _, container in containers():
        for each in container["env"]:
            if re.search("KEY|URL|TOKEN|PASSWORD", each["name"]) and each["name"] != "MUSTER_URL":
                assert "value" not in each


@pytest.mark.parametrize("document", SETS, ids=lambda each: each["metadata"]["name"])
def test_selectors_labels_and_volumes_fit(document):
    template = document["spec"]["template"]
    pod = template["spec"]
    volumes = {each["name"] for each in pod.get("volumes", [])}
    volumes |= {
        each["metadata"]["name"] for each in document["spec"].get("volumeClaimTemplates", [])
    }

    assert document["spec"]["selector"]["matchLabels"] == template["metadata"]["labels"]
    for container in pod["containers"]:
        assert {each["name"] for each in container["volumeMounts"]} <= volumes


def test_services_find_their_pods():
    services = [
        each for documents in MANIFESTS.values() for each in documents if each["kind"] == "Service"
    ]
    labels = [each["spec"]["template"]["metadata"]["labels"] for each in SETS]

    assert [each["spec"]["selector"] for each in services] == labels


def test_whoever_is_connected_to_is_probed():
    for _, container in [*containers("postgres"), *containers()]:
        if "ports" in container:
            assert {"readinessProbe", "livenessProbe"} <= set(container)


def test_the_web_is_probed_where_it_listens():
    ((_, web),) = [(each, c) for each, c in containers() if "ports" in c]
    (port,) = web["ports"]

    assert str(port["containerPort"]) == web["args"][web["args"].index("--port") + 1]
    assert web["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": port["name"]}
    assert web["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": port["name"]}


def test_a_worker_has_time_to_hand_its_runs_back():
    (grace,) = [
        each["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
        for each, container in containers()
        if container["name"] == "worker"
    ]

    assert grace > loop.ENDING_SECONDS
    assert grace == seconds(COMPOSE["services"]["worker-1"]["stop_grace_period"])


def test_workers_have_names_of_their_own_and_as_many_slots_everywhere():
    by_compose = [
        each["command"] for name, each in COMPOSE["services"].items() if name.startswith("worker")
    ]
    (by_kubernetes,) = [c["args"] for _, c in containers() if c["name"] == "worker"]

    assert len({each[each.index("--name") + 1] for each in by_compose}) == len(by_compose)
    assert "$(POD_NAME)" in by_kubernetes
    assert {each[each.index("--slots") + 1] for each in [*by_compose, by_kubernetes]} == {"4"}


def test_nothing_of_ours_runs_as_root_or_writes_into_its_image():
    for each, container in containers():
        assert each["spec"]["template"]["spec"]["securityContext"]["runAsNonRoot"]
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
