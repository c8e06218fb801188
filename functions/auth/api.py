"""The routes of auth."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.security import OAuth2PasswordRequestForm

from auth import signing
from auth.devices import Device, describe
from auth.kong import GatewayUnavailable
from auth.rules import UsernameReserved, WeakPassword
from auth.schemas import (
    AccessToken,
    AccountStatus,
    ChangePassword,
    CodeSent,
    Done,
    ForgotPassword,
    JwkSet,
    Logout,
    NewTokens,
    NewUser,
    PeopleImport,
    PeopleImported,
    ProfileUpdate,
    ProfileView,
    RefreshToken,
    Registered,
    Registration,
    ResetPassword,
    SessionView,
    SeveralNames,
    SoughtName,
    StartVerification,
    TokenPair,
    UserUpdate,
    UserView,
    VerificationSent,
    Verify,
)
from auth.service import (
    accounts,
    corrections,
    own_sessions,
    passwords,
    people_import,
    profiles,
    registration,
    roles,
    sessions,
    verification,
)
from auth.service.administrators import LastAdmin
from auth.service.authentication import TeachersOnly, WrongCredentials
from auth.service.codes import WrongCode
from auth.service.reserved_names import EmailTaken, MobileNumberTaken, RollNumberTaken, UsernameTaken
from auth.service.throttling import TooManyContactChanges
from auth.service.users import UserNotFound
from auth.session_cookie import FromScript, RefreshCookie, delete_cookie, set_cookie
from auth.signing import KeyGone
from lms.callers import Role
from lms.dependencies import CachedForAMinute, ClientIp, Idempotent, IfMatch, Now, Paging, set_etag
from lms.errors import refuses
from lms.fields import Flag
from lms.http import LambdaHandler, create_app
from lms.pages import Page
from lms.refusals import AccountBeingSetUp, AccountDisabled, TooManyAttempts, WrongPassword
from lms.security import Admin, AnySignedIn, Public

app = create_app("auth")


def _device(request: Request, client_ip: ClientIp) -> Device:
    return Device(describe(request.headers.get("user-agent", "")), client_ip)


FromDevice = Annotated[Device, Depends(_device)]


@refuses(registration.RegistrationClosed)
def _registration_open() -> None:
    registration.require_open()


@app.post("/auth/register", status_code=201, dependencies=[Public, Depends(_registration_open)])
@refuses(registration.OnlyStudentsRegister, UsernameReserved, UsernameTaken, EmailTaken, WeakPassword)
def register_student(form: Registration, response: Response, now: Now) -> Registered:
    """Registers a student. The account can be used a moment later."""
    answer = registration.register(form, now)
    # Their own once they have signed in; by its id, a profile is for administrators.
    response.headers["Location"] = "/auth/profile"
    return answer


@app.post("/auth/users", status_code=201)
@refuses(UsernameTaken, EmailTaken, RollNumberTaken)
def create_user(form: NewUser, response: Response, now: Now, admin: Admin, idempotent: Idempotent) -> Registered:
    """Registers a user of any role, who gets an invitation to set a password."""
    answer = registration.invite(form, admin.id, idempotent, now)
    response.headers["Location"] = registration.location(answer.user_id)
    return answer


@app.post("/auth/users/import")
def import_users(
    body: PeopleImport, now: Now, admin: Admin, dry_run: Annotated[Flag, Query(alias="dryRun")] = False
) -> PeopleImported:
    """Registers and invites up to 500 people, and corrects the names of those who are known by their address.

    The body is JSON, or a table as `text/csv` (UTF-8; commas or semicolons). Its first line names the columns:
    `email`, `name`, `is_type`, and where they are known `username`, `roll_no`, `mobile_number`, `city`, `country`.
    `courses` are the ids or titles of courses, with semicolons between them: a student is enrolled in them, a teacher
    assigned to them, but for those that they left before. Each row has an outcome of its own; the same list again
    changes nothing. With `dryRun` nothing is done.
    """
    return people_import.import_people(body.people, admin.id, now, dry_run=dry_run)


@app.post("/auth/login", dependencies=[Public])
@refuses(TooManyAttempts, WrongCredentials, AccountBeingSetUp, AccountDisabled, KeyGone)
def login_user(form: Annotated[OAuth2PasswordRequestForm, Depends()], device: FromDevice, now: Now) -> TokenPair:
    """Signs in with a username, an email address or a roll number."""
    return sessions.sign_in(form.username, form.password, device, now)


@app.post("/instructors/login", dependencies=[Public])
@refuses(TooManyAttempts, WrongCredentials, AccountBeingSetUp, AccountDisabled, KeyGone, TeachersOnly)
def login_instructor(form: Annotated[OAuth2PasswordRequestForm, Depends()], device: FromDevice, now: Now) -> TokenPair:
    """Signs in a teacher; other roles are refused."""
    return sessions.sign_in(form.username, form.password, device, now, teachers_only=True)


@app.post("/auth/refresh", dependencies=[Public])
@refuses(sessions.InvalidRefreshToken, KeyGone)
def refresh_tokens(body: RefreshToken, device: FromDevice, now: Now) -> TokenPair:
    """Exchanges a refresh token, once, for a new pair."""
    return sessions.refresh(body.refresh_token, device, now)


@app.post("/auth/session", dependencies=[Public, FromScript])
@refuses(TooManyAttempts, WrongCredentials, AccountBeingSetUp, AccountDisabled, KeyGone)
def start_session(
    form: Annotated[OAuth2PasswordRequestForm, Depends()], response: Response, device: FromDevice, now: Now
) -> AccessToken:
    """Signs in a browser. As `/auth/login`, but the refresh token comes in a cookie that no script can read."""
    return set_cookie(response, sessions.sign_in(form.username, form.password, device, now, in_cookie=True))


@app.post("/auth/session/refresh", dependencies=[Public, FromScript])
@refuses(sessions.InvalidRefreshToken, KeyGone)
def refresh_session(
    response: Response, device: FromDevice, now: Now, refresh_token: RefreshCookie = None
) -> AccessToken:
    """Gives a browser a new access token for its cookie, and a new cookie. Tabs may do so at the same time."""
    return set_cookie(response, sessions.refresh(refresh_token or "", device, now, in_cookie=True))


@app.delete("/auth/session", status_code=204, dependencies=[Public, FromScript])
def end_session(response: Response, refresh_token: RefreshCookie = None) -> None:
    """Signs a browser out: ends the session of its cookie, if it still has one, and deletes the cookie."""
    sessions.end(refresh_token or "")
    delete_cookie(response)


@app.get("/auth/sessions")
@refuses(UserNotFound)
def list_own_sessions(paging: Paging, now: Now, caller: AnySignedIn) -> Page[SessionView]:
    """The caller's sign-ins that go on, the newest first: since when, last used, from where."""
    return own_sessions.list_own(caller, paging, now)


