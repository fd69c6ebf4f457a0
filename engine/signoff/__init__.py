"""signoff: a workflow engine for work that must be approved. These are its public names; all else may change.

A name is imported when it is first used, so that `import signoff` costs nothing. May import everything below;
nothing below may import this.
"""

import importlib
import typing

from signoff.catalogue import HOME as _HOME

if typing.TYPE_CHECKING:
    from signoff.errors import (
        AlreadyDecided,
        BpmnError,
        Conflict,
        DefinitionError,
        HandlerError,
        Invalid,
        InvalidDefinition,
        NotAllowed,
        NotFound,
        Permanent,
        Place,
        Problem,
        Refused,
        Retryable,
        SchemaMismatch,
        SignoffError,
        StaleSubject,
        StoreError,
        Unavailable,
        UnreadablePhrase,
        UnreadableState,
        UnreadableTable,
        UnsafeDatabase,
        UnsafeExpression,
        UnsupportedElement,
        WrongState,
    )
    from signoff.kernel.commands import Actor, Command, Signature
    from signoff.kernel.events.aside import PersonalErased
    from signoff.kernel.events.base import Event
    from signoff.kernel.events.data import DocumentDelivered, IncidentRaised, IncidentResolved, VariablesSet
    from signoff.kernel.events.flow import ElementCompleted, InstanceEnded, InstanceStarted, OccurrenceMissed
    from signoff.kernel.events.gate import GateDeclined, GateOpened, GatePassed, GateReturned, VoteCast
    from signoff.kernel.events.migration import InstanceMigrated
    from signoff.kernel.events.seat import (
        ApprovalTakenBack,
        OpinionAsked,
        OpinionGiven,
        SignerRemoved,
        SignersAdded,
        VoteTakenBack,
        VoteTransferred,
    )
    from signoff.kernel.events.task import WorkReopened, WorkSubmitted
    from signoff.kernel.events.time import CalendarTaken, DueSet, OccurrencesSkipped, RungFired
    from signoff.kernel.foresight import Foresight, Shift
    from signoff.kernel.missing import Missing
    from signoff.kernel.pending import Objection
    from signoff.kernel.request import Offer
    from signoff.kernel.state import Person, State
    from signoff.model.authority import Authority, Band, Grant, Limit
    from signoff.model.authority import Signer as BandSigner
    from signoff.model.definition import Definition
    from signoff.model.erased import Erased
    from signoff.model.gate import Strength
    from signoff.model.nodes import HumanTask, ServiceTask, UserTask
    from signoff.model.types import Declaration, ListOf, OneOf, Scalar
    from signoff.model.types import Record as RecordType
    from signoff.notation.bpmn_reader.survey import Survey as BpmnSurvey
    from signoff.notation.bpmn_reader.survey import Verdict as BpmnVerdict
    from signoff.notation.bpmn_reader.survey import survey as survey_bpmn
    from signoff.notation.bpmn_writer.document import write as write_bpmn
    from signoff.notation.dmn_reader.document import read as read_dmn
    from signoff.notation.interchange.document import drawn as read_diagram
    from signoff.notation.machine import machine as state_machine
    from signoff.notation.picture.drawing import Drawing
    from signoff.notation.picture.layout import place as lay_out
    from signoff.notation.picture.states import place_states as lay_out_states
    from signoff.notation.picture.svg import render as draw
    from signoff.notation.table.importer import import_table
    from signoff.notation.table.report import annotate
    from signoff.notation.table.update import update_table
    from signoff.notation.yaml.process import read as read_definition
    from signoff.notation.yaml.process import read_scenarios
    from signoff.notation.yaml.process import sketch as sketch_definition
    from signoff.notation.yaml.schema import json_schema
    from signoff.read.audit import AuditRow
    from signoff.read.history import Record
    from signoff.read.inbox import InboxRow
    from signoff.read.instance import InstanceRow
    from signoff.read.sheet import Sheet
    from signoff.read.timeline import TimelineRow
    from signoff.runtime.almanac import (
        CalendarChange,
        Recounted,
        preview_calendar,
        refresh_calendar,
        stored_calendar,
        stored_calendars,
    )
    from signoff.runtime.almanac import recount as recount_deadlines
    from signoff.runtime.channels import Channel, LogChannel, MailChannel, Notice, channels_from
    from signoff.runtime.checkpoint import CheckpointFile, checkpoint
    from signoff.runtime.clock import Clock, SystemClock, VirtualClock
    from signoff.runtime.contact import Contact
    from signoff.runtime.core import Recorded
    from signoff.runtime.daemon import Daemon
    from signoff.runtime.desk import Draft
    from signoff.runtime.directory import Directory, SqlDirectory, Standing, StaticDirectory
    from signoff.runtime.endpoint import Endpoint
    from signoff.runtime.engine import Engine
    from signoff.runtime.enrolment import enrolled, import_people, people_file, preview_people
    from signoff.runtime.execution import Receipt
    from signoff.runtime.handlers import Handler, Job
    from signoff.runtime.handover import HandedOver
    from signoff.runtime.health import Health
    from signoff.runtime.ical import instance_calendar, person_calendar
    from signoff.runtime.keys import add_key, list_keys, revoke_key
    from signoff.runtime.log import JsonFormatter, TextFormatter
    from signoff.runtime.mandate import Hierarchy, Mandates, Signing
    from signoff.runtime.migration import Migrated
    from signoff.runtime.overrides import CalendarFile, calendar_file, read_calendar
    from signoff.runtime.people import PeopleFile, read_people
    from signoff.runtime.pool import Pool
    from signoff.runtime.prospect import Prospect, prospect
    from signoff.runtime.question import Question, question
    from signoff.runtime.rehearsal import Rehearsal, rehearse
    from signoff.runtime.services import AppriseChannel
    from signoff.runtime.sheet.page import as_html as sheet_html
    from signoff.runtime.sheet.page import as_json as sheet_json
    from signoff.runtime.sheet.paper import as_docx as sheet_docx
    from signoff.runtime.signing import FileSigner, NewKey, Signer, ToSign, new_key
    from signoff.runtime.signing import public_of as public_key
    from signoff.runtime.trouble import Trouble, troubles
    from signoff.runtime.verifier import Attempt, SessionVerifier, Verifier
    from signoff.runtime.webhook import WebhookChannel
    from signoff.runtime.why import Reason
    from signoff.runtime.worker import Worker
    from signoff.store.calendars import Stored as StoredCalendar
    from signoff.store.database import Database
    from signoff.store.documents import DatabaseDocuments, Documents, FolderDocuments
    from signoff.store.keys import Key
    from signoff.store.migrations import create as create_database
    from signoff.store.migrations import status as database_status
    from signoff.store.migrations import upgrade as upgrade_database
    from signoff.store.organisation import Department, Organisation
    from signoff.store.people import Import as PeopleMode
    from signoff.store.people import Imported as PeopleChange
    from signoff.store.people import Individual
    from signoff.store.schema import owns
    from signoff.time.calendar import Calendar

