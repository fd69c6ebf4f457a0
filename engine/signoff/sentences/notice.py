"""English sentences of the notice family: code -> text with {parameters}. Each says what, and what to do."""

SENTENCES = {
    "template_too_large": "The template is larger than {limit} KB; shorten it.",
    "template_unreadable": "The template cannot be read: {reason}. Correct its braces and tags.",
    "template_too_complex": "The template has too many or too deeply nested parts; split it or take parts out.",
    "template_not_allowed": "A template cannot use {what}; compute the value as data of the process and write its name here.",
    "template_unknown_filter": "There is no filter `{name}`; there are {known}.",
    "template_unknown_test": "There is no test `{name}`; there are {known}.",
    "template_unknown_name": "`{name}` is no data and no fact that a notice knows; use a declared name{hint}",
    "template_too_many_loops": "A template has at most {limit} loops; take some out.",
    "template_nested_loop": "A loop inside a loop is not allowed in a template; list one thing at a time.",
    "name_near": "; did you mean `{near}`?",
    "template_refused": "The template is not safe to render: {problem}",
    "template_not_rendered": "The text could not be made: {reason}. Check that every name in the template is filled at that moment.",
    "template_output_too_large": "The text is larger than {limit} KB; show less in the template.",
    "template_too_much_work": "The template works through too much text; show less in it.",
    "channel_unknown": "No channel `{name}` is installed, there are {known}; correct the name or install the package that brings it{hint}",
    "mail_url_unusable": "The mail server's URL cannot be used: {reason}. Set {variable} like smtp://user:password@host:587?from=signoff@example.com.",
    "endpoint_address": "Health and metrics cannot be served at {address}: {why}. Name a free PORT, or HOST:PORT with an address of this machine.",
    "webhook_unusable": "The webhook's URL cannot be used: {reason}. Set {variable} like https://hooks.example.com/signoff.",
    "apprise_missing": 'The channel apprise needs the package apprise; install it with `pip install "signoff[apprise]"`.',
    "apprise_url": "Apprise knows no service for URL {number} of the channel apprise; correct it, or set {variable} to URLs like dingtalk://token.",
}
