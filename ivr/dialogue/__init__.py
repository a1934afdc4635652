"""The talk with the caller as a pure state machine.

    book = load_book("flows/bank")              # ivr.flow.library; FlowError holds every fault
    state = start(book, "bank")                 # ivr.dialogue.engine
    state, actions = step(book, state, CallStarted(call_id, caller, called, now))
    ...                                         # obey the actions in order, feed what happens
    state.ended, state.outcome                  # over, and why
    state.node, state.waiting                   # where, and for what

`step` never raises. An unended call waits for a prompt's end (`state.saying`), a timer
(`state.timer`), or a lookup or transfer (`state.errand`); the serials say which.
"""
