"""What went wrong, as people and scripts are told: a sentence and what is missing, an exit code by class.

Nothing is shown of the inside of the program unless SIGNOFF_TRACEBACK=1. Must import nothing heavy of signoff.
"""

import os
import sys
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass, replace
from types import MappingProxyType
from typing import Any

import click

from signoff.errors import InvalidDefinition, Refused, SignoffError
from signoff_cli.moment import shown
from signoff_cli.screen import Screen
from signoff_cli.session import Misuse, Session
from signoff_cli.words import translated

USAGE, CRASHED, INTERRUPTED, FAILED = 2, 70, 130, 1
_PEOPLE = (
    "person",
    "delegate",
    "principal",
    "people",
)  # parameters that are ids of people, or a list of them
_NOBODY: Mapping[str, str] = MappingProxyType({})


def report(error: BaseException, session: Session) -> int:
    """Tell about the error on the error output, or as JSON on the output; its exit code."""
    code = _exit_code(error)
    names = _names(error, session)
    if session.json:
        Screen.of(session.lang).document({"error": _document(error, session.lang, code, names)})
    else:
        screen = Screen(sys.stderr, session.lang, sys.stderr.isatty())
        for number, line in enumerate(_lines(error, session.lang, names)):
            screen.line(line, "" if number else "late")
    if code == CRASHED and os.environ.get("SIGNOFF_TRACEBACK") == "1":
        traceback.print_exception(error, file=sys.stderr)
    return code


def _exit_code(error: BaseException) -> int:
    match error:
        case SignoffError():
            return error.exit_code
        case click.ClickException():
            return error.exit_code
        case click.Abort():
            interrupted = isinstance(error.__cause__ or error.__context__, KeyboardInterrupt)
            return INTERRUPTED if interrupted else FAILED
        case KeyboardInterrupt():
            return INTERRUPTED
        case OSError():
            return FAILED
    return CRASHED


def _names(error: BaseException, session: Session) -> Mapping[str, str]:
    """What the people are called whom a refusal speaks of; nobody where the database itself is what fails."""
    if not isinstance(error, Refused):
        return {}
    who = [id for each in getattr(error, "missing", ()) for id in getattr(each, "who", ())]
    try:
        return session.engine.names([*who, *_people(error.params)])
    except (SignoffError, click.ClickException):
        return {}


def _stronger(error: SignoffError, lang: str) -> str:
    """How to come with more proof than this."""
    if getattr(error.params.get("least"), "code", "") == "strength_signed":
        return translated("Sign with --sign KEYFILE; `signoff keys new` makes a key.", lang)
    return translated(
        "Without --as and SIGNOFF_AS you act as the person of your login, which is attested.", lang
    )


def _hint(error: BaseException, lang: str) -> str:
    """What to give along; nothing where the sentence says all."""
    if isinstance(error, SignoffError) and error.code == "too_weak":
        return _stronger(error, lang)
    if isinstance(error, SignoffError) and error.code in ("reason_needed", "reason_missing"):
        return translated("Say it with --reason TEXT.", lang)
    return ""


def _lines(error: BaseException, lang: str, names: Mapping[str, str]) -> Iterator[str]:
    listed = [missing(each, lang, names=names) for each in getattr(error, "missing", ())]
    said = sentence(error, lang, names)
    if said in [_said(each, lang, names) for each in getattr(error, "missing", ())]:  # it would be told twice
        said = (
            listed.pop()
            if len(listed) == 1
            else translated("{n} things are missing:", lang).format(n=len(listed))
        )
    yield translated("Error: {text}", lang).format(text=said)
    if isinstance(error, InvalidDefinition):
        yield from (found(problem, lang) for problem in error.problems)
    if hint := _hint(error, lang):
        yield hint
    yield from (f"  - {each}" for each in listed)
    if isinstance(error, click.UsageError) and error.ctx is not None:
        yield translated("`{path} --help` says more.", lang).format(path=error.ctx.command_path)


def found(problem: Any, lang: str) -> str:
    """A problem of a definition on one line: file:line:column code sentence."""
    return f"{problem.place}: {problem.mark} {problem.sentence(lang)}"