_PLACES = {
    spelled.partition(":")[0]: (f"signoff.{module}", spelled.partition(":")[2] or spelled)
    for module, names in _HOME.items()
    for spelled in names.split()
}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"signoff has no public name {name}")
    module, inner = _PLACES[name]
    return getattr(importlib.import_module(module), inner)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


__all__ = [
    "Actor",
    "AlreadyDecided",
    "AppriseChannel",
    "ApprovalTakenBack",
    "Attempt",
    "AuditRow",
    "Authority",
    "Band",
    "BandSigner",
    "BpmnError",
    "BpmnSurvey",
    "BpmnVerdict",
    "Calendar",
    "CalendarChange",
    "CalendarFile",
    "CalendarTaken",
    "Channel",
    "CheckpointFile",
    "Clock",
    "Command",
    "Conflict",
    "Contact",
    "Daemon",
    "Database",
    "DatabaseDocuments",
    "Declaration",
    "Definition",
    "DefinitionError",
    "Department",
    "Directory",
    "DocumentDelivered",
    "Documents",
    "Draft",
    "Drawing",
    "DueSet",
    "ElementCompleted",
    "Endpoint",
    "Engine",
    "Erased",
    "Event",
    "FileSigner",
    "FolderDocuments",
    "Foresight",
    "GateDeclined",
    "GateOpened",
    "GatePassed",
    "GateReturned",
    "Grant",
    "HandedOver",
    "Handler",
    "HandlerError",
    "Health",
    "Hierarchy",
    "HumanTask",
    "InboxRow",
    "IncidentRaised",
    "IncidentResolved",
    "Individual",
    "InstanceEnded",
    "InstanceMigrated",
    "InstanceRow",
    "InstanceStarted",
    "Invalid",
    "InvalidDefinition",
    "Job",
    "JsonFormatter",
    "Key",
    "Limit",
    "ListOf",
    "LogChannel",
    "MailChannel",
    "Mandates",
    "Migrated",
    "Missing",
    "NewKey",
    "NotAllowed",
    "NotFound",
    "Notice",
    "Objection",
    "OccurrenceMissed",
    "OccurrencesSkipped",
    "Offer",
    "OneOf",
    "OpinionAsked",
    "OpinionGiven",
    "Organisation",
    "PeopleChange",
    "PeopleFile",
    "PeopleMode",
    "Permanent",
    "Person",
    "PersonalErased",
    "Place",
    "Pool",
    "Problem",
    "Prospect",
    "Question",
    "Reason",
    "Receipt",
    "Record",
    "RecordType",
    "Recorded",
    "Recounted",
    "Refused",
    "Rehearsal",
    "Retryable",
    "RungFired",
    "Scalar",
    "SchemaMismatch",
    "ServiceTask",
    "SessionVerifier",
    "Sheet",
    "Shift",
    "Signature",
    "Signer",
    "SignerRemoved",
    "SignersAdded",
    "Signing",
    "SignoffError",
    "SqlDirectory",
    "StaleSubject",
    "Standing",
    "State",
    "StaticDirectory",
    "StoreError",
    "StoredCalendar",
    "Strength",
    "SystemClock",
    "TextFormatter",
    "TimelineRow",
    "ToSign",
    "Trouble",
    "Unavailable",
    "UnreadablePhrase",
    "UnreadableState",
    "UnreadableTable",
    "UnsafeDatabase",
    "UnsafeExpression",
    "UnsupportedElement",
    "UserTask",
    "VariablesSet",
    "Verifier",
    "VirtualClock",
    "VoteCast",
    "VoteTakenBack",
    "VoteTransferred",
    "WebhookChannel",
    "WorkReopened",
    "WorkSubmitted",
    "Worker",
    "WrongState",
    "add_key",
    "annotate",
    "calendar_file",
    "channels_from",
    "checkpoint",
    "create_database",
    "database_status",
    "draw",
    "enrolled",
    "import_people",
    "import_table",
    "instance_calendar",
    "json_schema",
    "lay_out",
    "lay_out_states",
    "list_keys",
    "new_key",
    "owns",
    "people_file",
    "person_calendar",
    "preview_calendar",
    "preview_people",
    "prospect",
    "public_key",
    "question",
    "read_calendar",
    "read_definition",
    "read_diagram",
    "read_dmn",
    "read_people",
    "read_scenarios",
    "recount_deadlines",
    "refresh_calendar",
    "rehearse",
    "revoke_key",
    "sheet_docx",
    "sheet_html",
    "sheet_json",
    "sketch_definition",
    "state_machine",
    "stored_calendar",
    "stored_calendars",
    "survey_bpmn",
    "troubles",
    "update_table",
    "upgrade_database",
    "write_bpmn",
]