@app.delete("/auth/sessions/{sessionId}", status_code=204)
@refuses(own_sessions.SessionNotFound)
def end_own_session(session_id: Annotated[UUID, Path(alias="sessionId")], caller: AnySignedIn) -> None:
    """Ends one of the caller's sign-ins. Its access token is good for 15 minutes at most; `everywhere` ends all now."""
    own_sessions.end_own(caller, session_id)


@app.post("/auth/logout", status_code=204)
@refuses(UserNotFound, AccountDisabled, GatewayUnavailable, KeyGone)
def logout_user(body: Logout, now: Now, caller: AnySignedIn) -> None:
    """Ends one session, or with `everywhere` all of them at once."""
    if body.refresh_token is not None:
        sessions.sign_out(caller.id, body.refresh_token)
    if body.everywhere:
        sessions.sign_out_everywhere(caller.id, now)


@app.post("/auth/forgot-password", status_code=202, dependencies=[Public])
def request_password_reset(body: ForgotPassword, now: Now) -> CodeSent:
    """Sends a code, and by email also a link, if the address or the confirmed number belongs to an account."""
    reset_id = passwords.forgot_password(body.email, body.mobile_number, now)
    return CodeSent(
        message="If this address or number belongs to an account, we have sent a code to it.", reset_id=reset_id
    )


@app.get("/auth/reset-password", dependencies=[Public], include_in_schema=False)
def show_reset_screen() -> RedirectResponse:
    """Leads links of older mails to their screen; a browser takes what follows `#` along."""
    return RedirectResponse("/app/reset-password", status_code=303)


@app.post("/auth/reset-password", dependencies=[Public])
@refuses(WrongCode, WeakPassword, GatewayUnavailable, KeyGone)
def reset_password(body: ResetPassword, now: Now) -> Done:
    """Sets a new password by code or link, and ends every session."""
    passwords.reset_password(body, now)
    return Done(message="Your new password is set. You can sign in with it now.")


@app.post("/auth/change-password")
@refuses(UserNotFound, AccountDisabled, WrongPassword, TooManyAttempts, WeakPassword, GatewayUnavailable, KeyGone)
def change_password(
    body: ChangePassword, response: Response, device: FromDevice, now: Now, caller: AnySignedIn
) -> NewTokens:
    """Changes the caller's password, ends every session, and starts a new one: in the cookie where the old one was."""
    pair, in_cookie = passwords.change_password(caller, body.current_password, body.new_password, device, now)
    if in_cookie:
        set_cookie(response, pair)
        return NewTokens(**dict(pair) | {"refresh_token": None, "refresh_expires_in": None})
    return NewTokens(**dict(pair))


