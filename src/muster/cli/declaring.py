"""Declaring a command: what all commands have, and options that are drawn from a source."""

import inspect
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer

from muster.cli.errors import told_errors
from muster.cli.session import HOME_HELP, ORGANIZATION_HELP, Defaults, Session

Drawn = dict[str, str | None]
"""Values of drawn options, by the name the source gave them; None where not given."""

_ORGANIZATION = Annotated[str, typer.Option("--organization", "-o", help=ORGANIZATION_HELP)]
_HOME = Annotated[str, typer.Option("--home", help=HOME_HELP)]
_JSON = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


def group(summary: str) -> typer.Typer:
    """Return an empty group of commands."""
    app = typer.Typer(
        no_args_is_help=True,
        help=summary,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback()
    def stay_a_group() -> None:
        """Keep a group of one command a group."""

    stay_a_group.__doc__ = summary
    return app


def single() -> typer.Typer:
    """Return an app that is one command."""
    return typer.Typer(
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def command(
    app: typer.Typer, name: str, *, drawn: Sequence[inspect.Parameter] = ()
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Declare a function that takes a Session as a command with the shared options.

    The values of `drawn` parameters come to it in one mapping, named `drawn`.
    """

    def declare(function: Callable[..., None]) -> Callable[..., None]:
        own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
        own = [each for each in own if each.name != "drawn"]
        names = [each.name for each in drawn]

        def called(context: typer.Context, **given: Any) -> None:
            session = Session(_merged(context, given))
            if drawn:
                given["drawn"] = {each: given.pop(each) for each in names}
            with told_errors(session):
                function(session, **given)

        _sign(called, [*own, *drawn, *_shared()])
        called.__doc__ = function.__doc__
        app.command(name)(called)
        return function

    return declare


def option(name: str, kind: Any, default: Any, *flags: str, help: str) -> inspect.Parameter:  # noqa: A002
    """Return a parameter that Typer reads as an option."""
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[kind, typer.Option(*flags, help=help)],
    )


def _shared() -> list[inspect.Parameter]:
    kinds = {"organization": (_ORGANIZATION, ""), "home": (_HOME, ""), "is_json": (_JSON, False)}
    return [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation
        )
        for name, (annotation, default) in kinds.items()
    ]


def _merged(context: typer.Context, given: dict[str, Any]) -> Defaults:
    before = context.find_object(Defaults) or Defaults()
    return Defaults(
        organization=given.pop("organization") or before.organization,
        home=given.pop("home") or before.home,
        is_json=given.pop("is_json") or before.is_json,
    )


def _sign(function: Callable[..., None], parameters: Sequence[inspect.Parameter]) -> None:
    """Give a function the signature that Typer builds the command from."""
    context = inspect.Parameter(
        "context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context
    )
    keywords = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in parameters]
    signature = inspect.Signature([context, *keywords])
    function.__signature__ = signature  # type: ignore[attr-defined] # what `inspect` looks for
    function.__annotations__ = {each.name: each.annotation for each in [context, *keywords]}
