# The scripts are data, as long as their writers made them.
# ruff: noqa: E501
"""Extensions that break nothing, of many kinds: what they share with the others is no offence."""

import json

from tests.compliance.detectors.extension_packages import extension

ALL = ["<all_urls>"]
CLICK = "https://s.click.aliexpress.com/e/_DkAbC"
_HOSTS = [f"ads{number}.example" for number in range(400)]

JQUERY = (
    "/*! jQuery v3.5.1 | (c) JS Foundation and other contributors | jquery.org/license */\n"
    "!function(e,t){" + "e.appendChild(t);t.innerHTML='x';" * 200 + "}(this,document);\n"
)

INNOCENT: dict[str, dict[str, str | bytes]] = {
    "price tracker with a badge": extension(
        3,
        content="""
const price = document.querySelector('.product-price-value');
const text = price ? price.textContent.trim() : '';
const id = location.pathname.match(/item\\/(\\d+)/);
if (id && text) chrome.runtime.sendMessage({ type: 'price', id: id[1], text, url: location.href });
""",
        background="""
chrome.runtime.onMessage.addListener(async (message, sender) => {
  if (message.type !== 'price') return;
  const known = await chrome.storage.local.get(message.id);
  await chrome.storage.local.set({ [message.id]: message.text });
  const cheaper = known[message.id] && known[message.id] > message.text;
  chrome.action.setBadgeText({ tabId: sender.tab.id, text: cheaper ? '-%' : '' });
  chrome.action.setTitle({ tabId: sender.tab.id, title: 'Was ' + known[message.id] });
});
""",
        popup="""
chrome.tabs.query({ active: true, currentWindow: true }, ([tab]) => {
  const list = document.getElementById('history');
  const row = document.createElement('li');
  row.textContent = tab.url.includes('aliexpress.com') ? 'Tracked' : 'Open a product of AliExpress';
  list.appendChild(row);
});
""",
    ),
    "badge on the merchant's tabs": extension(
        2,
        background="""
chrome.tabs.onUpdated.addListener(function (tabId, change, tab) {
  if (change.status === 'complete' && /aliexpress\\.(com|ru)/.test(tab.url)) {
    chrome.browserAction.setBadgeText({ text: '7%', tabId: tabId });
    chrome.browserAction.setBadgeBackgroundColor({ color: '#f60' });
    chrome.browserAction.setPopup({ tabId: tabId, popup: 'offer.html' });
  }
});
chrome.browserAction.onClicked.addListener(function (tab) {
  if (tab.url.indexOf('aliexpress') !== -1) chrome.tabs.update(tab.id, { url: 'https://s.click.aliexpress.com/e/_x' });
});
""",
        files={
            "offer.html": "<html><body><h1>Cashback</h1><a href='https://s.click.aliexpress.com/e/_x' target=_blank>Go</a></body></html>"
        },
    ),
    "dark mode": extension(
        3,
        matches=ALL,
        content="""
const style = document.createElement('style');
style.textContent = 'html { filter: invert(1) hue-rotate(180deg) }';
chrome.storage.sync.get({ off: [] }, ({ off }) => {
  if (off.includes(location.hostname)) return;
  document.documentElement.appendChild(style);
  document.documentElement.classList.add('dark');
});
""",
    ),
    "ad blocker with rules for other hosts": extension(
        3,
        background="chrome.declarativeNetRequest.updateEnabledRulesets({ enableRulesetIds: ['ads'] });",
        extra={
            "declarative_net_request": {
                "rule_resources": [{"id": "ads", "enabled": True, "path": "rules/ads.json"}]
            }
        },
        files={
            "rules/ads.json": json.dumps(
                [
                    {
                        "id": 1,
                        "action": {"type": "redirect", "redirect": {"extensionPath": "/noop.js"}},
                        "condition": {
                            "urlFilter": "||adserver.example^",
                            "initiatorDomains": ["aliexpress.com"],
                            "resourceTypes": ["script"],
                        },
                    },
                    {
                        "id": 6,
                        "action": {
                            "type": "redirect",
                            "redirect": {"extensionPath": "/blank.html"},
                        },
                        "condition": {
                            "initiatorDomains": ["aliexpress.com"],
                            "resourceTypes": ["sub_frame"],
                        },
                    },
                    {
                        "id": 2,
                        "action": {"type": "block"},
                        "condition": {"urlFilter": "||ae01.aliexpress.com/ads^"},
                    },
                    {
                        "id": 3,
                        "action": {
                            "type": "redirect",
                            "redirect": {"url": "https://www.example.org/"},
                        },
                        "condition": {
                            "urlFilter": "||example.com^",
                            "resourceTypes": ["main_frame"],
                        },
                    },
                    {
                        "id": 4,
                        "action": {
                            "type": "redirect",
                            "redirect": {
                                "transform": {
                                    "queryTransform": {
                                        "removeParams": ["aff_fcid", "af", "utm_source"]
                                    }
                                }
                            },
                        },
                        "condition": {
                            "requestDomains": ["aliexpress.com"],
                            "resourceTypes": ["main_frame"],
                        },
                    },
                    {
                        "id": 5,
                        "action": {"type": "upgradeScheme"},
                        "condition": {"urlFilter": "|http://*.aliexpress.com"},
                    },
                ]
            )
        },
    ),
    "ad blocker with a long list in code": extension(
        2,
        background=f"""
var blocked = {json.dumps([*_HOSTS, "aliexpress.com", "s.click.aliexpress.com"])};
chrome.webRequest.onBeforeRequest.addListener(function (details) {{
  var host = new URL(details.url).hostname;
  if (blocked.indexOf(host) >= 0) return {{ cancel: true }};
  if (host === 'tracker.example') return {{ redirectUrl: chrome.runtime.getURL('empty.js') }};
}}, {{ urls: ['<all_urls>'] }}, ['blocking']);
chrome.runtime.onInstalled.addListener(() => chrome.tabs.create({{ url: 'https://blocker.example/welcome' }}));
""",
    ),
    "filter list": extension(
        2,
        background="fetch(chrome.runtime.getURL('assets/easylist.txt')).then((r) => r.text()).then(parse); function parse(t) { return t.split('\\n'); }",
        matches=ALL,
        content="document.querySelectorAll('[id^=ad]').forEach((node) => node.remove());",
        files={"assets/easylist.txt": "||aliexpress.com^$third-party\n" * 500},
    ),
    "password manager": extension(
        3,
        matches=ALL,
        content="""
const forms = document.querySelectorAll('input[type=password]');
for (const field of forms) {
  const icon = document.createElement('div');
  icon.className = 'pm-icon';
  icon.addEventListener('click', () => chrome.runtime.sendMessage({ action: 'fill', host: location.host }));
  field.parentNode.insertBefore(icon, field.nextSibling);
}
chrome.runtime.onMessage.addListener((m) => { if (m.login) forms[0].value = m.password; });
""",
        background="""
const SPECIAL = { 'login.aliexpress.com': { user: '#fm-login-id' }, 'signin.ebay.com': { user: '#userid' } };
chrome.runtime.onMessage.addListener((m, sender, answer) => {
  if (m.action === 'fill') answer({ selector: (SPECIAL[m.host] || {}).user });
  if (m.action === 'open') chrome.tabs.create({ url: 'vault.html' });
});
chrome.commands.onCommand.addListener(() => chrome.windows.create({ url: 'vault.html', type: 'popup' }));
""",
    ),
    "coupons behind the icon": extension(
        3,
        popup=f"""
const LINK = '{CLICK}';
document.getElementById('go').addEventListener('click', () => {{ chrome.tabs.create({{ url: LINK }}); }});
document.getElementById('here').onclick = async () => {{
  const [tab] = await chrome.tabs.query({{ active: true }});
  if (tab.url.includes('aliexpress.com')) chrome.runtime.sendMessage({{ type: 'activate', tab: tab.id }});
}};
document.getElementById('list').innerHTML = '<li>5 USD off 50</li>';
""",
        background=f"""
chrome.runtime.onMessage.addListener((message) => {{
  if (message.type === 'activate') chrome.tabs.update(message.tab, {{ url: '{CLICK}' }});
}});
chrome.tabs.onActivated.addListener(async ({{ tabId }}) => {{
  const tab = await chrome.tabs.get(tabId);
  chrome.action.setBadgeText({{ tabId, text: tab.url && tab.url.includes('aliexpress') ? '3' : '' }});
}});
""",
    ),
    "search from the menu": extension(
        2,
        background="""
chrome.contextMenus.create({ id: 's', title: 'Search on AliExpress', contexts: ['selection'] });
chrome.contextMenus.onClicked.addListener((info) => {
  chrome.tabs.create({ url: 'https://www.aliexpress.com/wholesale?SearchText=' + encodeURIComponent(info.selectionText) });
});
chrome.omnibox.onInputEntered.addListener((text) => { chrome.tabs.update({ url: 'https://aliexpress.ru/wholesale?SearchText=' + text }); });
""",
    ),
    "reads with jQuery": extension(
        2,
        content="var price = $('.price').text(); chrome.runtime.sendMessage({ price: price });",
        files={
            "jquery.min.js": JQUERY,
            "manifest.json": json.dumps(
                {
                    "manifest_version": 2,
                    "name": "x",
                    "version": "1",
                    "content_scripts": [
                        {
                            "matches": ["*://*.aliexpress.com/*"],
                            "js": ["jquery.min.js", "content.js"],
                        }
                    ],
                }
            ),
        },
    ),
    "changes other sites": extension(
        3,
        matches=["https://*.ebay.com/*", "https://notaliexpress.com/*"],
        content="document.body.insertAdjacentHTML('beforeend', '<a href=\"https://www.aliexpress.com\">Compare</a>'); location.href = 'https://x.example';",
    ),
    "leaves the merchant out": extension(
        2,
        content="document.body.append('hello');",
        extra={
            "content_scripts": [
                {
                    "matches": ["*://*/*"],
                    "exclude_matches": [
                        "*://*.aliexpress.com/*",
                        "*://*.aliexpress.ru/*",
                        "*://*.aliexpress.us/*",
                    ],
                    "js": ["content.js"],
                }
            ]
        },
    ),
    "everywhere but the merchant, in code": extension(
        3,
        matches=ALL,
        content="if (!location.hostname.endsWith('aliexpress.com')) { document.body.append('note'); }",
    ),
    "words in comments": extension(
        3,
        matches=ALL,
        content="""
// if (location.host === 'aliexpress.com') location.href = 'https://s.click.aliexpress.com/e/_x';
/* document.body.innerHTML on aliexpress.com */
document.body.dataset.theme = 'sepia'; document.body.append(document.createElement('hr'));
""",
    ),
    "removes affiliate parameters": extension(
        2,
        background="""
const NAMES = ['aff_fcid', 'aff_platform', 'af', 'dp', 'utm_source'];
function clean(address) {
  const url = new URL(address);
  NAMES.forEach((name) => url.searchParams.delete(name));
  return url.toString();
}
chrome.contextMenus.onClicked.addListener((info) => navigator.clipboard.writeText(clean(info.linkUrl)));
chrome.action.onClicked.addListener((tab) => chrome.tabs.update(tab.id, { url: clean(tab.url) }));
""",
    ),
    "removes affiliate parameters from requests": extension(
        2,
        background="""
chrome.webRequest.onBeforeRequest.addListener(function (details) {
  const url = new URL(details.url);
  for (const name of ['aff_fcid', 'sk', 'af']) url.searchParams.delete(name);
  if (url.href !== details.url) return { redirectUrl: url.href };
}, { urls: ['*://*.aliexpress.com/*'], types: ['main_frame'] }, ['blocking']);
""",
    ),
    "spares the merchant": extension(
        3,
        matches=["*://*/*"],
        content="""
const skip = ['docs.google.com', 'www.aliexpress.com'];
function run() { document.body.appendChild(document.createElement('div')); }
if (skip.indexOf(location.hostname) === -1) run();
(function () {
  if (/aliexpress|docs\\.google/.test(location.host)) return;
  run();
})();
""",
    ),
    "answers its own popup": extension(
        3,
        content="""
chrome.runtime.onMessage.addListener((message, sender, answer) => {
  if (message === 'price') answer({ price: document.querySelector('[class*=price]').textContent });
  if (message === 'coupon') location.href = 'https://coupons.example/';
});
""",
        popup="document.getElementById('go').onclick = () => chrome.tabs.sendMessage(1, 'coupon');",
    ),
    "translator": extension(
        3,
        matches=["http://*/*", "https://*/*"],
        content="""
let tip;
document.addEventListener('mouseup', () => {
  const text = String(getSelection());
  if (!text) return;
  tip = tip || document.body.appendChild(document.createElement('div'));
  fetch('https://api.translate.example/v1?q=' + encodeURIComponent(text)).then((r) => r.json()).then((d) => { tip.innerHTML = d.text; });
});
""",
    ),
    "user styles": extension(
        3,
        background="""
chrome.tabs.onUpdated.addListener(async (tabId, info, tab) => {
  const { styles } = await chrome.storage.local.get('styles');
  const css = styles[new URL(tab.url).hostname];
  if (css) chrome.scripting.insertCSS({ target: { tabId }, css });
});
chrome.alarms.onAlarm.addListener(() => chrome.notifications.create({ type: 'basic', title: 'Backup', message: 'Saved' }));
""",
    ),
    "downloads pictures at a click": extension(
        3,
        background="""
function pictures() { return [...document.images].map((image) => image.src); }
chrome.action.onClicked.addListener(async (tab) => {
  const [{ result }] = await chrome.scripting.executeScript({ target: { tabId: tab.id }, func: pictures });
  for (const url of result) chrome.downloads.download({ url });
});
""",
    ),
    "parcel tracking on its own page": extension(
        3,
        extra={
            "chrome_url_overrides": {"newtab": "tab.html"},
            "host_permissions": ["*://*.aliexpress.com/*"],
            "options_page": "options.html",
        },
        files={
            "tab.html": "<html><body><ul id=list></ul><script src='tab.js'></script></body></html>",
            "options.html": "<html><script>document.body.append('options')</script></html>",
            "tab.js": """
fetch('https://www.aliexpress.com/p/order/index.html', { credentials: 'include' }).then((r) => r.text()).then((text) => {
  const page = new DOMParser().parseFromString(text, 'text/html');
  for (const order of page.querySelectorAll('.order-item')) {
    const row = document.createElement('li');
    row.textContent = order.textContent;
    row.onclick = () => window.open('https://www.aliexpress.com/order/' + order.id);
    document.getElementById('list').append(row);
  }
});
""",
        },
    ),
    "permissions alone": extension(
        3,
        extra={
            "host_permissions": ["<all_urls>", "*://*.aliexpress.com/*"],
            "permissions": ["tabs", "declarativeNetRequest", "webRequest", "scripting", "cookies"],
        },
    ),
    "sends the address of an analytics script": extension(
        2,
        background="""
var ga = document.createElement('script'); ga.async = true;
ga.src = 'https://ssl.google-analytics.com/ga.js';
var s = document.getElementsByTagName('script')[0]; s.parentNode.insertBefore(ga, s);
""",
    ),
}
