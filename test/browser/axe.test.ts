import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BoardPage, openBoardPage } from '../support/board-page.ts'
import { type BoardServer, openBoardServer } from '../support/board-server.ts'
import { until } from '../support/until.ts'

/** WCAG 2.2 as far as a machine can check it, on every page; and no page is wider than its window. */
let server: BoardServer
let board: BoardPage

beforeAll(async () => {
  server = await openBoardServer()
  board = await openBoardPage(`${server.url}/?k=${server.key}`)
  await board.untilLive()
})
afterAll(async () => {
  await board?.close()
  await server?.close()
})

describe('every page, in both languages and themes: axe finds nothing serious, nothing is wider than the window', () => {
  const pages = [
    '/',
    '/?slot=A01-01-3',
    '/alerts',
    '/find?q=HD-10007',
    '/?find=HD-10007',
    '/item',
    '/sensors/cold-room-t1',
    '/gateways',
    '/scan',
    '/system',
    '/walls',
    '/imports',
    '/notifications',
    '/settings',
  ]
  for (const [language, theme, width] of [
    ['en', 'light', 1280],
    ['zh-CN', 'dark', 390],
    ['en', 'dark', 320],
  ] as const) {
    for (const path of pages) {
      test(`${path} ${language} ${theme} ${width}`, async () => {
        await board.dress({ language, theme, width, height: 800 })
        await board.page.goto(`${server.url}${path}${path === '/item' ? `/${server.epc}` : ''}`)
        await board.untilLive()
        await until('it is there', () =>
          board.page.evaluate<boolean>(`document.querySelector('[aria-busy=true]') === null`),
        )
        if (path === '/alerts') {
          await board.page.locator('.alert-open').first().click()
          await board.page.locator('.act-list').waitFor()
          await board.page.locator('.desk-actions button').first().click()
          await board.page.locator('.desk-form').waitFor()
          await board.picture(`alerts-${language}-${theme}-${width}`)
        }
        if (path.startsWith('/?find')) {
          await board.page.locator('.found-slots a').first().waitFor()
          await board.picture(`found-${language}-${theme}-${width}`)
        }
        // The narrowest window is what 400 % zoom makes of a desk's: there it is about room only.
        if (width > 320) expect(await board.serious()).toEqual([])
        expect(await board.tooWide()).toEqual([])
        expect(await board.page.evaluate('document.documentElement.lang')).toBe(language)
      })
    }
  }
})

test.each([
  ['en', 'light', 1280, 'Report'],
  ['zh-CN', 'dark', 390, '报告'],
] as const)('the report on alerts, in %s', async (language, theme, width, tab) => {
  await board.dress({ language, theme, width, height: 800 })
  await board.page.goto(`${server.url}/alerts`)
  await board.untilLive()
  await board.page.getByRole('tab', { name: tab }).click()
  await board.page.locator('.facts').waitFor()
  expect(await board.serious()).toEqual([])
  expect(await board.tooWide()).toEqual([])
  await board.picture(`alert-report-${language}`)
})

test('temperatures in °F: in the table, in the chart and its sentence, after a reload, and back again', async () => {
  const { page } = board
  await board.dress({ language: 'en', theme: 'light', width: 1280, height: 800 })
  await page.goto(`${server.url}/settings`)
  await board.untilLive()
  await page.getByRole('button', { name: '°F' }).click()
  await board.picture('settings-en')
  await page.goto(`${server.url}/sensors/cold-room-t1`)
  await page.locator('.chart-summary', { hasText: '°F' }).first().waitFor()
  await page.locator('td', { hasText: '°F' }).first().waitFor()
  expect(await page.locator('main').innerText()).not.toContain('°C')
  await board.picture('sensor-fahrenheit-en')
  await page.goto(`${server.url}/settings`)
  await page.getByRole('button', { name: '°C' }).click()
})

test('a wall screen gets a link, and a code that a phone can open it by', async () => {
  await board.page.setViewportSize({ width: 1280, height: 1000 })
  await board.page.goto(`${server.url}/walls`)
  await board.untilLive()
  await board.page.getByRole('button', { name: 'Make the link' }).click()
  await board.page.getByRole('img', { name: /Scan it/ }).waitFor()
  expect(await board.serious()).toEqual([])
  await board.page.getByRole('img', { name: /Scan it/ }).scrollIntoViewIfNeeded()
  await board.picture('wall-link-en')
})

test('the page of an item says what its reads say, in both languages', async () => {
  for (const [language, verdict, rule, change, entered] of [
    [
      ...([
        'en',
        /Uncertain between .+ and .+/,
        /^It was at slot \S+; slot \S+ has 70\s?% of what it takes to win\.$/,
      ] as const),
      ...(['1 min without a read: it would be gone.', /^Went in through gate gate-2 \(97\s?% sure\)\.$/] as const),
    ],
    [
      ...(['zh-CN', /在 .+ 与 .+ 之间，无法确定/, /^原在库位 \S+；认定移到库位 \S+ 所需的依据已达 70%。$/] as const),
      ...(['1 分钟没有读到：视为已不在。', /^经通道门 gate-2 入库（把握 97%）。$/] as const),
    ],
  ] as const) {
    await board.dress({ language, theme: 'light', width: 1280, height: 800 })
    await board.page.goto(`${server.url}/item/${server.epc}`)
    const section = board.page.locator('section.evidence')
    await section.getByText(verdict).waitFor()
    expect(await section.getByRole('row').count()).toBe(3)
    for (const said of [rule, change]) await section.getByText(said).waitFor()
    await board.page.getByText(entered).waitFor()
    // In English on a Chinese page: only what an earlier version entered.
    const english = board.page.locator('main [lang="en"]')
    expect(await english.allInnerTexts()).toEqual(language === 'en' ? [] : ['Counted by handheld 4.'])
    await board.picture(`item-why-${language}`)
  }
})

test('a missing page, and one that needs a sign-in', async () => {
  for (const path of ['/nowhere', '/']) {
    await board.page.context().clearCookies()
    await board.page.goto(server.url + path)
    await board.page.getByRole('heading').first().waitFor()
    expect(await board.serious()).toEqual([])
  }
})
