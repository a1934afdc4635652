"""What goes on now: calls, queues, agents and alarms, folded from records and switch notices."""
