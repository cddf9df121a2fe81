# The scripts are data, as long as their writers made them.
# ruff: noqa: E501
"""Extensions that break a clause, one of each kind, in several ways of writing and of hiding."""

from base64 import b64encode
from dataclasses import dataclass, field

from tests.compliance.detectors.extension_packages import extension

CLICK = "https://s.click.aliexpress.com/deep_link.htm?aff_short_key=UneMJZVf&dl_target_url="
ALL = ["<all_urls>"]


@dataclass(frozen=True)
class Planted:
    """Scripts of one extension and the rule it breaks: F3, F4, or F35 (at any time)."""

    rule: str
    content: str = ""
    matches: tuple[str, ...] = ()
    background: str = ""
    popup: str = ""
    files: dict[str, str] = field(default_factory=dict)
    extra: dict[str, object] = field(default_factory=dict)

    def as_files(self, version: int) -> dict[str, str | bytes]:
        return extension(
            version,
            content=self.content,
            matches=list(self.matches) or None,
            background=self.background,
            popup=self.popup,
            files=self.files,
            extra=self.extra,
        )


def _codes(text: str) -> str:
    return ",".join(str(ord(letter)) for letter in text)


def base64_of(text: str) -> str:
    return b64encode(text.encode()).decode()


HIDDEN_HOST = {
    "plain": "'aliexpress'",
    "joined": "'ali' + 'exp' + 'ress'",
    "base64": f"atob('{base64_of('aliexpress')}')",
    "codes": f"String.fromCharCode({_codes('aliexpress')})",
    "reversed": "'sserpxeila'.split('').reverse().join('')",
    "escapes": "'\\x61\\u006ciexpr\\u{65}ss'",
    "parts": "['ali', 'express'].join('')",
    "index": "['ress', 'ali', 'exp'][1] + ['exp'][0] + 'ress'",
    "shifted": "[98,109,106,102,121,113,115,102,116,116].map(c => String.fromCharCode(c - 1)).join('')",
}
HIDDEN_LINK = {
    "plain": f"'{CLICK}'",
    "joined": "'https://s.cli' + 'ck.aliexp' + 'ress.com/e/_' + 'DkAbC'",
    "template": "`https://s.click.${'ali' + 'express'}.com/e/_x`",
    "base64": f"atob('{base64_of(CLICK)}')",
    "codes": f"String.fromCharCode({_codes('https://s.click.aliexpress.com/e/_x')})",
    "percent": "decodeURIComponent('https%3A%2F%2Fs.click.aliexpress.com%2Fe%2F_x')",
    "tracking host": "'https://go.permille.example/c/toolbar?to='",
    "network": "'https://ad.admitad.com/g/abc123/?ulp='",
    "epn": "'http://alitems.com/g/1e8d114494/?ulp='",
}

