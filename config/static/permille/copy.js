// Buttons that copy what another element holds: data-copy names it, data-done is what they say then.
(function () {
    "use strict";

    function textOf(element) {
        return (element.value !== undefined ? element.value : element.textContent).trim();
    }

    // Where the browser gives no way to the clipboard, the text is marked for the person to copy.
    function mark(element) {
        if (element.select) {
            element.select();
        } else {
            window.getSelection().selectAllChildren(element);
        }
    }

    document.addEventListener("click", function (event) {
        const button = event.target.closest("[data-copy]");
        const source = button && document.getElementById(button.dataset.copy);
        if (!source) {
            return;
        }
        const said = button.textContent;
        const done = function () {
            button.textContent = button.dataset.done;
            window.setTimeout(function () { button.textContent = said; }, 2000);
        };
        if (navigator.clipboard) {
            navigator.clipboard.writeText(textOf(source)).then(done, function () { mark(source); });
        } else {
            mark(source);
        }
    });
}());
