"""`ivr queues` and `ivr alarms`: who waits where, and what needs somebody now."""

from ivr.cli.remote import AsJson, Server, SettingsFile, Token, Url, print_json


def queues(
    as_json: AsJson = False,
    settings_file: SettingsFile = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """Show the queues: who waits, how long, how many could answer, this day's service level."""
    picture = Server(settings_file, url, token).get("/v1/picture")
    if as_json:
        print_json(picture["queues"])
        return
    from ivr.cli.board.other_tables import QUEUES, queue_order
    from ivr.cli.plain_table import print_table
    from ivr.live.picture import from_record

    shown = from_record(picture)
    print_table(QUEUES, sorted(shown.queues, key=queue_order), shown.at)


def alarms(
    as_json: AsJson = False,
    settings_file: SettingsFile = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """Show the alarms that stand, the critical first."""
    picture = Server(settings_file, url, token).get("/v1/picture")
    if as_json:
        print_json(picture["alarms"])
        return
    from ivr.cli.board.other_tables import ALARMS, alarm_order
    from ivr.cli.plain_table import print_table
    from ivr.live.picture import from_record

    shown = from_record(picture)
    print_table(ALARMS, sorted(shown.alarms, key=alarm_order), shown.at)
