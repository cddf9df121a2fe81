"""Packages of browser extensions, made by code: what a manifest and some files come to."""

import io
import json
import struct
import zipfile
from collections.abc import Mapping
from datetime import datetime

from compliance.detectors.extensions import Hosts, check_package
from compliance.detectors.finding import Report

HOSTS = Hosts(
    merchant=frozenset({"aliexpress.com", "aliexpress.ru", "aliexpress.us"}),
    tracking=frozenset({"go.permille.example"}),
)
MERCHANT = ["*://*.aliexpress.com/*", "*://*.aliexpress.ru/*"]
TODAY = datetime.fromisoformat("2024-01-01T00:00:00+00:00")


def packed(files: Mapping[str, str | bytes]) -> bytes:
    """A zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def crx2(content: bytes) -> bytes:
    """The same as a crx of version 2, with a key and a signature that nobody checks here."""
    return b"Cr24" + struct.pack("<III", 2, 5, 3) + b"kkkkk" + b"sss" + content


def crx3(content: bytes) -> bytes:
    """The same as a crx of version 3."""
    return b"Cr24" + struct.pack("<II", 3, 7) + b"\0" * 7 + content


def extension(
    version: int,
    *,
    content: str = "",
    matches: list[str] | None = None,
    background: str = "",
    popup: str = "",
    files: Mapping[str, str | bytes] | None = None,
    extra: Mapping[str, object] | None = None,
) -> dict[str, str | bytes]:
    """The files of an extension with these scripts, for a version of the manifest."""
    manifest: dict[str, object] = {"manifest_version": version, "name": "Sample", "version": "1.0"}
    made: dict[str, str | bytes] = {}
    if content:
        manifest["content_scripts"] = [{"matches": matches or MERCHANT, "js": ["content.js"]}]
        made["content.js"] = content
    if background:
        manifest["background"] = (
            {"service_worker": "background.js"} if version == 3 else {"scripts": ["background.js"]}
        )
        made["background.js"] = background
    if popup:
        manifest["action" if version == 3 else "browser_action"] = {"default_popup": "popup.html"}
        made["popup.html"] = '<html><body><script src="popup.js"></script></body></html>'
        made["popup.js"] = popup
    manifest["permissions"] = ["tabs", "storage", "webRequest", "scripting", "notifications"]
    manifest |= dict(extra or {})
    return {"manifest.json": json.dumps(manifest, indent=2), **made, **dict(files or {})}


def check(files: Mapping[str, str | bytes], at: datetime = TODAY) -> Report:
    """What the check says of these files."""
    return check_package(packed(files), name="sample.zip", at=at, hosts=HOSTS)


def steps(report: Report) -> set[tuple[str, str]]:
    return {(finding.rule, finding.step) for finding in report.findings}
