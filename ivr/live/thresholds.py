"""Thresholds: when alarms are raised, as the settings say it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When alarms are raised; 0 turns a rule off.

    `queue_longest_seconds`: somebody has waited longer. `nomatch_percent`: a node fails to
    understand so much of its usual rate, over the last `nomatch_minutes`, and at least
    `nomatch_least` times. `recogniser_ms`: the 95th percentile of what decoding takes after the
    caller's turn is over, over `recogniser_minutes`. `no_free_agent_seconds`, `nobody_seconds`: so
    long no agent with a skill that flows ask for was free, or logged in at all. `link_seconds`: so
    long Asterisk's manager could not be reached. `record_behind`: records that wait to be written.
    """

    queue_longest_seconds: int = 60
    nomatch_percent: int = 200
    nomatch_minutes: int = 10
    nomatch_least: int = 10
    recogniser_ms: int = 1000
    recogniser_minutes: int = 5
    recogniser_least: int = 10
    no_free_agent_seconds: int = 60
    nobody_seconds: int = 60
    link_seconds: int = 2
    record_behind: int = 5000
