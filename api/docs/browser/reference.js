/* global SwaggerUIBundle, crypto, document, matchMedia */

/** 128 bits of chance. `randomUUID` is not there on a page that came over plain HTTP. */
const freshKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );

/**
 * The form of an operation is filled with its examples. For a parameter that may be left out that would be a wish which
 * nobody has, such as a place to search near: there the example goes into the words. A key is good for one act.
 */
function prefilled(parameter) {
  const { name, required = false, description = '', schema = {} } = parameter;
  if (name === 'Idempotency-Key') return { ...parameter, example: freshKey() };
  const { example, ...rest } = schema;
  if (required || example === undefined) return parameter;
  const words = `${description.replace(/[^.]$/, '$&.')} Such as \`${example}\`.`.trim();
  return { ...parameter, schema: rest, description: words };
}

function withForms(operation) {
  const { parameters } = operation;
  return parameters === undefined ? operation : { ...operation, parameters: parameters.map(prefilled) };
}

const each = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));

const readable = (document) => ({
  ...document,
  paths: each(document.paths, (path) => each(path, withForms)),
});

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
  plugins: [
    {
      statePlugins: {
        spec: { wrapActions: { updateJsonSpec: (update) => (document) => update(readable(document)) } },
      },
    },
  ],
});

/** Its dark colours are a class, where those of our own pages follow the system. */
const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', follow);
follow();
