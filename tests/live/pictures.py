"""Pictures that hypothesis makes up."""

from hypothesis import strategies as st

from ivr.live.picture import AgentRow, AlarmRow, CallRow, Picture, QueueRow, Severity, Stage

names = st.sampled_from("abcdef")
moments = st.floats(0, 2e9, allow_nan=False)

calls = st.builds(
    CallRow,
    call=names,
    began=moments,
    stage=st.sampled_from(Stage),
    since=moments,
    node=names,
    position=st.integers(0, 3),
    annoyed=st.booleans(),
)
queues = st.builds(QueueRow, queue=names, waiting=st.integers(0, 3), waited=moments)
agents = st.builds(AgentRow, agent=names, skills=st.tuples(names), calls=st.integers(0, 3))
alarms = st.builds(
    AlarmRow,
    rule=names,
    subject=names,
    text=names,
    raised=moments,
    severity=st.sampled_from(Severity),
)

pictures = st.builds(
    Picture,
    at=moments,
    linked=st.booleans(),
    calls=st.lists(calls, max_size=5, unique_by=lambda row: row.call).map(tuple),
    queues=st.lists(queues, max_size=5, unique_by=lambda row: row.queue).map(tuple),
    agents=st.lists(agents, max_size=5, unique_by=lambda row: row.agent).map(tuple),
    alarms=st.lists(alarms, max_size=5, unique_by=lambda row: (row.rule, row.subject)).map(tuple),
)
