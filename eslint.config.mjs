import tseslint from 'typescript-eslint';

/**
 * Which folders of src/ each folder may import. `ui` and `extension.ts` compose everything and are not listed;
 * so is the command line, which composes everything but `ui`, from which it takes only the words that users read.
 */
const mayImport = {
  base: [],
  link: ['base'],
  coap: ['base', 'link'],
  lwm2m: ['base', 'link', 'coap'],
  image: ['base'],
  manifest: ['base', 'image'],
  build: ['base', 'image'],
  update: ['base', 'link', 'coap', 'lwm2m', 'image', 'manifest'],
  board: ['base', 'link', 'coap', 'lwm2m', 'image', 'manifest'],
  emulator: ['base', 'manifest'],
};

const layers = [...Object.keys(mayImport), 'cli', 'ui'];

const vscodeOnlyInUi = {
  group: ['vscode'],
  message: 'Only src/ui and src/extension.ts may import vscode; everything else runs in plain Node.',
};

/** Forbids relative imports that go up and into one of `folders`. */
function forbidFolders(folders, message) {
  return { regex: `^(\\.\\./)+(src/)?(${folders.join('|')})(/|$)`, message };
}

const layerRules = Object.entries(mayImport).map(([folder, allowed]) => ({
  files: [`src/${folder}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          vscodeOnlyInUi,
          forbidFolders(
            layers.filter((layer) => layer !== folder && !allowed.includes(layer)),
            `src/${folder} may import only: ${allowed.join(', ') || 'nothing of src'}.`,
          ),
        ],
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', 'out/', 'prebuilds/', 'test/sample/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      curly: ['error', 'multi-line'],
      'no-console': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
        { selector: 'ExportAllDeclaration', message: 'No barrels: import from the file that defines it.' },
        { selector: 'TSEnumDeclaration', message: 'Use a const object or a union.' },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // Protocol tables and codecs index by numbers that were checked just above; the type system can't see it.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // `while (true)` with an exit inside is the plain way to write a receive loop.
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
    },
  },
  ...layerRules,
  {
    files: ['src/cli.ts', 'src/cli/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            vscodeOnlyInUi,
            {
              regex: '^(\\./|(\\.\\./)+)ui/(?!(wording|quantities|[\\w-]+-(wording|text))$)',
              message: 'The command line works without an editor.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['webview/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['vscode', 'node:*'], message: 'The panel runs in a browser.' }] },
      ],
    },
  },
  {
    files: [
      'src/cli.ts',
      'src/cli/**/*.ts',
      'test/harness/**/*.ts',
      'test/bench/**/*.ts',
      'test/vscode/*.ts',
    ],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines': 'off',
      // Assertions on what was just arranged read better without guards.
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['test/unit/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [vscodeOnlyInUi] }] },
  },
);
