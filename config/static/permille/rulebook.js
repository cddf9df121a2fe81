// The editor of a rulebook's draft. It holds the rows in the page, and sends them as one document
// in the form of the files; the server reads, saves and checks it.
(function () {
    "use strict";

    const root = document.querySelector("[data-editor]");
    if (!root) {
        return;
    }
    const began = JSON.parse(document.getElementById("rulebook-editor").textContent);
    const { vocabulary } = began;
    const { words } = vocabulary;
    const CODE = /^[a-z0-9_-]{1,40}$/;
    const RATE = /^(\d{1,3})(?:[.,](\d{1,2}))?$/;
    const AMOUNT = /^(\d{1,7})(?:[.,](\d{1,2}))?$/;
    const WHOLE = /^\d{1,6}$/;
    const FEW = 5; // warnings that are shown unfolded
    const FLAGS = { yes: true, no: false };
    const factsByName = new Map(vocabulary.facts.map((one) => [one.fact, one]));
    const setsByCode = new Map(vocabulary.sets.map((one) => [one.code, one]));
    const one = (selector, within = root) => within.querySelector(selector);
    const all = (selector, within = root) => Array.from(within.querySelectorAll(selector));
    const field = (within, name) => one(`[data-field="${name}"]`, within);
    const lists = { rules: one("[data-rules]"), cookies: one("[data-cookies]") };
    const rowsOf = (list) => all(":scope > [data-row]", list);
    let revision = began.revision;
    let saved = "";
    let busy = false;

    function say(sentence, values) {
        return Object.entries(values || {}).reduce(
            (text, [name, value]) => text.replace(`%(${name})s`, value), sentence);
    }

    function piece(name) {
        return document.getElementById(`${name}-piece`).content.firstElementChild.cloneNode(true);
    }

    function made(tag, text, kind) {
        const element = document.createElement(tag);
        element.textContent = text;
        element.className = kind || "";
        return element;
    }

    function fill(select, options, chosen) {
        const choices = options.map(({ value, text }) => new Option(text, value));
        if (!options.some(({ value }) => value === chosen)) {
            choices.unshift(new Option(chosen || `– ${words.choose} –`, chosen || ""));
        }
        select.replaceChildren(...choices);
        select.value = chosen || "";
    }

    function setsOfKind(kind) {
        return vocabulary.sets
            .filter((set) => set.kind === kind)
            .map((set) => ({ value: set.code, text: set.name }));
    }

    function withoutSign(percent) {
        return (percent || "").replace("%", "");
    }

    function units(cents) {
        return `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
    }

    // --- what is shown ------------------------------------------------------------------------

    function ruleRow(rule) {
        const row = piece("rule");
        field(row, "code").value = rule.code || "";
        field(row, "outcome").value = rule.outcome || "rate";
        for (const name of ["rate", "lowest", "highest"]) {
            field(row, name).value = withoutSign(rule[name]);
        }
        field(row, "sentence_en").value = rule.en || "";
        field(row, "sentence_ru").value = rule.ru || "";
        (rule.when || []).forEach((condition) => addCondition(row, condition));
        showOutcome(row);
        return row;
    }

    function showOutcome(row) {
        const outcome = field(row, "outcome").value;
        for (const part of all("[data-only]", row)) {
            part.hidden = part.dataset.only !== outcome;
        }
    }

    function addCondition(row, condition) {
        const line = piece("condition");
        const facts = vocabulary.facts.map(({ fact, text }) => ({ value: fact, text }));
        const way = ["in", "not_in", "is"].find((key) => key in condition);
        const value = way ? condition[way] : "";
        const flag = typeof value === "boolean";
        fill(field(line, "fact"), facts, condition.fact);
        showWays(line, flag ? (value ? "yes" : "no") : way, flag ? "" : value);
        one("[data-conditions]", row).append(line);
        showAlways(row);
        return line;
    }

    function showAlways(row) {
        one("[data-always]", row).hidden = Boolean(one("[data-condition]", row));
    }

    // The ways to ask and the values depend on the fact.
    function showWays(line, way, value) {
        const fact = factsByName.get(field(line, "fact").value);
        const asks = fact ? fact.asks : [];
        const chosen = asks.some((ask) => ask.value === way) ? way : (asks[0] || {}).value;
        fill(field(line, "ask"), asks, chosen);
        field(line, "ask").hidden = !fact;
        field(line, "text").value = chosen === "is" ? value || "" : "";
        fill(field(line, "set"), fact ? setsOfKind(fact.kind) : [], chosen === "is" ? "" : value);
        showValue(line);
    }

    function showValue(line) {
        // Long names do not fit: the whole of them is shown to whoever points at it.
        for (const select of all("select", line)) {
            select.title = select.selectedOptions.length ? select.selectedOptions[0].text : "";
        }
        const way = field(line, "ask").value;
        const among = way === "in" || way === "not_in";
        const set = setsByCode.get(field(line, "set").value);
        field(line, "set").hidden = !among;
        field(line, "text").hidden = way !== "is";
        one("[data-members]", line).hidden = !among || !set;
        one("[data-members]", line).href = set ? set.members : "";
    }

    function cookieRow(life) {
        const row = piece("cookie");
        const countries = [{ value: "", text: words.all_others }, ...setsOfKind("country")];
        fill(field(row, "countries"), countries, life.countries || "");
        field(row, "days").value = life.days === undefined ? "" : life.days;
        return row;
    }

    function trafficRow(type, statement) {
        const row = piece("traffic");
        row.dataset.type = type.code;
        one("[data-name]", row).textContent = type.name;
        fill(field(row, "permission"),
            [{ value: "", text: words.unstated }, ...vocabulary.permissions], statement.permission || "");
        field(row, "note_en").value = statement.note_en || "";
        field(row, "note_ru").value = statement.note_ru || "";
        showPermission(row);
        return row;
    }

    function showPermission(row) {
        row.dataset.permission = field(row, "permission").value;
        const note = document.documentElement.lang.startsWith("ru") ? "note_ru" : "note_en";
        one("[data-excerpt]", row).textContent = field(row, note).value;
    }

    function showTraffic(statements) {
        const said = new Map(statements.map((statement) => [statement.type, statement]));
        const place = one("[data-traffic]");
        for (const { value, text } of [...vocabulary.permissions, { value: "", text: words.unstated }]) {
            const types = vocabulary.traffic_types.filter(
                (type) => ((said.get(type.code) || {}).permission || "") === value);
            if (types.length) {
                const list = made("ul", "", "pm-traffic-list");
                list.append(...types.map((type) => trafficRow(type, said.get(type.code) || {})));
                place.append(made("h3", text, "pm-group"), list);
            }
        }
    }

    function number(list) {
        const rows = rowsOf(list);
        rows.forEach((row, index) => {
            const n = index + 1;
            row.dataset.position = n;
            row.id = `${list === lists.rules ? "rule" : "cookie"}-${n}`;
            one("[data-number]", row).textContent = n;
            label(one("[data-drag-handle]", row), say(words.drag, { n }));
            for (const action of ["up", "down", "duplicate", "remove"]) {
                const button = one(`[data-action="${action}"]`, row);
                if (button) {
                    label(button, say(words[action], { n }));
                }
            }
        });
    }

    function label(button, text) {
        button.setAttribute("aria-label", text);
        button.title = text;
    }

    // --- what is sent -------------------------------------------------------------------------

    // The document, and the fields that cannot be sent as they are.
    function collect() {
        const faults = [];
        const text = (within, name) => field(within, name).value.trim();
        const matched = (within, name, form, sentence) => {
            const match = text(within, name).match(form);
            if (!match) {
                faults.push({ input: field(within, name), text: sentence });
            }
            return match;
        };
        const hundredths = (match) => Number(match[1] + (match[2] || "").padEnd(2, "0"));
        const percent = (within, name) => {
            const match = matched(within, name, RATE, words.fault_rate);
            if (match && hundredths(match) > 10000) {
                faults.push({ input: field(within, name), text: words.fault_rate });
            }
            return match ? `${match[1]}.${(match[2] || "").padEnd(2, "0")}%` : "";
        };
        const condition = (line) => {
            const fact = field(line, "fact").value;
            const way = field(line, "ask").value;
            if (!fact) {
                faults.push({ input: field(line, "fact"), text: words.fault_fact });
            }
            if (way in FLAGS) {
                return { fact, is: FLAGS[way] };
            }
            const name = way === "is" ? "text" : "set";
            if (fact && !field(line, name).value) {
                faults.push({ input: field(line, name), text: words[`fault_${name}`] });
            }
            return { fact, [way]: field(line, name).value };
        };
        const rule = (row) => {
            const outcome = field(row, "outcome").value;
            matched(row, "code", CODE, words.fault_code);
            const said = { code: text(row, "code"), when: all("[data-condition]", row).map(condition), outcome };
            if (outcome === "rate") {
                said.rate = percent(row, "rate");
            } else if (outcome === "feed_rate") {
                said.lowest = percent(row, "lowest");
                said.highest = percent(row, "highest");
                if (parseFloat(said.lowest) > parseFloat(said.highest)) {
                    faults.push({ input: field(row, "lowest"), text: words.fault_bounds });
                }
            }
            return { ...said, en: text(row, "sentence_en"), ru: text(row, "sentence_ru") };
        };
        const cookie = (row) => {
            const countries = field(row, "countries").value;
            const match = matched(row, "days", WHOLE, words.fault_days);
            return { ...(countries ? { countries } : {}), days: match ? Number(match[0]) : null };
        };
        const said = { title_en: text(root, "title_en"), title_ru: text(root, "title_ru"), starts: text(root, "starts") };
        if (!said.starts) {
            faults.push({ input: field(root, "starts"), text: words.fault_start });
        }
        if (text(root, "cap")) {
            const cap = matched(root, "cap", AMOUNT, words.fault_cap);
            said.cap_cents = cap ? hundredths(cap) : null;
        }
        said.referral = percent(root, "referral");
        said.rules = rowsOf(lists.rules).map(rule);
        said.cookies = rowsOf(lists.cookies).map(cookie);
        said.traffic = all("[data-traffic-row]")
            .filter((row) => field(row, "permission").value)
            .map((row) => ({
                type: row.dataset.type,
                permission: field(row, "permission").value,
                note_en: text(row, "note_en"),
                note_ru: text(row, "note_ru"),
            }));
        return { said, faults };
    }

    // What the page says now, to be compared: numbers as typed, so that half a change counts too.
    function picture() {
        return JSON.stringify(collect().said) + all("input[data-field]").map((input) => input.value).join("\n");
    }

    function dirty() {
        return picture() !== saved;
    }

    // --- what is answered ---------------------------------------------------------------------

    function state(text, kind) {
        const place = one("[data-state]");
        place.textContent = text;
        place.dataset.kind = kind || "";
    }

    function told(text) {
        one("[data-told]").textContent = text;
    }

    function changed() {
        if (!busy) {
            state(dirty() ? words.unsaved : words.saved, dirty() ? "unsaved" : "saved");
        }
    }

    function clearFaults() {
        all(".pm-fault").forEach((fault) => fault.remove());
        all("[aria-invalid]").forEach((input) => input.removeAttribute("aria-invalid"));
    }

    function clearFault(input) {
        input.removeAttribute("aria-invalid");
        const around = input.closest(".pm-asked, .pm-condition");
        const fault = around && one(".pm-fault", around);
        if (fault) {
            fault.remove();
        }
    }

    function showFaults(faults) {
        for (const { input, text } of faults) {
            input.setAttribute("aria-invalid", "true");
            const around = input.closest(".pm-asked, .pm-condition");
            if (!one(".pm-fault", around)) {
                around.append(made("small", text, "pm-fault"));
            }
        }
        state(say(words.faulty, { n: faults.length }), "bad");
        faults[0].input.focus();
    }

    // A link to a row that stays right when rows are moved afterwards.
    function linkTo(row) {
        const link = made("a", say(words.row, { n: row.dataset.position }), "pm-link");
        link.href = `#${row.id}`;
        link.addEventListener("click", (event) => {
            event.preventDefault();
            jump(row);
        });
        return link;
    }

    function jump(row) {
        row.scrollIntoView({ block: "center" });
        row.focus({ preventScroll: true });
    }

    function findingItem(finding, rows) {
        const item = made("li", "", `pm-finding pm-finding-${finding.severity}`);
        const text = made("p", "");
        item.dataset.finding = finding.code;
        item.dataset.severity = finding.severity;
        text.append(made("strong", `${words[finding.severity]}:`), ` ${finding.text} `);
        rows.forEach((row, index) => text.append(index ? ", " : "", linkTo(row)));
        item.append(text);
        if (finding.example) {
            item.append(made("p", `${words.example}: ${finding.example}`, "pm-faint"));
        }
        return item;
    }

    function markRow(row, text, severity) {
        row.classList.add(`pm-row-${severity}`);
        one("[data-row-findings]", row).append(made("li", text, `pm-row-finding-${severity}`));
    }

    // Errors are said at their rows; warnings, of which there may be many, are folded there.
    function markRows(findings, rules) {
        const texts = (n, severity) => findings
            .filter((finding) => finding.severity === severity && finding.rows.includes(n))
            .map((finding) => finding.text);
        rules.forEach((row, index) => {
            texts(index + 1, "error").forEach((text) => markRow(row, text, "error"));
            const warnings = texts(index + 1, "warning");
            if (warnings.length) {
                const fold = made("details", "");
                fold.append(made("summary", say(words.warnings, { n: warnings.length })));
                warnings.forEach((text) => fold.append(made("p", text)));
                markRow(row, "", "warning");
                one("[data-row-findings]", row).lastElementChild.append(fold);
            }
        });
    }

    function unmarkRows() {
        for (const row of all("[data-row]")) {
            row.classList.remove("pm-row-error", "pm-row-warning", "pm-row-note");
            one("[data-row-findings]", row).replaceChildren();
        }
    }

    function showFindings(findings) {
        const place = one("[data-findings]");
        const rules = rowsOf(lists.rules);
        unmarkRows();
        place.replaceChildren();
        const tallies = [];
        for (const severity of ["error", "warning", "note"]) {
            const found = findings.filter((finding) => finding.severity === severity);
            if (!found.length) {
                continue;
            }
            const list = made("ul", "", "pm-findings");
            for (const finding of found) {
                const named = finding.rows.map((n) => rules[n - 1]).filter(Boolean);
                list.append(findingItem(finding, named));
            }
            const tally = say(words[`${severity}s`], { n: found.length });
            tallies.push(tally);
            if (severity === "error") {
                place.append(list);
            } else {
                const fold = made("details", "", "pm-fold");
                fold.open = severity === "warning" && found.length <= FEW;
                fold.append(made("summary", tally), list);
                place.append(fold);
            }
        }
        markRows(findings, rules);
        if (!findings.length) {
            place.append(made("div", words.no_findings, "pm-note pm-note-good"));
        }
        one("[data-tally]").textContent = tallies.join(", ");
    }

    function showRefusal(answer) {
        const list = { rules: lists.rules, cookies: lists.cookies }[answer.part];
        const row = list && rowsOf(list)[answer.row - 1];
        const note = made("div", answer.error, "pm-note pm-note-bad");
        note.dataset.refusal = "";
        one("[data-findings]").prepend(note);
        state(answer.error, "bad");
        if (row) {
            markRow(row, answer.error, "error");
            jump(row);
        }
    }

    async function send(address, waiting) {
        const { said, faults } = collect();
        clearFaults();
        all("[data-refusal]").forEach((note) => note.remove());
        if (faults.length) {
            showFaults(faults);
            return null;
        }
        busy = true;
        state(waiting);
        const sent = picture();
        try {
            const answer = await fetch(address, {
                method: "POST",
                credentials: "same-origin",
                redirect: "manual",
                headers: {
                    "Content-Type": "application/json",
                    "X-CSRFToken": one("[name=csrfmiddlewaretoken]").value,
                },
                body: JSON.stringify({ revision, document: said }),
            });
            const type = answer.headers.get("Content-Type") || "";
            if (!type.startsWith("application/json")) {
                state(answer.type === "opaqueredirect" ? words.signed_out : words.unreachable, "bad");
                return null;
            }
            const got = await answer.json();
            if (!answer.ok) {
                showRefusal(got);
                return null;
            }
            showFindings(got.findings);
            return { ...got, sent };
        } catch (error) {
            state(words.unreachable, "bad");
            return null;
        } finally {
            busy = false;
        }
    }

    async function save() {
        const got = busy ? null : await send(began.save, words.saving);
        if (got) {
            revision = got.revision;
            saved = got.sent;
            all("[data-removed]").forEach((stub) => stub.remove());
            changed();
        }
    }

    async function check() {
        const got = busy ? null : await send(began.check, words.checking);
        if (got) {
            state(dirty() ? words.checked : words.saved, dirty() ? "unsaved" : "saved");
        }
    }

    // --- what is done by hand -----------------------------------------------------------------

    function add(list, row, after) {
        list.insertBefore(row, after ? after.nextElementSibling : null);
        number(list);
        row.scrollIntoView({ block: "nearest" });
        one("input, select", row).focus();
        changed();
    }

    function remove(row) {
        const list = row.parentElement;
        const stub = piece("removed");
        const name = row.matches("[data-rule-row]")
            ? field(row, "code").value
            : field(row, "countries").selectedOptions[0].text;
        one("[data-text]", stub).textContent = say(words.removed, { n: row.dataset.position, name });
        one('[data-action="restore"]', stub).addEventListener("click", () => {
            stub.replaceWith(row);
            number(list);
            one('[data-action="remove"]', row).focus();
            changed();
        });
        row.replaceWith(stub);
        number(list);
        one('[data-action="restore"]', stub).focus();
        changed();
    }

    function duplicate(row) {
        const rule = {
            code: field(row, "code").value,
            outcome: field(row, "outcome").value,
            rate: field(row, "rate").value,
            lowest: field(row, "lowest").value,
            highest: field(row, "highest").value,
            en: field(row, "sentence_en").value,
            ru: field(row, "sentence_ru").value,
        };
        const copy = ruleRow(rule);
        for (const line of all("[data-condition]", row)) {
            const way = field(line, "ask").value;
            const value = way in FLAGS ? FLAGS[way] : field(line, way === "is" ? "text" : "set").value;
            const fact = field(line, "fact").value;
            addCondition(copy, { ...(fact ? { fact } : {}), [way in FLAGS ? "is" : way]: value });
        }
        add(lists.rules, copy, row);
    }

    const ACTIONS = {
        save,
        check,
        "add-rule": () => add(lists.rules, ruleRow({})),
        "add-cookie": () => add(lists.cookies, cookieRow({})),
        duplicate: (button) => duplicate(button.closest("[data-row]")),
        remove: (button) => remove(button.closest("[data-row]")),
        "add-condition": (button) => {
            field(addCondition(button.closest("[data-row]"), {}), "fact").focus();
            changed();
        },
        "remove-condition": (button) => {
            const row = button.closest("[data-row]");
            button.closest("[data-condition]").remove();
            showAlways(row);
            one('[data-action="add-condition"]', row).focus();
            changed();
        },
    };

    function onInput(event) {
        const input = event.target.closest("[data-field]");
        if (!input) {
            return;
        }
        clearFault(input);
        const line = input.closest("[data-condition]");
        if (input.dataset.field === "fact") {
            showWays(line, field(line, "ask").value, "");
        } else if (line) {
            showValue(line);
        }
        if (input.dataset.field === "outcome") {
            showOutcome(input.closest("[data-row]"));
        }
        if (input.closest("[data-traffic-row]")) {
            showPermission(input.closest("[data-traffic-row]"));
        }
        changed();
    }

    function begin() {
        const { document: said } = began;
        const starts = field(root, "starts");
        // A start that is no midnight is kept as it is written.
        starts.type = /^\d{4}-\d\d-\d\d$/.test(said.starts) ? "date" : "text";
        starts.value = said.starts;
        field(root, "title_en").value = said.title_en;
        field(root, "title_ru").value = said.title_ru;
        field(root, "cap").value = said.cap_cents === undefined ? "" : units(said.cap_cents);
        field(root, "referral").value = withoutSign(said.referral);
        lists.rules.append(...said.rules.map(ruleRow));
        lists.cookies.append(...said.cookies.map(cookieRow));
        showTraffic(said.traffic);
        one("[data-sets-page]").href = vocabulary.sets_page;
        for (const list of Object.values(lists)) {
            number(list);
            window.PermilleSorting.sortable(list, (row) => {
                number(list);
                told(say(words.moved, { n: row.dataset.position, of: rowsOf(list).length }));
                changed();
            });
        }
        showFindings(began.findings);
        saved = picture();
        changed();
    }

    root.addEventListener("input", onInput);
    root.addEventListener("change", onInput);
    root.addEventListener("click", (event) => {
        const button = event.target.closest("button[data-action]");
        const action = button && ACTIONS[button.dataset.action];
        if (action) {
            action(button);
        }
    });
    one("[data-compact]").addEventListener("change", (event) => {
        lists.rules.classList.toggle("pm-compact", event.target.checked);
    });
    document.addEventListener("keydown", (event) => {
        if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
            event.preventDefault();
            save();
        }
    });
    window.addEventListener("beforeunload", (event) => {
        if (dirty()) {
            event.preventDefault();
        }
    });
    begin();
})();
