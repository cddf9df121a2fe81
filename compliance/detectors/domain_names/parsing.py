"""What was given, taken apart: labels of a host, names of communities, or why it can be no name."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from urllib.parse import unquote

import tldextract

from compliance.detectors.domain_names.readings import visible

# A name of DNS has at most 253 characters; an address may hold one and go on.
LONGEST_NAME = 253
LONGEST_INPUT = 2048

_SCHEME = re.compile(r"\A[A-Za-z][A-Za-z0-9+.\-]{0,30}:[/\\]+|\A[/\\]{2,}")
_PATH = re.compile(r"[/\\?#]")
_PORT = re.compile(r":\d*\Z")
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_NUMBERS = re.compile(r"\d+(?:\.\d+){3}|0x[0-9a-f]+|\[.*")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_COMMUNITIES = _words(
    """
    vk.com vk.ru m.vk.com vkvideo.ru t.me telegram.me telegram.dog instagram.com facebook.com fb.com
    fb.me youtube.com youtu.be tiktok.com ok.ru twitter.com x.com pinterest.com pinterest.ru dzen.ru
    rutube.ru twitch.tv discord.gg discord.com wa.me chat.whatsapp.com reddit.com medium.com
    threads.net threads.com taplink.cc taplink.ws linktr.ee boosty.to patreon.com linkedin.com
    snapchat.com tumblr.com livejournal.com weibo.com zen.yandex.ru
    """
)
_BEFORE_NAMES = _words(
    "c s user users u r g group groups people pages public profile company in id page hashtag tag"
)
# What follows these is an identifier that nobody chose.
_BEFORE_IDENTIFIERS = _words("channel joinchat invite add watch video p reel post")
_LONGEST_PATH = 3


class Problem(StrEnum):
    """Why there is no name to judge, or not all of it."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    ADDRESS = "address"
    PUNYCODE = "punycode"


@dataclass(frozen=True)
class Name:
    """What there is to judge.

    labels: of the host without its public suffix, decoded, the registrable one last; suffix: the
    public suffix's labels; communities: names of groups, channels, accounts; first_path: the first
    part of the path, where a domain may end in it (aliexpr.es/s).
    """

    labels: tuple[str, ...] = ()
    suffix: tuple[str, ...] = ()
    communities: tuple[str, ...] = ()
    first_path: str = ""
    problems: tuple[Problem, ...] = ()


@cache
def _extract() -> tldextract.TLDExtract:
    # The snapshot of the library: nothing is fetched, nothing is written.
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, fallback_to_snapshot=True)


def parse(given: str) -> Name:
    """Take a domain name, an address or the name of a community apart; never raises."""
    text = given.strip()
    if len(text) > LONGEST_INPUT:
        return Name(problems=(Problem.TOO_LONG,))
    if not any(character.isalnum() for character in visible(text)[0]):
        return Name(problems=(Problem.EMPTY,))
    scheme = _SCHEME.match(text)
    if scheme is None and (text.startswith("@") or re.search(r"\s", text)):
        return _community_name(text)
    authority, path = _split_path(text[scheme.end() :] if scheme else text)
    if scheme is None and not path and not _DOTS.search(authority) and authority[0] != "[":
        return _community_name(unquote(authority))
    return _host_name(authority, path)


def _split_path(text: str) -> tuple[str, str]:
    cut = _PATH.search(text)
    return (text[: cut.start()], text[cut.start() :]) if cut else (text, "")


def _community_name(text: str) -> Name:
    if len(text) > LONGEST_NAME:
        return Name(problems=(Problem.TOO_LONG,))
    decoded, problem = decode_label(text)
    return Name(communities=(decoded,), problems=(problem,) if problem else ())


def _host_name(authority: str, path: str) -> Name:
    before, at, host = unquote(authority).rpartition("@")
    host = _PORT.sub("", host)
    extra = (f"{before}@{_DOTS.split(host)[0]}",) if at else ()
    folded = unicodedata.normalize("NFKC", host).strip()
    if len(folded) > LONGEST_NAME or any(len(name) > LONGEST_NAME for name in extra):
        return Name(problems=(Problem.TOO_LONG,))
    if _NUMBERS.fullmatch(folded.lower().rstrip(".")):
        return Name(communities=extra, problems=(Problem.ADDRESS,))
    decoded = [decode_label(label.strip()) for label in _DOTS.split(folded)]
    labels = [label for label, _problem in decoded if visible(label)[0]]
    problems = tuple(dict.fromkeys(problem for _label, problem in decoded if problem))
    if not labels:
        return Name(communities=extra, problems=(*problems, Problem.EMPTY))
    kept, suffix = _without_suffix(labels)
    names, first = _path_names(".".join(labels), path)
    if any(len(name) > LONGEST_NAME for name in names):
        return Name(problems=(Problem.TOO_LONG,))
    return Name(kept, suffix, extra + names, first, problems)


def decode_label(label: str) -> tuple[str, Problem | None]:
    """A label as it is shown; one that is no Punycode is returned as it is, with the problem."""
    if not label.lower().startswith("xn--"):
        return label, None
    try:
        # Browsers differ in what they show of names that IDNA forbids: all are decoded.
        return label[4:].encode("ascii").decode("punycode"), None
    except (ValueError, OverflowError):
        return label, Problem.PUNYCODE


def _without_suffix(labels: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    plain = [_DOTS.sub("", label) for label in labels]
    suffix = _extract().extract_str(".".join(plain)).suffix
    count = len(suffix.split(".")) if suffix else 0
    kept = plain[: len(plain) - count]
    while len(kept) > 1 and kept[0].lower() in {"www", "m"}:
        kept = kept[1:]
    return tuple(kept), tuple(plain[len(plain) - count :])


def _path_names(host: str, path: str) -> tuple[tuple[str, ...], str]:
    """The names of communities in a path, and its first part."""
    parts = [unquote(part) for part in re.split(r"[/\\]", re.split(r"[?#]", path)[0]) if part]
    first = parts[0] if parts else ""
    if host.lower().removeprefix("www.") not in _COMMUNITIES:
        return (), first
    names = []
    for part in parts[:_LONGEST_PATH]:
        if part.lower() in _BEFORE_IDENTIFIERS or part.startswith("+"):
            break
        if part.lower() not in _BEFORE_NAMES:
            names.append(part)
    return tuple(names), first
