// Watches one import: asks how far it is every second, until it is over.
(function () {
    "use strict";

    const SECOND = 1000;
    const panel = document.querySelector("[data-progress-url]");
    if (!panel) {
        return;
    }

    function show(progress) {
        const bar = panel.querySelector("progress");
        if (bar) {
            bar.value = progress.percent;
        }
        for (const [name, text] of Object.entries(progress.texts)) {
            for (const place of panel.querySelectorAll(`[data-show="${name}"]`)) {
                place.textContent = text;
            }
        }
        panel.dataset.state = progress.state;
    }

    async function look() {
        try {
            const answer = await fetch(panel.dataset.progressUrl, { credentials: "same-origin" });
            if (answer.ok) {
                const progress = await answer.json();
                show(progress);
                if (progress.over) {
                    // Parked and stale rows are listed by the server: show them as they are now.
                    window.location.reload();
                    return;
                }
            }
        } catch (error) {
            // The network went away for a moment: ask again.
        }
        window.setTimeout(look, SECOND);
    }

    if (panel.dataset.over !== "true") {
        window.setTimeout(look, SECOND);
    }
})();
