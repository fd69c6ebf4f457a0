"""Verbs and groups of verbs as click knows them: loaded when run, with the common options on either side.

A verb's function takes the session and returns an `Answer`: one document for --json, and lines for people.
Must not import what only a running verb needs.
"""

import difflib
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click
from click.core import ParameterSource

from signoff_cli.register import ENTRIES, GROUPS, SECTIONS
from signoff_cli.screen import Screen, pipe_closed
from signoff_cli.session import Misuse, Session
from signoff_cli.words import LANGUAGES, t


@dataclass(slots=True)
class Answer:
    """What a verb came to: `document` for --json, `show` for people; `exit_code` tells scripts."""

    document: Any
    show: Callable[[Screen], None]
    exit_code: int = 0


class Option(click.Option):
    """An option whose help is a message id."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """As click's, in the reader's language."""
        kept = self.help
        self.help = t(kept or "")
        try:
            return super().get_help_record(ctx)
        finally:
            self.help = kept


def _keep(field: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def keep(context: click.Context, parameter: click.Parameter, value: Any) -> None:
        if context.get_parameter_source(str(parameter.name)) is ParameterSource.COMMANDLINE:
            setattr(context.find_root().obj, field, value)

    return keep


_OWN: dict[str, Any] = {"expose_value": False}
# Their inner names differ from those of any verb: click keeps one value for each name.
COMMON = (
    Option(
        ["--db", "common_db"],
        metavar="URL",
        callback=_keep("db"),
        help="The database (SIGNOFF_DB, or SIGNOFF_DB_FILE for a file that holds the URL); sqlite:///signoff.db",
        **_OWN,
    ),
    Option(
        ["--as", "common_person"],
        metavar="PERSON",
        callback=_keep("person"),
        help="Who acts (SIGNOFF_AS), asserted; without it the person of this login, attested.",
        **_OWN,
    ),
    Option(
        ["--json", "common_json"],
        is_flag=True,
        callback=_keep("json"),
        help="Print one JSON document.",
        **_OWN,
    ),
    Option(
        ["--lang", "common_lang"],
        type=click.Choice(LANGUAGES),
        is_eager=True,
        callback=_keep("lang"),
        help="The language of texts (SIGNOFF_LANG).",
        **_OWN,
    ),
)


class _Worded:
    """What verbs and groups share: the common options, and help in the reader's language."""

    name: str | None
    params: list[click.Parameter]
    details = ""
    line = ""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        own: list[click.Parameter] = [*self.params, *COMMON]
        found = self.get_help_option(ctx)
        return [*own, found] if found is not None else own

    def get_help_option(self, ctx: click.Context) -> click.Option | None:  # noqa: ARG002 - click's form
        def show(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
            if value and not context.resilient_parsing:
                # click.echo would write UTF-8 to a console that cannot show it.
                print(context.get_help())  # noqa: T201 - the one line that help is
                context.exit()

        return Option(
            ["--help"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            callback=show,
            help="Show this text.",
        )

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002 - the line is short already
        return t(self.line)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = self.collect_usage_pieces(ctx)  # type: ignore[attr-defined]  # of the click class beside this one
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=t("Usage:") + " ")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's form
        for text in (self.line, *self.details.split("\n")):
            if text:
                formatter.write_paragraph()
                with formatter.indentation():
                    formatter.write_text(t(text))

    def _format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [
            record
            for parameter in self.get_params(ctx)
            if isinstance(parameter, Option) and (record := parameter.get_help_record(ctx)) is not None
        ]
        with formatter.section(t("Options")):
            formatter.write_dl(rows)


class Verb(_Worded, click.Command):
    """One verb."""

    def __init__(self, name: str, *, details: str = "", **given: Any) -> None:
        super().__init__(name, **given)
        self.line = ENTRIES[name].help
        self.details = details

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self._format_options(ctx, formatter)

    def invoke(self, ctx: click.Context) -> int:
        """Run the verb and print what it came to; the exit code."""
        session: Session = ctx.find_root().obj
        answer: Answer = super().invoke(ctx)
        screen = Screen.of(session.lang)
        try:
            if session.json:
                screen.document(answer.document)
            else:
                answer.show(screen)
            sys.stdout.flush()
        except BrokenPipeError:
            return pipe_closed()
        return answer.exit_code


class Verbs(_Worded, click.Group):
    """The verbs whose names begin with `prefix`, imported when they are run; their help is not."""

    def __init__(self, name: str, *, prefix: str = "", line: str = "", details: str = "") -> None:
        super().__init__(name, no_args_is_help=True)
        self.prefix = prefix
        self.line = line
        self.details = details

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's form
        names = (name.removeprefix(self.prefix) for name in ENTRIES if name.startswith(self.prefix))
        return list(dict.fromkeys(name.partition(" ")[0] for name in names))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        full = self.prefix + cmd_name
        if full in ENTRIES:
            return _loaded(full)
        if cmd_name in self.list_commands(ctx):
            return Verbs(cmd_name, prefix=f"{full} ", line=GROUPS[full])
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            raise Misuse(_unknown(name, self.list_commands(ctx)), ctx)
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self._format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's form
        for section in SECTIONS:
            rows = _rows(self.prefix, section.rows)
            if rows:
                with formatter.section(t(section.title)):
                    formatter.write_dl(rows)


def _rows(prefix: str, entries: Iterable[tuple[str, str, str]]) -> list[tuple[str, str]]:
    return [(name.removeprefix(prefix), t(help)) for name, _, help in entries if name.startswith(prefix)]


def _loaded(name: str) -> click.Command:
    module, _, attribute = ENTRIES[name].place.partition(":")
    found = getattr(import_module(f"signoff_cli.{module}"), attribute)
    assert isinstance(found, click.Command), f"{attribute} of {module} is no verb"
    return found


def _unknown(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    if near:
        return t("There is no verb {name}; did you mean {near}?", name=name, near=near[0])
    return t("There is no verb {name}; `signoff --help` lists them.", name=name)


def verb(name: str, *, details: str = "") -> Callable[[Callable[..., Answer]], Verb]:
    """Make a function with click's arguments and options the verb `name` of the register."""

    def make(function: Callable[..., Answer]) -> Verb:
        parameters = list(reversed(getattr(function, "__click_params__", [])))
        return Verb(name, params=parameters, callback=click.pass_obj(function), details=details)

    return make


def option(*names: str, help: str, **given: Any) -> Callable[[Any], Any]:
    """An option of a verb; `help` is a message id."""
    return click.option(*names, cls=Option, help=help, **given)


def standing_in(function: Any) -> Any:
    """The option by which a substitute says for whom, of the verbs that a substitute may use."""
    said = option(
        "--for",
        "common_for",
        metavar="PERSON",
        default="",
        expose_value=False,
        callback=_keep("on_behalf_of"),
        help="For whom, of those you stand in for; needed only where there are several.",
    )
    return said(function)
