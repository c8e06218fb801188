"""What clients send and see."""

from datetime import datetime
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import BeforeValidator, ConfigDict, Field, StrictBool, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from auth import csv_table, rules
from lms.addresses import Email
from lms.callers import Role
from lms.errors import InvalidField
from lms.fields import Body, Changes, Name, Pattern, View, absent, present
from lms.languages import Language
from lms.profile_fields import Country, Details, MobileNumber, Password


def _expected(message: str) -> PydanticCustomError:
    """Says to a client which of several fields belong together."""
    return PydanticCustomError("value_error", message)


Username = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    Pattern("^[A-Za-z0-9._-]{3,64}$", "Use 3 to 64 letters, digits, dots, underscores or hyphens."),
]
# Shorter than the digits of a UUID, which others may be named by in the same place.
RollNumber = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    Pattern("^[A-Za-z0-9][A-Za-z0-9._/-]{0,29}$", "Use up to 30 letters, digits, dots, slashes, underscores, hyphens."),
]
NewPassword = Annotated[Password, Field(min_length=rules.SHORTEST_PASSWORD)]
SixDigits = Annotated[str, Pattern("^[0-9]{6}$", "Enter the six digits of the code.")]
AccountStatus = Literal["active", "invited", "provisioning", "disabled"]
NameField = Literal["email", "username", "roll_no", "q"]
_NAME_FIELDS: tuple[NameField, ...] = get_args(NameField)


class ProfileFields(Body):
    name: Name | None = None
    mobile_number: MobileNumber | None = None
    city: Name | None = None
    country: Country | None = None
    additional_details: Details | None = None


class Registration(ProfileFields):
    """`language`: in which we write to them; without, in the institute's."""

    username: Username
    password: NewPassword
    email: Email
    role: Name = Field("student", alias="is_type")
    language: Language | None = None


class NewUser(ProfileFields):
    """`roll_no` is the institute's own; a student without one gets one."""

    model_config = ConfigDict(
        json_schema_extra={"if": present("roll_no"), "then": {"properties": {"is_type": {"const": "student"}}}}
    )

    username: Username
    email: Email
    role: Role = Field(alias="is_type")
    roll_no: RollNumber | None = None

    @model_validator(mode="after")
    def _is_allowed(self) -> "NewUser":
        if self.roll_no is not None and self.role != "student":
            raise _expected("Only students have a roll_no.")
        return self


def _separated(courses: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for course in courses.split(";") if (name := course.strip())))


CourseNames = Annotated[
    tuple[str, ...],
    Field(max_length=20),
    BeforeValidator(lambda given: _separated(given) if isinstance(given, str) else given),
]


class ImportedPerson(ProfileFields):
    """A row of an import. Without `username` the address suggests one; without `roll_no` a student gets one.

    `courses`: ids or titles, with semicolons between them.
    """

    email: Email
    name: Name
    role: Role = Field(alias="is_type")
    username: Username | None = None
    roll_no: RollNumber | None = None
    courses: CourseNames = ()

    @model_validator(mode="after")
    def _is_allowed(self) -> "ImportedPerson":
        if self.roll_no is not None and self.role != "student":
            raise _expected("Only students have a roll_no.")
        return self


class PeopleImport(Body):
    """People as JSON; or, as `text/csv`, a table with the same names in its first line."""

    # Each row is looked at by itself (`ImportedPerson`): one that is refused does not hinder the others.
    people: Annotated[
        list[Any],
        Field(
            min_length=1,
            max_length=500,
            description="Objects with `email`, `name` and `is_type`; and `username`, `roll_no`, `mobile_number`, "
            "`city`, `country`, `additional_details` where they are known. `courses`: ids or titles of the courses to "
            "learn in or to teach, with semicolons between them.",
        ),
    ]

    @model_validator(mode="before")
    @classmethod
    def _from_table(cls, given: Any) -> Any:
        if not isinstance(given, bytes):
            return given
        try:
            return {"people": csv_table.read_rows(given, _COLUMNS)}
        except csv_table.Unreadable as error:
            raise _expected(str(error)) from error


_COLUMNS = frozenset(field.alias or name for name, field in ImportedPerson.model_fields.items()) - {
    "additional_details"
}


class RequestedCourse(View):
    course_id: UUID
    course_title: str


class ImportedRow(View):
    """What became of a row. Objects are numbered in their order, lines of a table as spreadsheets do: column names
    are line 1. A refused row says which field and why: as a sentence, and as a code with the `texts` in the sentence.

    `courses` are those that the person newly gets. They are there a moment later; who does not get into one, because it
    is full for example, is not known before, and the administrator is notified of it.
    """

    row: int
    email: str | None
    name: str | None
    outcome: Literal["created", "updated", "unchanged", "refused"]
    user_id: UUID | None
    field: str | None
    reason: str | None
    code: str | None
    texts: dict[str, str]
    courses: list[RequestedCourse]


class PeopleImported(View):
    dry_run: bool
    created: int
    updated: int
    unchanged: int
    refused: int
    outcomes: list[ImportedRow]


class Registered(View):
    message: str
    user_id: UUID


class RefreshToken(Body):
    refresh_token: Annotated[str, Field(min_length=1, max_length=200)]


class Logout(Body):
    model_config = ConfigDict(
        json_schema_extra={
            "if": {"required": ["everywhere"], "properties": {"everywhere": {"const": True}}},
            "else": present("refresh_token"),
        }
    )

    refresh_token: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    everywhere: StrictBool = False

    @model_validator(mode="after")
    def _names_something(self) -> "Logout":
        if self.refresh_token is None and not self.everywhere:
            raise _expected("Give the refresh_token of the session to end, or set everywhere to true.")
        return self


