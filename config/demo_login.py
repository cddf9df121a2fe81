"""The demo's users: made once, their passwords kept in the data folder for its owner alone."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from allauth.account.models import EmailAddress

from config.embedded.data import make_data_folder, write_private
from publishers.models import Publisher, User

# Two of the staff, for what one person asks for another has to approve; and a publisher's person.
ADMIN, COLLEAGUE, WEBMASTER = "admin", "colleague", "webmaster"
FILES = {
    ADMIN: "demo-password",
    COLLEAGUE: "demo-password-of-colleague",
    WEBMASTER: "demo-password-of-webmaster",
}


@dataclass(frozen=True)
class Login:
    """Who signs in to the demo, and what to tell of the password."""

    user: User
    password_told: str

    @property
    def name(self) -> str:
        return self.user.username


def demo_login(folder: Path, name: str = ADMIN, publisher: Publisher | None = None) -> Login:
    """A user of the demo, made if it is missing; one that somebody else made is left.

    A superuser, or a person of the publisher where one is given.
    """
    path = make_data_folder(folder) / FILES[name]
    user = User.objects.filter(username=name).first()
    if user is None:
        password = _password(path)
        make = User.objects.create_user if publisher else User.objects.create_superuser
        user = make(name, f"{name}@example.org", password, publisher=publisher)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return Login(user, f"{password}   (kept in {path.name} of the data folder)")
    password = path.read_text().strip() if path.exists() else ""
    if password and user.check_password(password):
        return Login(user, f"{password}   (kept in {path.name} of the data folder)")
    return Login(user, "changed since; anew: manage.py changepassword " + name)


def _password(path: Path) -> str:
    if not path.exists():
        write_private(path, secrets.token_urlsafe(12) + "\n")
    return path.read_text().strip()
