import i18n from '@intlify/eslint-plugin-vue-i18n'
import { defineConfigWithVueTs, vueTsConfigs } from '@vue/eslint-config-typescript'
import pluginVue from 'eslint-plugin-vue'

const features = ['session', 'search', 'sale', 'orders', 'refund', 'operator', 'users', 'agencies', 'welcome']

const deny = (...regexes) => ({
  'no-restricted-imports': [
    'error',
    {
      patterns: regexes.map((regex) => ({
        regex,
        message: 'Imports run pages -> features -> ui | api | i18n -> lib.',
      })),
    },
  ],
})

export default defineConfigWithVueTs(
  ...pluginVue.configs['flat/recommended'],
  vueTsConfigs.strictTypeChecked,
  ...i18n.configs.recommended,
  {
    ignores: ['dist/**', 'src/api/schema.d.ts', 'eslint.config.js', 'test-results/**', 'e2e/shots/**'],
  },
  {
    settings: {
      'vue-i18n': { localeDir: './src/i18n/locales/*.json', messageSyntaxVersion: '^11.0.0' },
    },
    rules: {
      '@intlify/vue-i18n/no-missing-keys': 'error',
      '@intlify/vue-i18n/no-missing-keys-in-other-locales': 'error',
      '@intlify/vue-i18n/no-unused-keys': [
        'error',
        {
          extensions: ['.ts', '.vue'],
          // Families whose last part comes from the server: a code, a state, a kind.
          ignores: [
            '/^problem\\./',
            '/^(field|state|event|account|card|reason|role|product|permission|change|why)\\./',
            '/^(question|asked|answer|happened|denied|follows|instead|difference|cause|proposal)\\./',
          ],
        },
      ],
      '@intlify/vue-i18n/no-raw-text': ['error', { ignoreText: ['·', '–', '→', '×', 'CHF'] }],
      // The content security policy drops style attributes that stand in the markup.
      'vue/no-static-inline-styles': ['error', { allowBinding: true }],
      'vue/no-v-html': 'error',
      'vue/multi-word-component-names': 'off',
      // TypeScript says what is optional.
      'vue/require-default-prop': 'off',
      // Layout of the markup is left to the eye.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': ['error', { html: { void: 'always', normal: 'always' } }],
    },
  },
  { files: ['**/*.json'], extends: [vueTsConfigs.disableTypeChecked] },
  { files: ['src/lib/**'], rules: deny('^@/(api|features|pages|i18n|ui)/') },
  { files: ['src/ui/**'], rules: deny('^@/(api|features|pages)/') },
  { files: ['src/api/**', 'src/i18n/**'], rules: deny('^@/(features|pages|ui)/') },
  ...features.map((name) => ({
    files: [`src/features/${name}/**`],
    rules: deny(`^@/features/(?!${name}/)`, '^@/pages/', '^\\.\\./\\.\\.'),
  })),
)