class AccessToken(View):
    """A token for the header `Authorization`; its lifetime is in seconds."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 (the kind of token, not one)
    expires_in: int


class TokenPair(AccessToken):
    """Tokens; lifetimes are in seconds."""

    refresh_token: str
    refresh_expires_in: int


class NewTokens(AccessToken):
    """Tokens after a change of password. A browser's refresh token is in its cookie, and null here."""

    refresh_token: str | None
    refresh_expires_in: int | None


class SessionView(View):
    """A sign-in that goes on. `client` is such as "Chrome on Windows"; `current` is the one that asks."""

    id: UUID
    started_at: datetime
    last_used_at: datetime
    client: str
    address: str | None
    current: bool


class ForgotPassword(Body):
    model_config = ConfigDict(
        json_schema_extra={
            "if": present("email"),
            "then": absent("mobile_number"),
            "else": present("mobile_number"),
        }
    )

    email: Email | None = None
    mobile_number: MobileNumber | None = None

    @model_validator(mode="after")
    def _names_one(self) -> "ForgotPassword":
        if (self.email is None) == (self.mobile_number is None):
            raise _expected("Give either email or mobile_number.")
        return self


class CodeSent(View):
    message: str
    reset_id: UUID


class ResetPassword(Body):
    model_config = ConfigDict(
        json_schema_extra={
            "if": present("token"),
            "then": absent("reset_id", "code"),
            "else": present("reset_id", "code"),
        }
    )

    reset_id: UUID | None = None
    code: SixDigits | None = None
    token: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    new_password: NewPassword

    @model_validator(mode="after")
    def _names_one(self) -> "ResetPassword":
        by_code = self.reset_id is not None and self.code is not None and self.token is None
        by_link = self.token is not None and self.reset_id is None and self.code is None
        if not (by_code or by_link):
            raise _expected("Give either reset_id and code, or token.")
        return self


class ChangePassword(Body):
    current_password: Password
    new_password: NewPassword


class StartVerification(Body):
    """A mobile number is confirmed with the `current_password`."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"channel": {"const": "mobile_number"}}},
            "then": present("current_password"),
        }
    )

    channel: Literal["email", "mobile_number"]
    current_password: Password | None = None

    @model_validator(mode="after")
    def _is_allowed(self) -> "StartVerification":
        if self.channel == "mobile_number" and self.current_password is None:
            raise _expected("Give current_password to confirm a mobile number.")
        return self


class VerificationSent(View):
    message: str
    verify_id: UUID


class Verify(Body):
    verify_id: UUID
    code: SixDigits


class Done(View):
    message: str


class ProfileUpdate(Changes):
    """The fields to replace; omitted ones stay, null empties one.

    `email` and `mobile_number` need `current_password`.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"anyOf": [{"required": ["email"]}, {"required": ["mobile_number"]}]},
            "then": present("current_password"),
        }
    )
    nullable = frozenset({"mobile_number", "city", "country", "current_password"})

    name: Name | None = None
    mobile_number: MobileNumber | None = None
    city: Name | None = None
    country: Country | None = None
    additional_details: Details | None = None
    email: Email | None = None
    current_password: Password | None = None

    @model_validator(mode="after")
    def _is_allowed(self) -> "ProfileUpdate":
        if self.model_fields_set & {"email", "mobile_number"} and self.current_password is None:
            raise _expected("Give current_password to change email or mobile_number.")
        return self


class UserUpdate(Changes):
    """What an administrator changes of a user; omitted fields stay."""

    status: Literal["active", "disabled"] | None = None
    role: Role | None = Field(None, alias="is_type")
    name: Name | None = None
    username: Username | None = None
    email: Email | None = None
    roll_no: RollNumber | None = None


class ProfileView(View):
    """A user's account and profile, as the user and administrators see it."""

    id: UUID
    user_id: UUID
    username: str
    email: str
    email_verified: bool
    role: Annotated[Role, Field(serialization_alias="is_type")]
    status: AccountStatus
    roll_no: str | None
    name: str
    mobile_number: str | None
    mobile_verified: bool
    city: str | None
    country: str | None
    additional_details: dict[str, Any]
    version: int
    created_at: datetime
    updated_at: datetime


class UserView(View):
    """A user in the administrators' list."""

    id: UUID
    username: str
    name: str
    email: str
    role: Annotated[Role, Field(serialization_alias="is_type")]
    status: AccountStatus
    roll_no: str | None
    version: int
    created_at: datetime
    updated_at: datetime


class JwkSet(View):
    keys: list[dict[str, str]]


class SeveralNames(InvalidField):
    part = "query"
    detail = "Give only one of email, username, roll_no and q."


class SoughtName:
    """Query parameters of which at most one may be given: exact names of one user, and `q`."""

    def __init__(
        self,
        email: Annotated[str | None, Field(max_length=254)] = None,
        username: Annotated[str | None, Field(max_length=64)] = None,
        roll_no: Annotated[str | None, Field(max_length=64)] = None,
        q: Annotated[
            str | None,
            Field(
                max_length=254,
                description="How the username, the address, the roll number or words of the name begin.",
            ),
        ] = None,
    ) -> None:
        given = {"email": email, "username": username, "roll_no": roll_no, "q": q}
        named = [(field, value) for field in _NAME_FIELDS if (value := given[field]) is not None]
        if len(named) > 1:
            raise SeveralNames(named[1][0])
        self.field: NameField | None = named[0][0] if named else None
        self.value = named[0][1] if named else ""