PLANTED: dict[str, Planted] = {
    # --- F3: the site's code
    "button by appendChild": Planted(
        "F3",
        content="""
const button = document.createElement('button');
button.textContent = 'Get cashback';
document.querySelector('.product-action').appendChild(button);
""",
    ),
    "block by innerHTML": Planted(
        "F3", content="document.querySelector('#header').innerHTML += '<b>10%</b>';"
    ),
    "insertAdjacentHTML": Planted(
        "F3",
        content="""
(function () { function paint(html) { document.body.insertAdjacentHTML('afterbegin', html); }
  window.addEventListener('load', () => paint('<div>Coupon!</div>')); })();
""",
    ),
    "jQuery": Planted("F3", content="$('<div class=cb>Cashback 7%</div>').prependTo('body');"),
    "jQuery append": Planted("F3", content="jQuery('.price').append('<b>was cheaper</b>');"),
    "minified": Planted(
        "F3",
        content='!function(){var e=document,t=e.createElement("div");t.id="x",t.innerHTML="<b>hi</b>",e.body.append(t)}();',
    ),
    "document.write": Planted("F3", content="document.write('<p>Coupons</p>');"),
    "text changed": Planted(
        "F3",
        content="document.querySelectorAll('.price').forEach(p => { p.textContent = 'cheap'; });",
    ),
    "replaceWith": Planted(
        "F3",
        content="let n = document.createElement('span'); document.querySelector('h1').replaceWith(n);",
    ),
    "shadow root": Planted(
        "F3",
        content="const h = document.createElement('div'); document.documentElement.append(h); h.attachShadow({mode:'open'}).innerHTML='x';",
    ),
    "style element": Planted(
        "F3",
        content="const s = document.createElement('style'); s.textContent = '.ad{}'; document.head.appendChild(s);",
    ),
    "dynamic property": Planted(
        "F3", content="document.body['insertAdjacentHTML']('beforeend', '<i>x</i>');"
    ),
    "everywhere, asks for the host": Planted(
        "F3",
        matches=tuple(ALL),
        content="""
if (location.hostname.endsWith('aliexpress.com')) {
  const bar = document.createElement('div');
  document.body.prepend(bar);
}
""",
    ),
    "everywhere, leaves early": Planted(
        "F3",
        matches=("*://*/*",),
        content="""
const shop = /(^|\\.)aliexpress\\.(com|ru)$/;
function start() { document.body.appendChild(make()); }
function make() { return document.createElement('div'); }
(function main() { if (!shop.test(window.location.host)) return; start(); })();
""",
    ),
    "everywhere, table of shops": Planted(
        "F3",
        matches=("http://*/*", "https://*/*"),
        content="""
const shops = { 'aliexpress.com': addBar, 'ebay.com': addBar };
function addBar() { document.body.insertAdjacentHTML('beforeend', '<div>bar</div>'); }
for (const host in shops) { if (location.hostname.includes(host)) shops[host](); }
""",
    ),
    "everywhere, switch": Planted(
        "F3",
        matches=("<all_urls>",),
        content="""
switch (document.domain) { case 'www.aliexpress.com': case 'aliexpress.ru': show(); break; default: }
function show() { document.body.innerHTML = '<div>x</div>' + document.body.innerHTML; }
""",
    ),
    "everywhere, helper": Planted(
        "F3",
        matches=("*://*.com/*",),
        content="""
const isShop = () => window.location.href.indexOf('aliexpress') !== -1;
class Panel { mount() { document.body.append(this.node); } }
if (isShop()) { new Panel().mount(); }
""",
    ),
    "executeScript from a file": Planted(
        "F3",
        background="""
chrome.tabs.onUpdated.addListener((id, info, tab) => {
  if (info.status === 'complete' && tab.url.includes('aliexpress.com')) {
    chrome.tabs.executeScript(id, { file: 'inject.js' });
  }
});
""",
        files={"inject.js": "document.body.insertAdjacentHTML('beforeend', '<b>x</b>');"},
    ),
    "scripting with files": Planted(
        "F3",
        background="""
const FILES = ['lib/inject.js'];
chrome.webNavigation.onCompleted.addListener(({ tabId }) => {
  chrome.scripting.executeScript({ target: { tabId }, files: FILES });
}, { url: [{ hostSuffix: 'aliexpress.com' }] });
""",
        files={"lib/inject.js": "document.body.append('x');"},
    ),
    "scripting with a function": Planted(
        "F3",
        background="""
function banner() { const d = document.createElement('div'); document.body.appendChild(d); }
chrome.tabs.onUpdated.addListener(async (tabId, info, tab) => {
  if (!tab.url || !tab.url.match(/aliexpress\\.com/)) return;
  await chrome.scripting.executeScript({ target: { tabId }, func: banner });
});
""",
    ),
    "code in a text": Planted(
        "F3",
        background="""
chrome.tabs.onUpdated.addListener(function (id, info, tab) {
  if (/aliexpress/.test(tab.url)) chrome.tabs.executeScript(id, { code: "document.body.innerHTML += '<b>x</b>'" });
});
""",
    ),
    "registered": Planted(
        "F3",
        background="""
chrome.scripting.registerContentScripts([{ id: 'a', matches: ['https://*.aliexpress.com/*'], js: ['late.js'] }]);
""",
        files={"late.js": "document.body.prepend('late');"},
    ),
    "insertCSS": Planted(
        "F3",
        background="""
chrome.tabs.onUpdated.addListener((id, i, tab) => {
  if (tab.url.startsWith('https://www.aliexpress.com')) chrome.scripting.insertCSS({ target: {tabId: id}, css: 'body{}' });
});
""",
    ),
    "style sheet of the manifest": Planted(
        "F3",
        extra={"content_scripts": [{"matches": ["https://*.aliexpress.com/*"], "css": ["x.css"]}]},
        files={"x.css": "b{}"},
    ),
    "text that is run": Planted(
        "F3", content=f"eval(atob('{base64_of('document.body.append(1);')}'));"
    ),
    # --- F3: pop-ups
    "tab on update": Planted(
        "F3",
        background="""
chrome.tabs.onUpdated.addListener((tabId, change, tab) => {
  if (change.status == 'complete' && tab.url.indexOf('aliexpress.com') > -1) {
    chrome.tabs.create({ url: 'https://cashback.example/welcome', active: false });
  }
});
""",
    ),
    "window on navigation": Planted(
        "F3",
        background="""
chrome.webNavigation.onCompleted.addListener(() => {
  chrome.windows.create({ url: 'offer.html', type: 'popup' });
}, { url: [{ hostContains: '.aliexpress.' }] });
""",
        files={"offer.html": "<p>offer</p>"},
    ),
    "window.open": Planted(
        "F3", content="setTimeout(() => window.open('https://offers.example/'), 3000);"
    ),
    "alert": Planted("F3", content="if (document.title) alert('Coupon found!');"),
    "confirm": Planted("F3", content="window.confirm('Use a coupon?');"),
    "notification": Planted(
        "F3",
        background="""
const api = chrome.notifications;
chrome.tabs.onUpdated.addListener((id, info, tab) => {
  const host = new URL(tab.url).hostname;
  if (host.endsWith('.aliexpress.com')) { api.create({ type: 'basic', title: 'x', message: 'y' }); }
});
""",
    ),
    "by a message": Planted(
        "F3",
        content="chrome.runtime.sendMessage({ type: 'arrived' });",
        background="""
chrome.runtime.onMessage.addListener((message) => {
  if (message.type === 'arrived') { chrome.tabs.create({ url: 'https://offers.example' }); }
});
""",
    ),
    # --- F4
    "location": Planted(
        "F4", content=f"location.href = '{CLICK}' + encodeURIComponent(location.href);"
    ),
    "replace": Planted("F4", content=f"const u = '{CLICK}'; window.location.replace(u);"),
    "assign by function": Planted(
        "F4",
        content=f"""
function link(to) {{ return `{CLICK}${{to}}`; }}
function go(url) {{ window.location.assign(url); }}
if (!document.cookie.includes('seen')) go(link(location.href));
""",
    ),
    "parameter set": Planted(
        "F4",
        content="""
const url = new URL(location.href);
if (!url.searchParams.has('af')) { url.searchParams.set('af', 'toolbar7'); location.href = url.toString(); }
""",
    ),
    "search": Planted(
        "F4",
        content="if (!location.search.includes('aff_fcid')) location.search += '&aff_fcid=abc123';",
    ),
    "tabs.update": Planted(
        "F4",
        background=f"""
const LINK = '{CLICK}';
chrome.tabs.onUpdated.addListener((id, info, tab) => {{
  if (!info.url || !/aliexpress\\.(com|ru)/.test(info.url)) return;
  chrome.tabs.update(id, {{ url: LINK + encodeURIComponent(info.url) }});
}});
""",
    ),
    "webRequest": Planted(
        "F4",
        background=f"""
chrome.webRequest.onBeforeRequest.addListener(
  (details) => ({{ redirectUrl: '{CLICK}' + details.url }}),
  {{ urls: ['*://*.aliexpress.com/item/*'], types: ['main_frame'] }}, ['blocking']);
""",
    ),
    "webRequest, everywhere": Planted(
        "F4",
        background=f"""
function onRequest(details) {{
  var redirectUrl = '{CLICK}' + encodeURIComponent(details.url);
  if (details.url.indexOf('aliexpress.com/item') >= 0) return {{ redirectUrl }};
}}
browser.webRequest.onBeforeRequest.addListener(onRequest, {{ urls: ['<all_urls>'] }}, ['blocking']);
""",
    ),
    "links rewritten": Planted(
        "F4",
        content=f"""
document.querySelectorAll('a[href*="/item/"]').forEach((a) => {{ a.href = '{CLICK}' + a.href; }});
""",
    ),
    "links rewritten by attribute": Planted(
        "F4",
        content=f"""
for (const link of document.links) link.setAttribute('href', '{CLICK}' + encodeURIComponent(link.href));
""",
    ),
    "rule in code": Planted(
        "F4",
        background=f"""
chrome.declarativeNetRequest.updateDynamicRules({{ addRules: [{{ id: 1, action: {{ type: 'redirect',
  redirect: {{ url: '{CLICK}' }} }}, condition: {{ urlFilter: '||aliexpress.com/item' }} }}] }});
""",
    ),
    "click on a link of its own": Planted(
        "F4",
        content=f"""
const a = document.createElement('a'); a.href = '{CLICK}'; document.body.appendChild(a); a.click();
""",
    ),
    "refresh": Planted(
        "F4",
        content=f"""
const m = document.createElement('meta'); m.httpEquiv = 'refresh'; m.content = '0;url={CLICK}'; document.head.appendChild(m);
""",
    ),
    "click hijacked": Planted(
        "F4",
        content=f"""
document.addEventListener('click', (e) => {{ location.href = '{CLICK}'; }}, {{ once: true }});
""",
    ),
    "by a message, F4": Planted(
        "F4",
        content="chrome.runtime.sendMessage({cmd: 'go', url: location.href});",
        background=f"""
chrome.runtime.onMessage.addListener((m, sender) => {{
  switch (m.cmd) {{ case 'go': chrome.tabs.update(sender.tab.id, {{ url: '{CLICK}' + m.url }}); break; }}
}});
""",
    ),
    "list of shops": Planted(
        "F4",
        background=f"""
const shops = [{{ domain: 'ebay.com', link: 'https://rover.example/' }}, {{ domain: 'aliexpress.com', link: '{CLICK}' }}];
chrome.tabs.onUpdated.addListener((id, info, tab) => {{
  const shop = shops.find((s) => tab.url.includes(s.domain));
  if (shop) chrome.tabs.update(id, {{ url: shop.link }});
}});
""",
    ),
    "list of shops in a file": Planted(
        "F4",
        background="""
let shops = [];
fetch(chrome.runtime.getURL('shops.json')).then((r) => r.json()).then((list) => { shops = list; });
chrome.tabs.onUpdated.addListener((id, info, tab) => {
  const shop = shops.find((s) => tab.url.includes(s.domain));
  if (shop) chrome.tabs.update(id, { url: shop.link });
});
""",
        files={"shops.json": f'[{{"domain": "aliexpress.com", "link": "{CLICK}"}}]'},
    ),
    "modules": Planted(
        "F4",
        background="""
import { LINK } from './links.js';
chrome.webNavigation.onCommitted.addListener((d) => {
  if (d.frameId === 0 && new URL(d.url).host.endsWith('aliexpress.com')) chrome.tabs.update(d.tabId, { url: LINK });
});
""",
        files={"links.js": f"export const LINK = '{CLICK}';"},
    ),
    # --- F35
    "frame": Planted(
        "F35",
        content=f"""
const f = document.createElement('iframe'); f.style.display = 'none'; f.src = '{CLICK}'; document.body.appendChild(f);
""",
    ),
    "image": Planted("F35", content=f"new Image().src = '{CLICK}';"),
    "fetch": Planted(
        "F35",
        background=f"""
chrome.alarms.onAlarm.addListener(() => fetch('{CLICK}', {{ credentials: 'include' }}));
""",
    ),
}
