"""Whose a source is: shown by a DNS record, a meta tag or a file that holds its token."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeGuard
from urllib.parse import urlsplit

from compliance.detectors.ownership import shown_by_file, shown_by_meta, shown_by_txt
from compliance.fetching import PROOFS, FetchRefused, GuardedClient, Outgoing, text_records
from compliance.fetching.client import Fetched
from compliance.models import SourceOwnership
from compliance.moderation.enums import OwnershipMethod
from publishers.demands import demands_of
from publishers.models import Source, SourceStatement

PROOF_FILE = "permille-verification.txt"


def host_of(url: str) -> str:
    """The host of a web address, in small letters; empty where there is none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def is_provable(source: Source, url: str) -> bool:
    """Whether the address of the source can show whose it is: not of a community or a mailing."""
    return demands_of(source.traffic_type.code).ownable and bool(host_of(url))


def is_proven(source: Source, statement: SourceStatement) -> bool:
    """Whether it was shown for the host of the statement, or cannot be shown at all."""
    if not is_provable(source, statement.url):
        return True
    owned = SourceOwnership.objects.filter(source=source, proven_at__isnull=False).first()
    return owned is not None and owned.host == host_of(statement.url)


@dataclass(frozen=True)
class Showing:
    """Whether it was shown whose a source is. owned: its token and proof, None: it has none yet.

    host: of its address; a proof for another host shows nothing.
    """

    provable: bool
    host: str
    owned: SourceOwnership | None

    @property
    def proven(self) -> bool:
        """Whether it was shown for the host that the address has now."""
        owned = self.owned
        return owned is not None and owned.proven_at is not None and owned.host == self.host


def showing(source: Source, statement: SourceStatement | None) -> Showing:
    """What is known of whose the source is, by what is said of it."""
    url = statement.url if statement is not None else source.url
    if not is_provable(source, url):
        return Showing(False, "", None)
    owned = SourceOwnership.objects.filter(source=source).first()
    return Showing(True, host_of(url), owned)


def shown(
    token: str, url: str, page: Fetched | None, client: GuardedClient, *, at: datetime
) -> tuple[OwnershipMethod, dict[str, str]] | None:
    """How a site shows the token, and where it was seen; None: it does not, or did not answer."""
    host = host_of(url)
    if _is_of(page, host) and shown_by_meta(page.body, token, page.headers.get("content-type", "")):
        return OwnershipMethod.META, _evidence(page)
    proof = _proof_file(url, client, at)
    if _is_of(proof, host) and shown_by_file(proof.body, token):
        return OwnershipMethod.FILE, _evidence(proof)
    try:
        records = text_records(host, names=client.names)
    except FetchRefused:
        return None
    if shown_by_txt(records, token):
        return OwnershipMethod.DNS, {"name": host}
    return None


def _is_of(fetched: Fetched | None, host: str) -> TypeGuard[Fetched]:
    """Whether it was there, and is the host's own: a redirect elsewhere proves nothing."""
    return fetched is not None and fetched.status == 200 and host_of(fetched.final_url) == host


def _proof_file(url: str, client: GuardedClient, at: datetime) -> Fetched | None:
    parts = urlsplit(url)
    address = f"{parts.scheme}://{parts.netloc}/{PROOF_FILE}"
    try:
        return client.fetch(Outgoing(address, content_types=PROOFS), at=at)
    except FetchRefused:
        return None


def _evidence(fetched: Fetched) -> dict[str, str]:
    return {"url": fetched.final_url, "sha256": fetched.sha256}
