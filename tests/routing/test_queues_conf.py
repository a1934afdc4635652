from ivr.flow.need import Need
from ivr.routing.queues import plan_queues
from ivr.routing.queues_conf import render_queues, render_rules
from ivr.routing.skills import Agent, Team
from tests.routing.teams import make

TEAM = Team(
    (
        make("wang", card_loss=3, zh=5),
        Agent("li", "Local/1001@agents/n", {"language.zh": 3}, state_interface="PJSIP/agent-li"),
    )
)
PLAN = plan_queues([Need({"card_loss": 3}, issue="funds_at_risk")], ["zh"], TEAM)


def test_queues() -> None:
    assert render_queues(PLAN) == (
        "[fallback](ivr-queue)\n"
        "member => Local/1001@agents/n,1,li,PJSIP/agent-li\n"
        "member => PJSIP/agent-wang,1,wang\n"
        "\n"
        "[zh](ivr-queue)\n"
        "\n"
        "[zh-card_loss.3-funds_at_risk](ivr-queue)\n"
        "weight = 10\n"
    )


def test_rules() -> None:
    assert render_rules(PLAN) == (
        "[relax-20-40-60]\n"
        "penaltychange => 20,20\n"
        "penaltychange => 40,30\n"
        "penaltychange => 60,40\n"
        "\n"
        "[relax-40-60-from-1]\n"
        "penaltychange => 40,30\n"
        "penaltychange => 60,40\n"
        "\n"
        "[relax-60-from-2]\n"
        "penaltychange => 60,40\n"
    )
