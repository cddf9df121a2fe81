// The page of the API: its description, drawn by Swagger UI from files of this site.

const page = document.documentElement;
const place = document.getElementById("description");
const night = window.matchMedia("(prefers-color-scheme: dark)");

// Swagger UI goes by a class, the site by the reader's choice or their device.
function dress() {
    const chosen = page.dataset.theme;
    page.classList.toggle("dark-mode", chosen === "dark" || (chosen !== "light" && night.matches));
}

dress();
night.addEventListener("change", dress);
window.SwaggerUIBundle({
    url: place.dataset.schema,
    domNode: place,
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    validatorUrl: null,
    // What is tried here answers in the language of the page.
    requestInterceptor(request) {
        request.headers["Accept-Language"] = page.lang;
        return request;
    },
});
