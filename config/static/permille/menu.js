// On a phone the menu is a row wider than the window: it begins at the page that is shown.
(function () {
    "use strict";

    const here = document.querySelector(".menu [aria-current]");
    if (here) {
        const menu = here.closest(".menu");
        const before = 40; // pixels, so that the entry before it shows too
        menu.scrollLeft += here.getBoundingClientRect().left - menu.getBoundingClientRect().left - before;
    }
}());
