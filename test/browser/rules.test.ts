import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from '../../shared/api.ts'
import type { Rule } from '../../shared/rule.ts'
import { type BoardPage, openBoardPage } from '../support/board-page.ts'
import { openStreet, type Street } from '../support/street.ts'
import { until } from '../support/until.ts'
import { smallMap } from '../support/warehouse.ts'

/** A supervisor writes what raises alerts, tries it, and takes the rules of a site from a file. */

let street: Street
let board: BoardPage
beforeAll(async () => {
  street = await openStreet('harbour')
  await street.startCloud()
  await street.send('PUT', '/sites/harbour/map', smallMap('harbour'))
  await street.caughtUp()
  board = await openBoardPage(await street.linkFor('sven', 'supervisor'), { viewport: { width: 1280, height: 800 } })
  await board.untilLive()
})
afterAll(async () => {
  await board?.close()
  await street?.remove()
})

const ruleNamed = async (name: string) =>
  (await street.get<Page<Rule>>('/rules')).items.find((rule) => rule.name === name)
const untilRule = async (name: string, holds: (rule: Rule | undefined) => boolean) =>
  until(`the rule ${name} is as it should be`, async () => holds(await ruleNamed(name)))
const form = (name: string) => board.page.getByRole('form', { name })
const button = (name: string | RegExp) => board.page.getByRole('button', { name })
const row = (name: string) => board.page.getByRole('row').filter({ hasText: name })

test('the rules that every site begins with are listed, with what they are about', async () => {
  await board.go('/system')
  await board.page.getByRole('link', { name: 'Rules', exact: true }).press('Enter')
  await row('Gateway silent').getByText('Nothing from the gateway for 1 min').waitFor()
})

test('what is missing is told next to its field, and the first of it gets the keys', async () => {
  await button('New rule').press('Enter')
  const made = form('New rule')
  await made.getByLabel('Severity').selectOption('1')
  await made.getByRole('button', { name: 'Save' }).press('Enter')
  await made.getByText('A critical rule must say what to do.').waitFor()
  await made.locator('#rule-name:focus').waitFor()
  expect(await made.getByLabel('Limit').getAttribute('aria-describedby')).toBe('flaw-limit')
  expect(await made.getByText('This is needed.').count()).toBe(4)
})

test('what was typed is still there after a reload, and is saved then', async () => {
  const made = form('New rule')
  await made.getByLabel('Name').fill('Cold room too warm')
  await made.getByLabel('What to do').fill('Check door 4, then compressor')
  await made.getByLabel('Quantity').selectOption('temperature')
  await board.page.reload()
  await board.untilLive()
  await made.getByText('You had not saved this').waitFor()
  expect(await made.getByLabel('Name').inputValue()).toBe('Cold room too warm')
  await made.getByLabel('Limit').fill('8')
  await made.getByLabel('Clears at').fill('7.5')
  await made.getByLabel('Rings only after', { exact: false }).first().fill('10')
  await made.getByLabel('Only in zone').selectOption('A')
  await made.getByRole('button', { name: 'Save' }).click()
  await made.waitFor({ state: 'detached' })
  await row('Cold room too warm').getByText('Temperature above 8 °C · for 10 min · in Zone A').waitFor()
  expect(await ruleNamed('Cold room too warm')).toMatchObject({
    type: 'threshold',
    severity: 1,
    limit: 8,
    clearAt: 7.5,
    onDelayMs: 600_000,
    zone: 'A',
    whatToDo: 'Check door 4, then compressor',
  })
})

test('it is tried on what was recorded', async () => {
  await button('Try Cold room too warm on the last 7 days').click()
  await row('Cold room too warm').getByText('no values to try on').waitFor()
})

test('it is changed as text, where a mistake is told with its line', async () => {
  await button('Change Cold room too warm').click()
  const changed = form('Change Cold room too warm')
  await changed.getByRole('button', { name: 'As text' }).click()
  const text = changed.getByLabel('The rule as YAML')
  const yaml = await text.inputValue()
  await text.fill(yaml.replace('severity: 1', 'severity: 9'))
  await changed.getByRole('button', { name: 'Save' }).click()
  await changed.getByText(/^Line \d+: severity/).waitFor()
  await text.fill(yaml.replace('limit: 8', 'limit: 9'))
  await changed.getByRole('button', { name: 'As a form' }).click()
  expect(await changed.getByLabel('Limit').inputValue()).toBe('9')
  await changed.getByLabel('In force').uncheck()
  await changed.getByRole('button', { name: 'Save' }).click()
  await changed.waitFor({ state: 'detached' })
  await untilRule('Cold room too warm', (rule) => rule?.type === 'threshold' && rule.limit === 9 && !rule.enabled)
})

