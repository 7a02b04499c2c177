import { defineConfig } from '@playwright/test'

const browser = process.env['CHROMIUM']

// One worker: the tests share one shop with one sandbox, as a counter does.
export default defineConfig({
  testDir: './e2e',
  testMatch: '*.spec.ts',
  workers: 1,
  fullyParallel: false,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: {
    baseURL: process.env['E2E_BASE_URL'] ?? 'http://127.0.0.1:8000',
    viewport: { width: 1440, height: 900 },
    locale: 'de-CH',
    timezoneId: 'Europe/Zurich',
    actionTimeout: 10_000,
    trace: 'retain-on-failure',
    launchOptions: browser === undefined ? {} : { executablePath: browser },
  },
})
