"""Reconciling: makes the scene what Asterisk and the sessions say it is."""

from collections.abc import Mapping

from ivr.dialogue.state import State, Waiting
from ivr.live.calls import LiveCall
from ivr.live.picture import Stage
from ivr.live.scene import Scene
from ivr.live.snapshot import Snapshot

Sessions = Mapping[str, State | None]


def reconcile(
    scene: Scene, snapshot: Snapshot, asked: float, now: float, sessions: Sessions | None
) -> None:
    """Believe `snapshot`, except of calls that came, moved or went since it was asked for."""
    if sessions is None:
        own = {call_id for call_id, call in scene.calls.items() if call.own}
    else:
        own = set(sessions)
    _clear_away(scene, snapshot, own, asked, now)
    for call_id, state in (sessions or {}).items():
        _believe(scene, snapshot, call_id, state, asked, now)
    for waiting in snapshot.waiting:
        call = _found(scene, waiting.call, waiting.queue, waiting.caller, asked, now)
        if call is not None:
            _began(call, waiting.joined)
            scene.wait(call, waiting.queue, waiting.joined, now)
    for joined in snapshot.joined:
        call = _found(scene, joined.call, joined.queue, joined.caller, asked, now)
        if call is not None:
            _began(call, joined.began)
            scene.connect(call, joined.queue, joined.agent, now)
    _line_up(scene, snapshot, asked, now)


def _clear_away(scene: Scene, snapshot: Snapshot, own: set[str], asked: float, now: float) -> None:
    """Remove calls whose channel is gone, and those of others that neither wait nor talk."""
    placed = {one.call for one in snapshot.waiting} | {one.call for one in snapshot.joined}
    for call_id, call in tuple(scene.calls.items()):
        if scene.moved_since(call_id, asked):
            continue
        if call_id not in snapshot.channels:
            scene.remove(call, now, hung_up=True)
        elif call_id not in own and call_id not in placed:
            scene.remove(call, now, hung_up=False)
        elif call.own and call_id not in own:
            call.own, call.adopted = False, True
            scene.show(call)


def _believe(
    scene: Scene,
    snapshot: Snapshot,
    call_id: str,
    state: State | None,
    asked: float,
    now: float,
) -> None:
    """Put a call of ours right by its own session."""
    if scene.moved_since(call_id, asked) or call_id not in snapshot.channels:
        return
    call = scene.calls.get(call_id) or scene.appear(call_id, now, now)
    if call.adopted:
        call.own, call.adopted = True, False
    if state is not None:
        call.take_state(state)
        transferring = state.waiting is Waiting.TRANSFER
        if not transferring and call.stage is not Stage.TALKING:
            scene.come_back(call, now)
        call.transferring = transferring
    scene.show(call)


def _found(
    scene: Scene, call_id: str, queue: str, caller: str, asked: float, now: float
) -> LiveCall | None:
    """The call that the snapshot tells of, adopted if it is not ours; None if it is to be left."""
    if queue not in scene.queues:
        return None
    call = scene.calls.get(call_id)
    if call is not None and call.touched == now:
        return call  # this very reconciling found it
    if scene.moved_since(call_id, asked):
        return None
    return call or scene.adopt(call_id, caller, now)


def _began(call: LiveCall, moment: float) -> None:
    """An adopted call goes on for longer than we know of it."""
    if call.adopted:
        call.began = min(call.began, moment)


def _line_up(scene: Scene, snapshot: Snapshot, asked: float, now: float) -> None:
    """Put each line in Asterisk's order; one in which somebody moved since is left for later."""
    lines: dict[str, list[tuple[str, float]]] = {name: [] for name in scene.queues}
    for waiting in snapshot.waiting:
        if waiting.queue in lines and waiting.call in scene.calls:
            lines[waiting.queue].append((waiting.call, waiting.joined))
    for name, line in lines.items():
        there, before = {call for call, _ in line}, set(scene.queues[name].order)
        moved = (scene.calls[call].touched for call in there | before if call in scene.calls)
        if any(asked <= touched < now for touched in moved):
            continue
        for call in before - there:
            scene.leave_line(call, name, now)
        scene.queues[name].set_line(line)
