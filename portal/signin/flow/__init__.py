"""The flow: the only place that moves a sign-in from state to state."""

from portal.signin.flow.again import confirm
from portal.signin.flow.begin import Visit, begin
from portal.signin.flow.binding import binder
from portal.signin.flow.code import resend, submit_code
from portal.signin.flow.end import cancel, log_out
from portal.signin.flow.held import Held, held, hold, release
from portal.signin.flow.new_password import choose_password
from portal.signin.flow.phone import bind_phone
from portal.signin.flow.step_up import step_up
from portal.signin.flow.steps import Answer, CodeReason, CodeVerdict, Moved, PasswordVerdict, Step, step_of

__all__ = [
    "Answer", "CodeReason", "CodeVerdict", "Held", "Moved", "PasswordVerdict", "Step", "Visit",
    "begin", "bind_phone", "binder", "cancel", "choose_password", "confirm", "held", "hold", "log_out", "release", "resend",
    "step_of", "step_up", "submit_code",
]
