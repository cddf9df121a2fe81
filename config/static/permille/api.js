// The page of the API: its description, drawn by Swagger UI from files of this site.

const place = document.getElementById("description");
window.SwaggerUIBundle({
    url: place.dataset.schema,
    domNode: place,
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    validatorUrl: null,
});
