"""How is a phone number asked for? A country or region and a number, on every page that needs one."""

from __future__ import annotations

from wtforms import SelectField, StringField

from portal.accounts import phones
from portal.messages import guard, standing
from portal.messages.guard import NumberRefusal
from portal.web import countries, phrases
from portal.web.form import Form


class PhoneForm(Form):
    """A country or region and a number in any usual spelling."""

    country = SelectField(validate_choice=False)
    phone = StringField()

    def offer(self) -> None:
        """Fill the picker, and choose what is most likely meant."""
        self.country.choices = countries.choices()
        offered = [region for region, _label in self.country.choices]
        if self.country.data not in offered:
            self.country.data = countries.first_choice()

    def fill(self, phone: str) -> None:
        """Show the number (E.164) that was typed before, so that a slip can be mended without typing it all anew."""
        self.country.data, self.phone.data = phones.region_of(phone), phones.national(phone)

    def number(self) -> str | None:
        """The number in E.164; None, with the reason beside the field, when there is none. A pasted +49… names its country."""
        typed = (self.phone.data or "").strip()
        found = phones.parse(typed, self.country.data) if typed else None
        what_is_one = phrases.number_refused(NumberRefusal.NOT_VALID) if typed else phrases.required("phone")
        self.phone.errors = [] if found else [what_is_one]
        if found and (region := phones.region_of(found)) in dict(self.country.choices):
            self.country.data = region
        return found

    def reachable(self) -> str | None:
        """The same, if it is one to which text messages may go."""
        number = self.number()
        if number and (refused := guard.refusal(number, standing.current().rules)):
            self.phone.errors = [phrases.number_refused(refused)]
        return None if self.phone.errors else number
