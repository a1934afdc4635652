"""How a scripted call may disappoint its script."""


class PhoneError(Exception):
    """Base of what a phone raises."""


class CallRefused(PhoneError):  # noqa: N818 - the event, not a fault
    """The call was never answered: refused, cancelled, or nobody came."""

    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        self.reason = reason
        super().__init__(f"the call was not answered: {status} {reason}")


class CallEnded(PhoneError):  # noqa: N818
    """The call was over before the script had what it waited for."""


class RegistrationFailed(PhoneError):  # noqa: N818
    """The registrar did not take the phone's address."""
