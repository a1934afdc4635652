"""`ivr calls`: calls that go on and past ones, shown and steered; the verbs in `verb.py`."""