test('all of them go out as a file, and in again: what would change is told first', async () => {
  await row('Cold room too warm').getByText('above 9 °C').waitFor()
  const saved = board.page.waitForEvent('download')
  await button('Save all rules as YAML').click()
  const file = await saved
  expect(file.suggestedFilename()).toBe('rules-harbour.yaml')
  const chunks: Buffer[] = []
  for await (const chunk of await file.createReadStream()) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString()
  const asked = form('Rules as a file')
  await asked.getByLabel('Or paste it').fill(text.replace('name: Gateway silent', 'name: Gateway gone'))
  await asked.getByRole('button', { name: 'See what would change' }).click()
  await asked.getByText('Gateway gone (name)').waitFor()
  await asked.getByRole('button', { name: 'Change 1 rule' }).click()
  await asked.getByText('1 rule was changed.').waitFor()
  await untilRule('Gateway gone', (rule) => rule !== undefined)
  await asked.getByLabel('Or paste it').fill(text.replaceAll('site: harbour', 'site: elsewhere'))
  await asked.getByRole('button', { name: 'See what would change' }).click()
  await asked.getByText('This file is for the site elsewhere').waitFor()
})

test('a rule that the gateways judge says where it runs', async () => {
  const about = { site: 'harbour', severity: 3, runs: 'gateway', type: 'threshold', quantity: 'temperature' }
  const asks = { ...about, direction: 'above', limit: 8, clearAt: 7 }
  await street.send('PUT', '/rules/there', { ...asks, id: 'there', name: 'Judged there', zone: 'A' })
  await street.send('PUT', '/rules/nowhere', { ...asks, id: 'nowhere', name: 'Of no gateway', sensors: ['elsewhere'] })
  await row('Judged there').getByText('Not yet evaluated by gw1.').waitFor()
  await row('Of no gateway').getByText('it runs nowhere').waitFor()
})

test('a rule of a kind that this page does not know is shown, and is text', async () => {
  const path = '**/api/v1/rules'
  const sent: unknown[] = []
  await board.page.route(path, async (route) => {
    const answer = await route.fetch()
    const { items, ...rest } = (await answer.json()) as Page<unknown>
    const newer = {
      type: 'of-next-year',
      id: 'ny',
      site: 'harbour',
      name: 'Tide',
      severity: 3,
      whatToDo: '',
      enabled: true,
      depth: 4,
    }
    await route.fulfill({ response: answer, json: { ...rest, items: [...items, newer] } })
  })
  await board.page.route('**/api/v1/rules/ny', async (route) => {
    sent.push(route.request().postDataJSON())
    await route.fulfill({ status: 202, json: { offset: 1 } })
  })
  await row('Tide').getByText('of-next-year').waitFor()
  await button('Change Tide').click()
  const changed = form('Change Tide')
  const text = changed.getByLabel('The rule as YAML')
  await text.fill((await text.inputValue()).replace('depth: 4', 'depth: 5'))
  await changed.getByRole('button', { name: 'Save' }).click()
  await changed.waitFor({ state: 'detached' })
  expect(sent).toMatchObject([{ type: 'of-next-year', id: 'ny', site: 'harbour', depth: 5 }])
  await board.page.unrouteAll({ behavior: 'wait' })
})

test.each([
  ['en', 'light', 1920, 1080],
  ['zh-CN', 'dark', 1280, 800],
  ['zh-CN', 'light', 390, 844],
  ['en', 'dark', 390, 844],
] as const)('it is readable in %s, %s, %i wide', async (language, theme, width, height) => {
  await board.dress({ language, theme, width, height })
  await board.page.goto(new URL('/rules', board.page.url()).href)
  await board.untilLive()
  await board.page.locator('.rule-rows tbody tr').first().waitFor()
  await board.picture(`rules-list-${language}-${theme}-${width}`)
  await board.page.locator('p > .button.primary').click()
  await board.page.locator('form.rule-form [type=submit]').click()
  await board.page.locator('.field-flaw').first().waitFor()
  expect(await board.serious()).toEqual([])
  expect(await board.tooWide()).toEqual([])
  await board.picture(`rules-form-${language}-${theme}-${width}`)
  await board.page.locator('form.rule-form .row-acts .button').nth(1).click()
})

test('it is removed only when that was said twice', async () => {
  await board.dress({ language: 'en', theme: 'light', width: 1280, height: 800 })
  await board.page.reload()
  await board.untilLive()
  await button('Change Cold room too warm').click()
  await button('Remove').click()
  expect(await ruleNamed('Cold room too warm')).toBeDefined()
  await button('Remove for good').press('Enter')
  await untilRule('Cold room too warm', (rule) => rule === undefined)
  await until('the focus is on the page, not lost', async () => (await board.focused()) !== 'BODY')
})

test('whoever may not write rules does not see the page; what was changed stands in the audit', async () => {
  await board.page.context().clearCookies()
  await board.page.goto(await street.linkFor('flo', 'floor'))
  await board.untilLive()
  await board.page.goto(`${street.url}/rules`)
  await board.page.getByText('Supervisors, integrators and administrators see this page.').waitFor()
  const { items } = await street.get<Page<{ who: string; act: string }>>('/audit?limit=100')
  expect(items.filter(({ who, act }) => who === 'sven' && act.includes('/rules')).map(({ act }) => act)).toEqual(
    expect.arrayContaining(['PUT /api/v1/rules/:id', 'DELETE /api/v1/rules/:id']),
  )
})

test('no foreign request, no complaint', () => {
  expect(board.foreign).toEqual([])
  expect(board.complaints.filter((complaint) => !/40[13]/.test(complaint))).toEqual([])
})
