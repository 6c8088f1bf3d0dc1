/* global SwaggerUIBundle, document, matchMedia */

/** Draws the reference from the document of the server that this page came from, and asks no other. */
SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  filter: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  // The package would have the document judged by a server of its maker.
  validatorUrl: null,
});

/** Its dark colours are a class, where those of our own pages follow the system. */
const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', follow);
follow();