@app.post("/auth/verify/start", status_code=202)
@refuses(
    UserNotFound,
    WrongPassword,
    TooManyAttempts,
    verification.NoMobileNumber,
    verification.AlreadyConfirmed,
    verification.TooManyCodes,
)
def start_verification(body: StartVerification, client_ip: ClientIp, now: Now, caller: AnySignedIn) -> VerificationSent:
    """Sends a code to the caller's email address, or with `current_password` to their mobile number."""
    verify_id = verification.start(caller.id, body, client_ip, now)
    return VerificationSent(message="We have sent you a code.", verify_id=verify_id)


@app.post("/auth/verify")
@refuses(WrongCode, MobileNumberTaken)
def confirm_verification(body: Verify, now: Now, caller: AnySignedIn) -> Done:
    """Confirms the address or number that the code was sent to."""
    if verification.verify(caller.id, body.verify_id, body.code, now):
        return Done(message="Confirmed.")
    return Done(
        message="Confirmed. To reset your password by SMS, first confirm your email address and then this number again."
    )


@app.get("/auth/profile")
@refuses(UserNotFound)
def get_own_account(response: Response, caller: AnySignedIn) -> ProfileView:
    """The caller's account and profile."""
    return _tagged(profiles.show(caller.id), response)


@app.put("/auth/profile")
@refuses(UserNotFound, WrongPassword, TooManyAttempts, EmailTaken, TooManyContactChanges)
def update_own_account(
    body: ProfileUpdate, response: Response, client_ip: ClientIp, now: Now, caller: AnySignedIn, if_match: IfMatch
) -> ProfileView:
    """Replaces the fields given; `email` and `mobile_number` need `current_password`."""
    return _tagged(profiles.update(caller.id, body, client_ip, if_match, now), response)


@app.get("/auth/profile/{user_id}")
@refuses(UserNotFound)
def get_account(user_id: UUID, response: Response, _: Admin) -> ProfileView:
    """The account and profile of any user."""
    return _tagged(profiles.show(user_id), response)


@app.get("/auth/users")
@refuses(SeveralNames)
def list_users(
    paging: Paging,
    _: Admin,
    sought: Annotated[SoughtName, Depends()],
    role: Annotated[Role | None, Query(alias="is_type")] = None,
    status: AccountStatus | None = None,
) -> Page[UserView]:
    """Users by role and status; those whom `q` finds; or the one with an exact email address, username or roll number.

    A user is found when each word of `q` begins their username, address, roll number or a word of their name.
    """
    if sought.field is not None:
        return accounts.find_users(sought.field, sought.value, role, status, paging)
    return accounts.list_users(role, status, paging)


@app.get("/auth/users/{user_id}")
@refuses(UserNotFound)
def get_user(user_id: UUID, response: Response, _: Admin) -> ProfileView:
    """The account and profile of any user."""
    return _tagged(profiles.show(user_id), response)


@app.post("/auth/users/{user_id}/invite", status_code=202)
@refuses(
    UserNotFound, registration.AlreadyAccepted, AccountDisabled, AccountBeingSetUp, registration.TooManyInvitations
)
def invite_user(user_id: UUID, now: Now, _: Admin) -> Done:
    """Sends the invitation again, to the address as it is now, with a new link that is good for a week."""
    registration.invite_again(user_id, now)
    return Done(message="We have sent the invitation again.")


@app.patch("/auth/users/{user_id}")
@refuses(
    UserNotFound,
    accounts.OwnAccount,
    AccountBeingSetUp,
    LastAdmin,
    roles.StillEnrolled,
    roles.StillTeaching,
    corrections.StudentsOnly,
    UsernameTaken,
    EmailTaken,
    RollNumberTaken,
    GatewayUnavailable,
    KeyGone,
)
def update_user(
    user_id: UUID, body: UserUpdate, response: Response, now: Now, admin: Admin, if_match: IfMatch
) -> ProfileView:
    """Corrects a user's name, username, address or roll number; gives them another role; disables or enables them.

    A disabled user's tokens end at once, and those of a user with another role, who signs in again. A student has to
    leave active courses first, and a teacher all. A mail about a changed address goes to the old one.
    """
    return _tagged(accounts.update(user_id, body, admin.id, if_match, now), response)


@app.delete("/auth/users/{user_id}", status_code=204)
@refuses(UserNotFound, accounts.OwnErasure, LastAdmin, GatewayUnavailable)
def erase_user(user_id: UUID, now: Now, admin: Admin, if_match: IfMatch) -> None:
    """Erases a user and every copy of their personal data."""
    accounts.erase(user_id, admin.id, if_match, now)


@app.get("/auth/.well-known/jwks.json", dependencies=[Public, CachedForAMinute])
def get_public_keys() -> JwkSet:
    """The public keys that access tokens are verified with."""
    return JwkSet.model_validate(signing.published_keys())


def _tagged(view: ProfileView, response: Response) -> ProfileView:
    set_etag(response, view.version)
    return view


handler = LambdaHandler(app)
