"""A small process for the tests of hosts: one step, one approval."""

from signoff.kernel.commands import Actor
from signoff.model.gate import Strength
from signoff.runtime.directory import StaticDirectory
from signoff.runtime.engine import Engine

LEAVE = """
signoff: 1
process: leave
lang: en
calendar: PLAIN
zone: UTC
data: {days: {type: integer, min: 1}}
roles:
  staff: {group: staff}
  applicant: {is: starter}
  boss: {group: bosses}
start: {by: [staff], form: {fill: [days]}}
steps:
  - step: apply
    owner: applicant
    form: {edit: [days]}
    approve: [{by: boss, sign: true, declined: end}]
"""

DIRECTORY = StaticDirectory({"lin": {"groups": ("staff",)}, "chen": {"groups": ("bosses",)}})


def chen(engine: Engine) -> Actor:
    return engine.actor("chen", auth=Strength.ATTESTED)
