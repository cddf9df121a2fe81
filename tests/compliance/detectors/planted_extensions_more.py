# The scripts are data, as long as their writers made them.
# ruff: noqa: E501
"""More ways to break a clause, in the manners of writing that extensions are found in."""

import json

from tests.compliance.detectors.planted_extensions import CLICK as AFF
from tests.compliance.detectors.planted_extensions import Planted
from tests.compliance.detectors.planted_extensions import base64_of as _b64

MORE = {
    "price watched by an observer": Planted(
        "F3",
        content="const obs=new MutationObserver(()=>{ const p=document.querySelector('.price'); if(p&&!p.dataset.x){p.dataset.x=1;const s=document.createElement('span');s.innerText='hi';p.after(s);} }); obs.observe(document.body,{childList:true,subtree:true});",
    ),
    "React root": Planted(
        "F3",
        content="import React from 'react'; const root=document.getElementById('x'); createRoot(root).render(h(App));",
    ),
    "injected overlay": Planted(
        "F3",
        background="chrome.tabs.onUpdated.addListener((tabId, ci, tab)=>{ const d=new URL(tab.url).hostname.split('.').slice(-2).join('.'); if(d==='aliexpress.com'&&ci.status==='complete'){ chrome.scripting.executeScript({target:{tabId},files:['js/overlay.js']}); }});",
        files={
            "js/overlay.js": "(()=>{const d=document.createElement('div');d.innerHTML='<p>x</p>';document.body.appendChild(d)})()"
        },
    ),
    "listener with a filter": Planted(
        "F3",
        background="function onU(id){ browser.tabs.create({url:'promo.html'}); } browser.tabs.onUpdated.addListener(onU, {urls:['*://*.aliexpress.com/*'], properties:['status']});",
    ),
    "background page": Planted(
        "F4",
        extra={"background": {"page": "bg.html"}},
        files={
            "bg.html": "<script src=a.js></script><script>\nchrome.webNavigation.onBeforeNavigate.addListener(function(d){ go(d.tabId) }, {url:[{hostSuffix:'.aliexpress.com'}]});</script>",
            "a.js": f"function go(t){{chrome.tabs.update(t,{{url:'{AFF}'}})}}",
        },
    ),
    "static rule": Planted(
        "F4",
        extra={
            "declarative_net_request": {
                "rule_resources": [{"id": "r", "enabled": True, "path": "r.json"}]
            }
        },
        files={
            "r.json": json.dumps(
                [
                    {
                        "id": 1,
                        "priority": 1,
                        "action": {
                            "type": "redirect",
                            "redirect": {
                                "regexSubstitution": "https://s.click.aliexpress.com/deep_link.htm?dl_target_url=\\0"
                            },
                        },
                        "condition": {
                            "regexFilter": r"^https://.*\.aliexpress\.com/item/.*",
                            "resourceTypes": ["main_frame"],
                        },
                    }
                ]
            )
        },
    ),
    "static rule adds a parameter": Planted(
        "F4",
        extra={
            "declarative_net_request": {
                "rule_resources": [{"id": "r", "enabled": True, "path": "r.json"}]
            }
        },
        files={
            "r.json": json.dumps(
                [
                    {
                        "id": 1,
                        "action": {
                            "type": "redirect",
                            "redirect": {
                                "transform": {
                                    "queryTransform": {
                                        "addOrReplaceParams": [{"key": "aff_fcid", "value": "a1"}]
                                    }
                                }
                            },
                        },
                        "condition": {
                            "urlFilter": "||aliexpress.com/item",
                            "resourceTypes": ["main_frame"],
                        },
                    }
                ]
            )
        },
    ),
    "document.location": Planted("F4", content=f"document.location='{AFF}'"),
    "self.location": Planted("F4", content=f"self.location.href='{AFF}'"),
    "top.location": Planted("F4", content=f"top.location.replace('{AFF}')"),
    "history": Planted(
        "F4", content="history.replaceState(null,'',location.pathname+'?aff_fcid=abc')"
    ),
    "timer over tabs": Planted(
        "F4",
        background=f"setInterval(()=>{{chrome.tabs.query({{url:'*://*.aliexpress.com/*'}},tabs=>tabs.forEach(t=>chrome.tabs.update(t.id,{{url:'{AFF}'}})))}},60000)",
    ),
    "message without words": Planted(
        "F3",
        content="chrome.runtime.sendMessage({});",
        background="chrome.runtime.onMessage.addListener(()=>{chrome.windows.create({url:'x.html',type:'popup'})})",
    ),
    "port": Planted(
        "F3",
        content="const port=chrome.runtime.connect({name:'ali'}); port.postMessage('hi')",
        background="chrome.runtime.onConnect.addListener(p=>{ p.onMessage.addListener(()=>chrome.tabs.create({url:'x.html'})) })",
    ),
    "frame by innerHTML": Planted(
        "F35", content=f"document.body.innerHTML += '<iframe src=\"{AFF}\" width=0></iframe>'"
    ),
    "pop-under": Planted(
        "F3",
        content="document.addEventListener('mousedown',()=>{window.open('https://pop.example')})",
    ),
    "buy button hijacked": Planted(
        "F4",
        content=f"document.querySelector('.buy-now').addEventListener('click',e=>{{e.preventDefault();location.href='{AFF}'+location.href}})",
    ),
    "before navigation": Planted(
        "F4",
        background=f"chrome.webNavigation.onBeforeNavigate.addListener(async ({{tabId,url}})=>{{ const u=new URL(url); if(!u.hostname.endsWith('aliexpress.ru')) return; if(u.searchParams.get('aff_fcid')) return; await chrome.tabs.update(tabId,{{url:`{AFF}${{encodeURIComponent(url)}}`}}) }})",
    ),
    "include globs": Planted(
        "F3",
        extra={
            "content_scripts": [
                {"matches": ["<all_urls>"], "include_globs": ["*aliexpress.com*"], "js": ["x.js"]}
            ]
        },
        files={"x.js": "document.body.append('x')"},
    ),
    "some of a list": Planted(
        "F3",
        matches=("<all_urls>",),
        content="if(['aliexpress','banggood'].some(b=>location.host.indexOf(b)>=0)){document.body.append('x')}",
    ),
    "table of objects": Planted(
        "F3",
        matches=("<all_urls>",),
        content="const CONFIG={'aliexpress.com':{run(){document.body.append('x')}},'x.com':{run(){}}}; const host=location.hostname.replace('www.',''); if(CONFIG[host]) CONFIG[host].run();",
    ),
    "desktop notification": Planted("F3", content="new Notification('Coupon!')"),
    "handler on body": Planted(
        "F3", content="document.body.onclick=function(){window.open('https://x.example')}"
    ),
    "location header": Planted(
        "F4",
        background=f"chrome.webRequest.onHeadersReceived.addListener(d=>{{ d.responseHeaders.push({{name:'Location',value:'{AFF}'}}); return {{responseHeaders:d.responseHeaders}} }},{{urls:['*://*.aliexpress.com/*']}},['blocking','responseHeaders'])",
    ),
    "rule adds a parameter in code": Planted(
        "F4",
        background="const rule={id:1,action:{type:'redirect',redirect:{transform:{queryTransform:{addOrReplaceParams:[{key:'aff_fcid',value:'x'}]}}}},condition:{requestDomains:['aliexpress.com'],resourceTypes:['main_frame']}}; chrome.declarativeNetRequest.updateDynamicRules({addRules:[rule],removeRuleIds:[1]});",
    ),
    "partner cookie": Planted(
        "F35", content="document.cookie='aff_id=77; domain=.aliexpress.com; path=/'"
    ),
    "nested settings": Planted(
        "F4",
        background=f"var cfg={{shops:{{ali:{{re:/aliexpress\\.com/i,url:'{AFF}'}}}}}}; chrome.tabs.onUpdated.addListener(function(id,ch,tab){{ for(var k in cfg.shops){{ var s=cfg.shops[k]; if(s.re.test(tab.url)) chrome.tabs.update(id,{{url:s.url}}) }} }})",
    ),
    "link swapped under the mouse": Planted(
        "F4",
        content=f"document.querySelectorAll('a').forEach(a=>a.addEventListener('mousedown',()=>{{a.href='{AFF}'}}))",
    ),
    "form": Planted(
        "F4",
        content=f"var f=document.createElement('form');f.action='{AFF}';f.method='GET';document.body.appendChild(f);f.submit();",
    ),
    "on install": Planted(
        "F35",
        background=f"chrome.runtime.onInstalled.addListener(()=>{{chrome.tabs.create({{url:'{AFF}',active:false}})}})",
    ),
    "frame in the background": Planted(
        "F35",
        background=f"var i=document.createElement('iframe'); i.src='{AFF}'; document.body.appendChild(i);",
    ),
    "XMLHttpRequest": Planted(
        "F35", content=f"const x=new XMLHttpRequest();x.open('GET','{AFF}',true);x.send();"
    ),
    "filter of a list": Planted(
        "F3",
        matches=("<all_urls>",),
        content="var SITES=['amazon.com','aliexpress.com','ebay.com'];var here=SITES.filter(function(s){return location.hostname.slice(-s.length)===s})[0];if(here){init()}function init(){var n=document.createElement('div');n.id='cb';document.body.appendChild(n)}",
    ),
    "class that watches": Planted(
        "F3",
        background="""class Watcher { constructor(){ this.hosts=['aliexpress.com']; chrome.tabs.onUpdated.addListener(this.onUpdate.bind(this)); }
 onUpdate(id, info, tab){ if (this.hosts.some(h => tab.url.includes(h))) this.notify(); }
 notify(){ chrome.notifications.create('x',{type:'basic',iconUrl:'i.png',title:'Cashback',message:'x'}); } }
new Watcher();""",
    ),
    "asynchronous": Planted(
        "F4",
        background="""let last={};
async function handle(tabId, url){
  try { const host=new URL(url).host; if (!/(^|\\.)aliexpress\\.(com|ru|us)$/.test(host)) return;
    if (last[tabId] && Date.now()-last[tabId]<1e6) return; last[tabId]=Date.now();
    const link = await build(url); await chrome.tabs.update(tabId, { url: link }); } catch(e) { console.error(e); }
}
async function build(url){ const p=new URLSearchParams({dl_target_url:url, aff_short_key:'_x'}); return 'https://s.click.aliexpress.com/deep_link.htm?'+p; }
chrome.webNavigation.onCommitted.addListener(d=>{ if(d.frameId===0) handle(d.tabId,d.url); });""",
    ),
    "computed members": Planted(
        "F4",
        content="const w=window; w['loc'+'ation']['hr'+'ef']=['https:/','/s.click.ali','express.com/e/_x'].join('');",
    ),
    "Object.assign": Planted(
        "F3",
        content="const el=Object.assign(document.createElement('div'),{innerHTML:'<b>x</b>'}); document.querySelector('body').insertBefore(el, document.body.firstChild);",
    ),
    "asks the background": Planted(
        "F4",
        background=f"chrome.runtime.onMessage.addListener((req,sender,send)=>{{ if(req.action==='check'){{ chrome.tabs.update(sender.tab.id,{{url:'{AFF}'+req.url}}); }} }});",
        content="if(!sessionStorage.getItem('k')){sessionStorage.setItem('k','1');chrome.runtime.sendMessage({action:'check',url:location.href})}",
    ),
    "jQuery ready": Planted(
        "F3",
        content="(function($){ $(function(){ var $b=$('<div/>').text('hi'); $('body').append($b); }); })(jQuery);",
    ),
    "timer and base64": Planted(
        "F4",
        content=f"setTimeout(function(){{ window.location.href = atob('{_b64(AFF)}'); }}, 100);",
    ),
    "text for a timer": Planted("F4", content=f"setTimeout(\"location.href='{AFF}'\", 100);"),
    "script element": Planted(
        "F4",
        content=f"var s=document.createElement('script');s.textContent='location.href=\"{AFF}\"';document.head.appendChild(s);",
    ),
    "map of shops": Planted(
        "F4",
        matches=("<all_urls>",),
        content=f"const map=new Map([['aliexpress.com','{AFF}']]); for(const [h,l] of map) if(location.host.endsWith(h)) location.replace(l+encodeURIComponent(location.href));",
    ),
    "registered in a list": Planted(
        "F3",
        background="chrome.scripting.registerContentScripts([{id: 'x', matches: ['https://*.aliexpress.com/*'], js: ['i.js']}]);",
        files={"i.js": "document.body.append('x')"},
    ),
    "host from two properties": Planted(
        "F3",
        matches=("<all_urls>",),
        content="const a = {h: 'ali', t: 'express'}; if (location.host.indexOf(a.h + a.t + '.com') > -1) { document.body.append('Coupons'); }",
    ),
    "assign by call": Planted("F4", content=f"location.assign.call(location, '{AFF}')"),
    "Reflect": Planted("F4", content=f"Reflect.set(location, 'href', '{AFF}')"),
}
