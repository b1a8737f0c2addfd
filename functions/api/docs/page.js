// Shows the description of the API. No validator: the page asks nobody but the service itself.
SwaggerUIBundle({ url: "openapi.yaml", dom_id: "#page", validatorUrl: null, docExpansion: "list", deepLinking: true });
