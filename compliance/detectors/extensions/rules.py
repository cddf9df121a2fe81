"""Rules of declarativeNetRequest: which of them lead from the merchant's site, and where to."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from compliance.detectors.extensions.hosts import AFFILIATE_PARAMETERS, Hosts, Target
from compliance.detectors.extensions.manifest import strings, table
from compliance.detectors.extensions.signs import Sign
from compliance.detectors.extensions.tokens import Place

_DOMAIN_KEYS = ("requestDomains", "domains", "initiatorDomains", "topDomains")
_FRAMES = frozenset({"main_frame", "sub_frame"})


def rule_signs(file: str, text: str, rules: Any, hosts: Hosts) -> Iterator[Sign]:
    """What the rules of one file do on the merchant's site."""
    at = 0
    for rule in rules[:400_000] if isinstance(rules, list) else []:
        if not isinstance(rule, dict):
            continue
        found = _judge(rule, hosts)
        if found:
            step, target, is_certain = found
            at = max(at, _where(text, rule, at))
            line = text.count("\n", 0, at) + 1
            column = at - text.rfind("\n", 0, at)
            rule_code = "F35" if step == "sets_cookie" else "F4"
            yield Sign(
                rule_code, step, Place(file, line, column), is_certain=is_certain, to=target[:200]
            )


def _where(text: str, rule: Mapping[str, Any], start: int) -> int:
    """Where the rule stands: its id, else the start."""
    number = rule.get("id")
    found = (
        re.compile(rf'"id"\s*:\s*{int(number)}\b').search(text, 0) if type(number) is int else None
    )
    return found.start() if found else start


def _judge(rule: Mapping[str, Any], hosts: Hosts) -> tuple[str, str, bool] | None:
    action, condition = table(rule, "action"), table(rule, "condition")
    is_merchants = _is_about_merchant(condition, hosts)
    if action.get("type") == "modifyHeaders":
        text = json.dumps(action)
        return (
            ("redirects", _address(text), True)
            if is_merchants and hosts.is_affiliate(_address(text))
            else None
        )
    if action.get("type") != "redirect":
        return None
    target, address = _leads_to(table(action, "redirect"), hosts)
    if target is Target.AFFILIATE:
        return ("redirects", address, True) if is_merchants or _names(address, hosts) else None
    types = set(strings(condition, "resourceTypes"))
    if not is_merchants or (types and not types & _FRAMES):
        return None
    if target is Target.ELSEWHERE:
        return "leads_to_own_site", address, False
    # Blockers put an empty script or frame in the place of a request; only a page is led away.
    leads = target is Target.UNKNOWN and "main_frame" in types
    return ("leads_somewhere", "", False) if leads else None


def _names(address: str, hosts: Hosts) -> bool:
    return any(name in address.lower() for name in (*hosts.brands, *hosts.tracking))


def _address(text: str) -> str:
    found = re.search(r"https?://[^\s\"'\\]+", text)
    return found.group() if found else ""


def _is_about_merchant(condition: Mapping[str, Any], hosts: Hosts) -> bool:
    named = [host for key in _DOMAIN_KEYS for host in strings(condition, key)]
    if any(hosts.is_merchant(host.lower()) for host in named):
        return True
    url = condition.get("urlFilter")
    if isinstance(url, str) and hosts.names_merchant(url):
        return True
    pattern = condition.get("regexFilter")
    return isinstance(pattern, str) and hosts.spells_merchant(pattern)


def _leads_to(redirect: Mapping[str, Any], hosts: Hosts) -> tuple[Target, str]:
    for key in ("url", "regexSubstitution"):
        address = redirect.get(key)
        if isinstance(address, str):
            return hosts.target(re.sub(r"\\\d", "\0", address)), address
    if isinstance(redirect.get("extensionPath"), str):
        return Target.UNKNOWN, ""
    transform = table(redirect, "transform")
    host = transform.get("host")
    if isinstance(host, str):
        return hosts.target(f"https://{host}/"), host
    added = _added(transform)
    if any(name.lower() in AFFILIATE_PARAMETERS for name in added):
        return Target.AFFILIATE, "&".join(f"{name}=" for name in added)
    query = transform.get("query")
    if isinstance(query, str) and hosts.is_affiliate(query):
        return Target.AFFILIATE, query
    return (Target.UNKNOWN if added else Target.NOWHERE), ""


def _added(transform: Mapping[str, Any]) -> list[str]:
    parameters = table(transform, "queryTransform").get("addOrReplaceParams")
    return [
        str(each["key"])
        for each in (parameters if isinstance(parameters, list) else [])
        if isinstance(each, dict) and "key" in each
    ]
