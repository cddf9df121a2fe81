"""What each type of traffic demands of a source beside its name: the form that a publisher fills.

The codes are those of the traffic types of the contracts; a type not named here demands nothing.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Demands:
    """keywords: a list with texts of ads and negatives (F26); mailing: how people subscribe and
    leave (F27); package: of an extension (F31); address: a web address;
    ownable: its address can show whose it is; community: its name is judged as a domain's (F32).
    """

    keywords: bool = False
    mailing: bool = False
    package: bool = False
    address: bool = False
    ownable: bool = True
    community: bool = False


_NOTHING = Demands()
_SITE = Demands(address=True)
_COMMUNITY = Demands(ownable=False, community=True)
_MAILING = Demands(mailing=True, ownable=False)
_ADVERTISING = Demands(keywords=True)

_OF_TYPE = {
    "contextual": _ADVERTISING,
    "contextual_on_brand": _ADVERTISING,
    "email_newsletter": _MAILING,
    "sms": _MAILING,
    "toolbars_plugins": Demands(package=True),
    "social_communities": _COMMUNITY,
    "social_apps": _COMMUNITY,
    "youtube": _COMMUNITY,
    "instant_messengers": _COMMUNITY,
    "content_site": _SITE,
    "cashback": _SITE,
    "coupons": _SITE,
    "price_comparison": _SITE,
    "doorway": _SITE,
}


def demands_of(traffic_type: str) -> Demands:
    """What a type demands, by its code."""
    return _OF_TYPE.get(traffic_type, _NOTHING)


def types_with_package() -> frozenset[str]:
    """Codes of the types whose sources are extensions."""
    return frozenset(code for code, demands in _OF_TYPE.items() if demands.package)
