// Rows of a list that are put in order by hand: dragged by a handle, or moved by keys and buttons.
(function () {
    "use strict";

    const EDGE = 80; // pixels from the edge of the window where it begins to scroll
    const STEP = 14; // pixels that it scrolls in one frame

    // The other rows are moved around the one that moves: it keeps the pointer, and the focus.
    function moveUp(row) {
        const before = row.previousElementSibling;
        if (before) {
            row.parentElement.insertBefore(before, row.nextElementSibling);
        }
        return Boolean(before);
    }

    function moveDown(row) {
        const after = row.nextElementSibling;
        if (after) {
            row.parentElement.insertBefore(after, row);
        }
        return Boolean(after);
    }

    function place(row) {
        return Array.from(row.parentElement.children).indexOf(row);
    }

    function drag(row, handle, event, moved) {
        const started = place(row);
        const grip = event.clientY - row.getBoundingClientRect().top;
        let pointer = event.clientY;
        let offset = 0;
        let frame = 0;

        function follow() {
            const natural = row.getBoundingClientRect().top - offset;
            offset = pointer - grip - natural;
            row.style.transform = `translateY(${offset}px)`;
        }

        function middle(other) {
            const box = other.getBoundingClientRect();
            return box.top + box.height / 2;
        }

        function settle() {
            follow();
            const height = row.getBoundingClientRect().height;
            const top = () => pointer - grip;
            while (row.previousElementSibling && top() < middle(row.previousElementSibling)) {
                moveUp(row);
                follow();
            }
            while (row.nextElementSibling && top() + height > middle(row.nextElementSibling)) {
                moveDown(row);
                follow();
            }
        }

        function scroll() {
            const by = pointer < EDGE ? -STEP : pointer > window.innerHeight - EDGE ? STEP : 0;
            if (by) {
                window.scrollBy(0, by);
                settle();
            }
            frame = window.requestAnimationFrame(scroll);
        }

        function onMove(next) {
            pointer = next.clientY;
            settle();
        }

        function stop() {
            window.cancelAnimationFrame(frame);
            handle.removeEventListener("pointermove", onMove);
            handle.removeEventListener("pointerup", stop);
            handle.removeEventListener("pointercancel", giveUp);
            document.removeEventListener("keydown", onKey, true);
            row.classList.remove("pm-dragged");
            row.style.transform = "";
            if (place(row) !== started) {
                moved(row);
            }
        }

        function giveUp() {
            while (place(row) > started && moveUp(row)) {}
            while (place(row) < started && moveDown(row)) {}
            stop();
        }

        function onKey(key) {
            if (key.key === "Escape") {
                key.preventDefault();
                giveUp();
            }
        }

        handle.setPointerCapture(event.pointerId);
        handle.addEventListener("pointermove", onMove);
        handle.addEventListener("pointerup", stop);
        handle.addEventListener("pointercancel", giveUp);
        document.addEventListener("keydown", onKey, true);
        row.classList.add("pm-dragged");
        frame = window.requestAnimationFrame(scroll);
    }

    // Let the rows ([data-row]) of a list be put in order; `moved(row)` is told of each move.
    function sortable(list, moved) {
        function rowOf(target, selector) {
            const part = target.closest(selector);
            return part && list.contains(part) ? part.closest("[data-row]") : null;
        }

        list.addEventListener("pointerdown", (event) => {
            const row = rowOf(event.target, "[data-drag-handle]");
            if (row && event.button === 0) {
                const handle = event.target.closest("[data-drag-handle]");
                event.preventDefault();
                handle.focus({ preventScroll: true });
                drag(row, handle, event, moved);
            }
        });
        list.addEventListener("keydown", (event) => {
            const row = rowOf(event.target, "[data-drag-handle]");
            const move = { ArrowUp: moveUp, ArrowDown: moveDown }[event.key];
            if (row && move) {
                event.preventDefault();
                if (move(row)) {
                    moved(row);
                    row.scrollIntoView({ block: "nearest" });
                }
            }
        });
        list.addEventListener("click", (event) => {
            const row = rowOf(event.target, '[data-action="up"], [data-action="down"]');
            if (!row) {
                return;
            }
            const button = event.target.closest("[data-action]");
            if ((button.dataset.action === "up" ? moveUp : moveDown)(row)) {
                moved(row);
                button.focus({ preventScroll: true });
                row.scrollIntoView({ block: "nearest" });
            }
        });
    }

    window.PermilleSorting = { sortable };
})();
