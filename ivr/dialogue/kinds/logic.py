"""Set, branch and split: nodes that decide at once and say nothing."""

from hashlib import sha256

from ivr.dialogue.evaluate import evaluate, is_true
from ivr.dialogue.kinds.behaviour import Behaviour
from ivr.dialogue.talk import Talk
from ivr.flow.nodes.branch import Branch
from ivr.flow.nodes.set import Set
from ivr.flow.nodes.split import Split


class SetBehaviour(Behaviour[Set]):
    def entered(self, talk: Talk, node: Set) -> None:
        values = {
            name: evaluate(formula.expression, talk.flow, talk.state)
            for name, formula in node.values.items()
        }
        talk.change(slots={**talk.state.slots, **values})
        talk.explain("set " + ", ".join(values), **values)
        talk.go(node.goto.node)


class BranchBehaviour(Behaviour[Branch]):
    def entered(self, talk: Talk, node: Branch) -> None:
        for case in node.cases:
            if is_true(case.when.expression, talk.flow, talk.state):
                talk.explain(f"{case.when.text}: {case.goto.node}", when=case.when.text)
                talk.go(case.goto.node)
                return
        talk.explain(f"otherwise: {node.otherwise.node}")
        talk.go(node.otherwise.node)


class SplitBehaviour(Behaviour[Split]):
    def entered(self, talk: Talk, node: Split) -> None:
        """Sticky: the place of a caller is fixed by a hash of their number and the test's name."""
        who = talk.state.caller or talk.state.call_id
        digest = sha256(f"{node.test}\n{who}".encode()).digest()
        whole = sum(arm.share for arm in node.arms)
        place = int.from_bytes(digest[:8], "big") % whole
        for arm in node.arms:
            if place < arm.share:
                talk.explain(f"{node.test}: {arm.name}", test=node.test, arm=arm.name)
                talk.go(arm.goto.node)
                return
            place -= arm.share
