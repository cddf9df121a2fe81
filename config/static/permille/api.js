// The pages of the API: an operation is found by its words, and tried with a key or the reader's session.
(function () {
    "use strict";

    const LONGEST = 20000; // characters of an answer that are shown

    // --- finding ---------------------------------------------------------------------------------

    const seek = document.getElementById("seek");
    if (seek) {
        const none = document.querySelector(".seek .none");
        seek.closest(".seek").hidden = false;
        seek.addEventListener("input", function () {
            const words = seek.value.toLowerCase().split(/\s+/).filter(Boolean);
            let left = 0;
            for (const group of document.querySelectorAll(".index")) {
                for (const row of group.querySelectorAll("li")) {
                    const text = row.textContent.toLowerCase();
                    row.hidden = !words.every(function (word) { return text.includes(word); });
                    left += row.hidden ? 0 : 1;
                }
                group.hidden = !group.querySelector("li:not([hidden])");
            }
            none.textContent = left ? "" : none.dataset.none;
        });
    }

    // --- trying ----------------------------------------------------------------------------------

    // Random, for a write that is new; `crypto.randomUUID` is there on secure pages alone.
    function fresh() {
        return Array.from(crypto.getRandomValues(new Uint8Array(16)), function (byte) {
            return byte.toString(16).padStart(2, "0");
        }).join("");
    }

    function addressOf(form) {
        let path = form.dataset.path;
        const asked = new URLSearchParams();
        for (const field of form.querySelectorAll("[data-place]")) {
            if (field.dataset.place === "path") {
                path = path.replace("{" + field.name + "}", encodeURIComponent(field.value));
            } else if (field.value) {
                asked.append(field.name, field.value);
            }
        }
        return asked.size ? path + "?" + asked : path;
    }

    function callOf(form) {
        const key = document.getElementById("key").value.trim();
        const token = document.querySelector("#caller [name=csrfmiddlewaretoken]").value;
        const headers = { "Accept-Language": document.documentElement.lang };
        const body = form.querySelector("textarea");
        if (key) {
            headers.Authorization = "Bearer " + key;
        }
        if (form.dataset.method !== "GET") {
            headers["Idempotency-Key"] = fresh();
            headers["X-CSRFToken"] = token;
        }
        if (body) {
            headers["Content-Type"] = body.dataset.kind;
        }
        return {
            method: form.dataset.method,
            headers: headers,
            body: body ? body.value : undefined,
            credentials: key ? "omit" : "same-origin",
        };
    }

    function piece(name, text) {
        const made = document.createElement(name);
        made.textContent = text;
        return made;
    }

    function shown(text, kind) {
        const whole = /json/.test(kind) && text ? JSON.stringify(JSON.parse(text), null, 2) : text;
        return whole.length > LONGEST ? whole.slice(0, LONGEST) + "\n…" : whole;
    }

    async function tell(form, came, address, answer) {
        const kind = answer.headers.get("Content-Type") || "";
        const status = piece("p", answer.status + " " + form.dataset.method + " " + address);
        status.className = answer.ok ? "standing standing-in_force" : "standing standing-superseded";
        const said = [status];
        if (/json|text/.test(kind) || answer.status === 204) {
            const text = await answer.text();
            if (text) {
                said.push(piece("pre", shown(text, kind)));
            }
        } else {
            const bytes = (await answer.blob()).size;
            said.push(piece("p", form.dataset.bytes + " " + bytes));
        }
        came.replaceChildren(...said);
    }

    async function send(form) {
        const came = form.querySelector(".came");
        const button = form.querySelector("button");
        const address = addressOf(form);
        came.replaceChildren(piece("p", form.dataset.sending));
        button.disabled = true;
        try {
            await tell(form, came, address, await fetch(address, callOf(form)));
        } catch {
            came.replaceChildren(piece("p", form.dataset.failed));
        } finally {
            button.disabled = false;
        }
    }

    const caller = document.getElementById("caller");
    if (caller) {
        caller.hidden = false;
        caller.addEventListener("submit", function (event) { event.preventDefault(); });
        for (const place of document.querySelectorAll(".try")) {
            place.hidden = false;
            place.querySelector("form").addEventListener("submit", function (event) {
                event.preventDefault();
                send(event.target);
            });
        }
    }
}());
