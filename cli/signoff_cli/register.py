"""The register of verbs: what each is called, which module runs it, and one line about it.

Read to show help without importing anything. A verb of two words belongs to a group. Must import nothing.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A verb: `place` is MODULE:OBJECT below `signoff_cli`; `help` is a message id."""

    name: str
    place: str
    help: str
    section: str


@dataclass(frozen=True, slots=True)
class Section:
    """Verbs that are shown together."""

    title: str
    rows: tuple[tuple[str, str, str], ...]


SECTIONS = (
    Section(
        "Define",
        (
            ("import", "verbs.table:import_table", "Turn a process table into a definition."),
            ("check", "verbs.define:check", "Check definitions: every problem with its place."),
            ("deploy", "verbs.define:deploy", "Make definitions current, all of them or none."),
            (
                "release-definition",
                "verbs.release:release_definition",
                "Let a version run that somebody else has deployed.",
            ),
            ("definitions", "verbs.define:definitions", "List the deployed definitions."),
            ("convert", "verbs.convert:convert", "Write a definition as BPMN 2.0, with its diagram."),
            ("diagram", "verbs.picture:diagram", "Draw a process, or its states, as SVG."),
            ("schema", "verbs.define:schema", "Print the JSON Schema of the definition language."),
        ),
    ),
    Section(
        "Run",
        (
            ("start", "verbs.start:start", "Start an instance of a process."),
            ("list", "verbs.look:list_instances", "List instances, the latest first."),
            ("show", "verbs.look:show", "Show an instance: its data, documents and what waits."),
            ("why", "verbs.look:why", "Say why an instance waits: what is missing, and who can supply it."),
            (
                "timeline",
                "verbs.plan:timeline",
                "Show each step with its deadline, its doer and its approvals.",
            ),
            ("forecast", "verbs.forecast:forecast", "Show the steps ahead, and who would be asked."),
            ("thread", "verbs.aside:thread", "Show comments, questions and answers."),
            ("history", "verbs.look:history", "Show what happened, command by command."),
            ("inspect", "verbs.look:inspect", "Show, why and timeline on one screen."),
            ("advance", "verbs.advance:advance", "Do the one thing that you may do there."),
        ),
    ),
    Section(
        "Work",
        (
            ("inbox", "verbs.inbox:inbox", "List what a person has to do, the most pressing first."),
            ("copies", "verbs.aside:copies", "List what was copied to you, and whether you read it."),
            ("read", "verbs.aside:read", "Say that you have read a copy."),
            ("claim", "verbs.work:claim", "Take a task out of the pool for yourself."),
            ("release", "verbs.work:release", "Put a claimed task back into the pool."),
            ("save", "verbs.desk:save", "Keep a partly filled form, or the opinion of a vote."),
            ("put-off", "verbs.desk:put_off", "Keep a task out of your inbox until a day."),
            ("submit", "verbs.work:submit", "Hand in the work of a task."),
            ("approve", "verbs.vote:approve", "Say yes to what a gate asks."),
            ("decline", "verbs.vote:decline", "Say no to what a gate asks."),
            ("abstain", "verbs.motion:abstain", "Be heard at a gate without a yes."),
            ("return", "verbs.vote:return_to", "Send back to an earlier step."),
            ("transfer", "verbs.motion:transfer", "Hand a task or your vote over to somebody else."),
            ("delegate", "verbs.motion:delegate", "Ask somebody for an opinion before you vote."),
            ("advise", "verbs.motion:advise", "Give the opinion that you were asked for."),
            ("add-signer", "verbs.motion:add_signer", "Have others sign before, beside or after you."),
            ("remove-signer", "verbs.motion:remove_signer", "Take a signer off who has not voted."),
            ("take-back", "verbs.motion:take_back", "Take back your vote, or a question passed on."),
            ("withdraw", "verbs.aside:withdraw", "Take back what you started."),
            ("request", "verbs.request:request", "Ask for something that takes effect once approved."),
            ("urge", "verbs.aside:urge", "Remind those who are waited for."),
            ("comment", "verbs.aside:comment", "Say something about an instance or a step."),
            ("ask", "verbs.aside:ask", "Ask somebody for information."),
            ("answer", "verbs.aside:answer", "Give the information you were asked for."),
            ("waive", "verbs.vote:waive", "Set one rule of a step aside, with a reason."),
            ("assign", "verbs.work:assign", "Appoint a person to a task that nobody can do."),
            ("prioritize", "verbs.desk:prioritize", "Say how pressing an instance or a task is."),
            ("pick", "verbs.work:pick", "Say who has a role that somebody picks."),
        ),
    ),
    Section(
        "Operate",
        (
            ("daemon", "verbs.daemon:daemon", "Work off deadlines, escalations, handlers and notices."),
            (
                "reschedule",
                "verbs.request:reschedule",
                "Ask for another date, after seeing what it comes to.",
            ),
            ("suspend", "verbs.operate:suspend", "Let an instance and its deadlines stand still."),
            ("resume", "verbs.operate:resume", "Let a suspended instance go on."),
            ("cancel", "verbs.operate:cancel", "End an instance for good."),
            ("override", "verbs.aside:override", "Let a task or gate go on without its work or votes."),
            ("move", "verbs.desk:move", "Let the flow go on at another step."),
            ("migrate", "verbs.migrate:migrate", "Let running instances go on with another version."),
            ("handover", "verbs.aside:handover", "Hand all that lies with a person over to another."),
            ("incidents", "verbs.trouble:incidents", "List what stands still, and what was given up."),
            ("retry", "verbs.operate:retry", "Try again what an incident stopped."),
            ("erase", "verbs.erase:erase", "Erase personal values of an instance that has ended."),
        ),
    ),
    Section(
        "Evidence",
        (
            ("verify", "verbs.verify:verify", "Prove that the history was not changed, and replay it."),
            ("checkpoint", "verbs.checkpoint:checkpoint", "Write down, signed, where every history stands."),
            (
                "export",
                "verbs.export:export",
                "Write the approval sheet of an instance, or all its evidence.",
            ),
            ("audit", "verbs.audit:audit", "List who decided what over all instances, for an auditor."),
        ),
    ),
    Section(
        "Administer",
        (
            (
                "people import",
                "verbs.people:import_people",
                "Make the directory say what a people file says.",
            ),
            ("people list", "verbs.people:list_people", "List the people of the directory."),
            ("people show", "verbs.people:show_person", "Show what the directory knows of a person."),
            ("calendar show", "verbs.calendar:show_calendar", "Show by which days deadlines are counted."),
            (
                "calendar refresh",
                "verbs.calendar:refresh",
                "Bring calendars up to date, and the deadlines with them.",
            ),
            (
                "calendar import",
                "verbs.calendar:import_calendar",
                "Take over an organisation's own days off, workdays and hours.",
            ),
            ("keys new", "verbs.keys:new", "Make a key of your own to sign with."),
            ("keys add", "verbs.keys:add", "Register somebody's public key."),
            ("keys revoke", "verbs.keys:revoke_key", "Let a key count no more."),
            ("keys list", "verbs.keys:list_all", "List the registered keys."),
            ("db upgrade", "verbs.database:upgrade", "Bring the database to this release, or create it."),
            ("db status", "verbs.database:status", "Say which release the database was made for."),
            ("doctor", "verbs.doctor:doctor", "Look for what is wrong with the installation."),
            (
                "demo",
                "verbs.demo:demo",
                "Play a whole process on a database of its own, and leave one for you.",
            ),
        ),
    ),
)
#: One line about each group of verbs.
GROUPS = {
    "people": "The people that processes name.",
    "calendar": "The days that deadlines are counted by.",
    "keys": "The keys that people sign with.",
    "db": "The database.",
}
ENTRIES = {
    name: Entry(name, place, help, section.title)
    for section in SECTIONS
    for name, place, help in section.rows
}
