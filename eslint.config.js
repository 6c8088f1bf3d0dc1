import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * Who may import whom. This table *is* the architecture: a layer imports values only from `values`,
 * types also from `types`, and itself by relative path. Other layers are reached as `#layer/file.ts`.
 * `workflows/*.contract.ts` is the wire between API, activities and workflows, and has a row of its own.
 */
const LAYERS = {
  domain: { values: [], types: [] },
  gateways: { values: ['domain'], types: [] },
  db: { values: ['domain'], types: [] },
  activities: { values: ['domain', 'db', 'contracts'], types: ['gateways'] },
  workflows: { values: ['domain'], types: ['activities'] },
  api: { values: ['domain', 'db', 'contracts'], types: ['gateways', 'workflows'] },
  dev: { values: ['domain'], types: [] },
};
const EVERY_LAYER = [...Object.keys(LAYERS), 'bin', 'test', 'bench'];

/** Packages that a layer may use, where the table of the design restricts them. */
const PACKAGES = {
  domain: ['temporal-polyfill'],
  workflows: ['@temporalio/workflow', '@temporalio/common', 'temporal-polyfill'],
};

const escaped = (text) => text.replaceAll('.', '[.]');

/** @param {string} layer */
function importsOf(layer) {
  const { values, types } = LAYERS[layer];
  const patterns = [
    {
      regex: `^\\.\\.?/(?:.*/)?(?:${EVERY_LAYER.join('|')})/`,
      message: 'Reach another layer as #layer/file.ts.',
    },
  ];
  for (const other of EVERY_LAYER) {
    if (values.includes(other)) continue;
    const contractsAllowed = other === 'workflows' && values.includes('contracts');
    patterns.push({
      regex: `^#${other}/${contractsAllowed ? '(?!.*\\.contract\\.ts$)' : ''}`,
      allowTypeImports: types.includes(other),
      message: `${layer}/ may not import ${types.includes(other) ? 'values of' : 'anything of'} ${other}/ (see the table in eslint.config.js).`,
    });
  }
  if (layer !== 'dev') patterns.push({ regex: '^#config$', message: 'Only bin/ reads the configuration.' });
  const allowed = PACKAGES[layer];
  if (allowed !== undefined) {
    patterns.push({
      regex: `^(?!#|\\.|(?:${allowed.map(escaped).join('|')})(?:/|$))`,
      message: `${layer}/ may import only ${allowed.join(', ')} among packages.`,
    });
  }
  return {
    files: [`${layer}/**/*.ts`],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
  };
}

/** A contract is imported by everyone, so it may pull in nothing but domain types and `define*`. */
const contracts = {
  files: ['workflows/*.contract.ts'],
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        paths: [
          {
            name: '@temporalio/workflow',
            allowImportNames: ['defineUpdate', 'defineSignal', 'defineQuery'],
            message: 'A contract imports only define*.',
          },
          {
            name: '@temporalio/common',
            allowImportNames: ['defineSearchAttributeKey'],
            message: 'A contract imports only define*.',
          },
        ],
        patterns: [
          {
            regex: '^#domain/',
            allowTypeImports: true,
            message: 'A contract imports only types of domain/.',
          },
          {
            regex: '^(?!@temporalio/(?:workflow|common)$|#domain/|\\./.*\\.contract\\.ts$)',
            message: 'Too much for a contract.',
          },
        ],
      },
    ],
  },
};

export default defineConfig(
  globalIgnores(['node_modules', '.stayward']),
  js.configs.recommended,
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true } }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'Name what you export.' },
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: 'config.ts is the only reader of the environment.',
        },
      ],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 3],
      'eqeqeq': 'error',
    },
  },
  ...Object.keys(LAYERS).map(importsOf),
  contracts,
  {
    files: ['domain/**/*.ts', 'workflows/**/*.ts'],
    rules: { 'no-restricted-globals': ['error', 'process', 'fetch', 'Buffer', 'setInterval'] },
  },
  {
    files: ['domain/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'Name what you export.' },
        {
          selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
          message: 'The domain has no clock.',
        },
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'The domain has no clock.',
        },
      ],
    },
  },
  {
    files: ['workflows/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='Error']",
          message: 'A plain Error retries the workflow task for ever: throw ApplicationFailure.nonRetryable.',
        },
        {
          selector:
            "Property[key.name='validator'] > :matches(ArrowFunctionExpression, FunctionExpression)[async=true]",
          message: 'An async validator is accepted and then fails the task for ever.',
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts', 'dev/**/*.ts', 'bin/**/*.ts', 'db/migrations/*.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    // Tests speak to the API from outside, where JSON has no types.
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': 'off',
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
    },
  },
  { files: ['config.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
);
