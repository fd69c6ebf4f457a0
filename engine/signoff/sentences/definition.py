"""English sentences of the definition family: code -> text with {parameters}. Each says what, and what to do."""

SENTENCES = {
    "invalid_people_file": "The people file {file} has {count} problems; correct them, nothing was imported.",
    "people_not_a_file": "This is no people file; it begins with `signoff_people: 1` and lists `people`.",
    "people_version": "A people file begins with `signoff_people: 1`; add that line.",
    "people_unknown_key": "`{name}` is not a key here, there are {keys}; use one of them{hint}",
    "people_not_a_mapping": "`{key}` needs keys and values, like `{{name: …}}`.",
    "people_not_a_text": "`{key}` needs a text, not a list or a mapping.",
    "people_not_a_truth": "`{key}` is true or false, not `{value}`.",
    "people_no_id": "A person needs an id; write one before the colon.",
    "people_unknown_lang": "`{name}` is no language of signoff; there are {known}.",
    "people_unknown_manager": "The manager `{name}` is not among the people of this file; add that person or correct the id{hint}",
    "people_manager_cycle": "These persons manage each other in a ring: {ring}. Take one `manager` out.",
    "people_login_twice": "The login `{login}` already belongs to the person on line {line}; a login belongs to one person.",
    "people_group_near": "The group `{name}` is not declared and will be created; perhaps `{near}` is meant.",
    "people_no_admin": "Nobody here is an active administrator: work that nobody can do will wait for ever. Write `admin: true` for one person.",
    "N01": "`{name}` is not declared under data; {hint}",
    "N04": "`{name}` is already declared outside; choose another name.",
    "E01": "`{text}`: {reason}",
    "E02": "{key} needs boolean, but is {got}; write a comparison.",
    "T06": "{key} computes {got}, but is declared {want}; change one of them.",
    "D01": "reads `{name}`, which may still be empty here; fill it on every way to this point, or use filled({name}) or default({name}, …)",
}