def missing(each: Any, lang: str, zone: str = "", names: Mapping[str, str] = _NOBODY) -> str:
    """One thing that is missing: what, how to give it, who can supply it, since when."""
    said = _said(each, lang, names)
    who = ("、" if lang == "zh" else ", ").join(names.get(id, id) for id in getattr(each, "who", ()))
    since = getattr(each, "since", None)
    parts = _given(each, lang)
    parts += [translated("from {who}", lang).format(who=who)] if who else []
    # A refusal does not know the zone of the process, so it says which zone it speaks of.
    at = "" if since is None else shown(since, zone) if zone else f"{shown(since)} {since.astimezone():%Z}"
    parts += [translated("since {since}", lang).format(since=at)] if at else []
    if not parts:
        return said
    return translated("{text} ({more})", lang).format(
        text=said, more=("，" if lang == "zh" else ", ").join(parts)
    )


def _people(params: Mapping[str, Any]) -> list[str]:
    """The ids of people among the parameters of a sentence."""
    found = [params.get(name) for name in _PEOPLE]
    return [
        id
        for each in found
        for id in (each if isinstance(each, list | tuple) else [each])
        if isinstance(id, str)
    ]


def _called(params: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The parameters with people by their names."""
    return {name: _name_of(value, names) if name in _PEOPLE else value for name, value in params.items()}


def _name_of(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list | tuple):
        return [_name_of(each, names) for each in value]
    return names.get(value, value) if isinstance(value, str) else value


def _said(each: Any, lang: str, names: Mapping[str, str]) -> str:
    if names and is_dataclass(each) and not isinstance(each, type) and hasattr(each, "params"):
        each = replace(each, params=_called(each.params, names))
    return each.sentence(lang) if callable(getattr(each, "sentence", None)) else str(each)


def _given(each: Any, lang: str) -> list[str]:
    """The option that gives what is missing, by the name that the definition knows it by."""
    params = getattr(each, "params", {})
    match getattr(each, "code", ""):
        case "field_empty":
            return [f"--set {params.get('name')}=…"]
        case "unticked":
            item = params.get("item", {})
            return [f'--tick "{item.get(lang) or next(iter(item.values()), "…")}"']
        case "document_missing" if not getattr(each, "who", ()):
            return [f"--attach {params.get('id')}=…"]
    return []


def sentence(error: BaseException, lang: str, names: Mapping[str, str] = _NOBODY) -> str:
    """What happened and what to do, in one or two sentences."""
    match error:
        case SignoffError():
            return SignoffError(error.code, **_called(error.params, names)).sentence(lang)
        case click.ClickException():
            return _misused(error, lang)
        case click.Abort() if _exit_code(error) == FAILED:
            return translated("Stopped; nothing was changed. Where nobody can answer, say --yes.", lang)
        case KeyboardInterrupt() | click.Abort():
            return translated("Stopped; what was not finished has changed nothing.", lang)
        case OSError(filename=str(file), strerror=str(why)):
            text = translated("{file}: {why}. Check the path and your rights to it.", lang)
            return text.format(file=file, why=why)
        case OSError():
            return str(error)
    text = translated(
        "signoff has failed in a way nobody foresaw ({name}). Please report it, with the command you gave and "
        "what SIGNOFF_TRACEBACK=1 shows.",
        lang,
    )
    return text.format(name=f"{type(error).__name__}: {error}")


def _misused(error: click.ClickException, lang: str) -> str:
    """Refusals of click itself, in the reader's language."""
    match error:
        case Misuse():
            return error.message
        case click.NoSuchOption():
            return _no_such_option(error, lang)
        case click.MissingParameter(param=click.Parameter() as parameter):
            text = translated("{name} is missing.", lang)
            return text.format(name=_named(parameter))
        case click.BadParameter(param=click.Parameter() as parameter):
            text = translated("{name} does not fit: {why}", lang)
            return text.format(name=_named(parameter), why=error.message)
    return error.format_message()


def _no_such_option(error: click.NoSuchOption, lang: str) -> str:
    text = translated("There is no option {name} here.", lang).format(name=error.option_name)
    if not error.possibilities:
        return text
    near = min(error.possibilities)
    return text + " " + translated("Did you mean {near}?", lang).format(near=near)


def _named(parameter: click.Parameter) -> str:
    if isinstance(parameter, click.Argument):
        return parameter.make_metavar(click.Context(click.Command("")))
    return max(parameter.opts, key=len)


def _document(error: BaseException, lang: str, code: int, names: Mapping[str, str]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "class": type(error).__name__,
        "sentence": sentence(error, lang, names),
        "exit_code": code,
    }
    if isinstance(error, SignoffError):
        said |= {"code": error.code, "params": dict(error.params), "missing": getattr(error, "missing", ())}
    if isinstance(error, InvalidDefinition):
        said["problems"] = error.problems
    return said
