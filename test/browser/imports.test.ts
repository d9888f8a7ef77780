import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BoardPage, openBoardPage } from '../support/board-page.ts'
import { openStreet, type Street } from '../support/street.ts'
import { until } from '../support/until.ts'
import { smallMap } from '../support/warehouse.ts'

/** Somebody brings a spreadsheet: it is checked, mended where it stands, and only then taken. */

let street: Street
let board: BoardPage
beforeAll(async () => {
  street = await openStreet('harbour')
  await street.startCloud()
  await street.send('PUT', '/sites/harbour/map', smallMap('harbour'))
  // Somebody saw the tag: what is on it, nobody has said.
  await street.caughtUp()
  await street.send('POST', '/sites/harbour/counts', { slot: 'A1', codes: [epc] })
  await street.caughtUp()
  board = await openBoardPage(await street.linkFor('ines', 'integrator'), { viewport: { width: 1280, height: 800 } })
  await board.untilLive()
})
afterAll(async () => {
  await board?.close()
  await street?.remove()
})

const epc = '303400000000000000000001'
const skuOf = (wanted: string) =>
  board.page.evaluate<string | null>(
    `fetch('/api/v1/items/${wanted}').then((answer) => answer.json()).then(({ sku }) => sku)`,
  )
const file = (hex: string) => ({ name: 'tags.csv', mimeType: 'text/csv', buffer: Buffer.from(hex, 'hex') })
const hexOf = (text: string) => Buffer.from(text).toString('hex')
const text = () => board.page.getByLabel('Or paste rows here')

test('the way there is on the page of the system', async () => {
  await board.go('/system')
  await board.page.getByRole('link', { name: 'Imports' }).click()
  await board.page.getByRole('heading', { name: 'Imports' }).waitFor()
})

test('Excel in Chinese saves GB18030 and semicolons: bad rows are told by line, and nothing is taken', async () => {
  // 螺栓 in GB18030; the second row is no tag.
  const bytes = `${hexOf(`epc;sku\r\n${epc};`)}c2ddcba8${hexOf('\r\nnonsense;NUT\r\n')}`
  await board.page.getByLabel('File (CSV)').setInputFiles(file(bytes))
  await board.page.getByText('Read as GB18030.').waitFor()
  expect(await text().inputValue()).toContain('螺栓')
  await board.page.getByRole('button', { name: 'Check' }).click()
  await board.page.getByText('Rows: 2. Cannot be used: 1.').waitFor()
  await board.page.getByRole('cell', { name: 'line 3, epc' }).waitFor()
  expect(await board.page.getByRole('button', { name: /^Import / }).count()).toBe(0)
  await street.caughtUp()
  expect(await skuOf(epc)).toBeNull()
})

test.each([
  ['en', 'light', 1920, 1080],
  ['zh-CN', 'dark', 1280, 800],
  ['zh-CN', 'light', 390, 844],
  ['en', 'dark', 390, 844],
] as const)('its findings are readable in %s, %s, %i wide', async (language, theme, width, height) => {
  await board.dress({ language, theme, width, height })
  await board.page.goto(new URL('/imports', board.page.url()).href)
  await board.untilLive()
  await board.page.locator('textarea').fill('epc;sku\nE201;BOLT\nnonsense;NUT\n')
  await board.page.locator('form [type=submit]').click()
  const [place, flaw] =
    language === 'en'
      ? ['line 3, epc', 'must be hex digits, whole bytes']
      : ['第 3 行，epc', '必须是十六进制数字，且为整字节']
  const row = board.page.locator('.import-findings table').getByRole('row', { name: `${place} ${flaw}` })
  await row.waitFor()
  expect(await board.serious()).toEqual([])
  expect(await board.tooWide()).toEqual([])
  await board.picture(`imports-${language}-${theme}-${width}`)
  await board.page.locator('textarea').fill('tag;sku\nE201;BOLT\n')
  await board.page.locator('form [type=submit]').click()
  const columns =
    language === 'en' ? /must name the columns epc; .*Found: tag, sku$/ : /^首行必须是列名 epc，.*实际为：tag、sku$/
  await board.page.getByRole('cell', { name: columns }).waitFor()
  expect(await board.serious()).toEqual([])
  expect(await board.tooWide()).toEqual([])
})

test('mended by keyboard it is imported, and the tag has its SKU', async () => {
  await text().fill(`epc;sku\n${epc};螺栓\n`)
  await text().press('Tab')
  await board.page.keyboard.press('Enter')
  await board.page.getByText('Rows: 1. Cannot be used: 0.').waitFor()
  await board.page.keyboard.press('Tab')
  await board.page.keyboard.press('Enter')
  await board.page.getByRole('status').getByText('1 row was imported.').waitFor()
  await until('the tag has its SKU', async () => (await skuOf(epc)) === '螺栓')
})

test('a changed text has to be checked again', async () => {
  await text().fill(`epc\tsku\n${epc}\tNUT\n`)
  await board.page.getByRole('button', { name: 'Check' }).click()
  await board.page.getByRole('button', { name: 'Import 1 row' }).waitFor()
  await text().fill(`epc\tsku\n${epc}\tNUT\n${epc}\tNUT\n`)
  await board.page.getByRole('button', { name: 'Import 1 row' }).waitFor({ state: 'detached' })
})

test('what should be where is imported too: another kind has to be checked again', async () => {
  await text().fill('slot,sku,quantity\nA1,BOLT,2\n')
  await board.page.getByRole('button', { name: 'What should be where' }).click()
  await board.page.getByRole('button', { name: 'Check' }).click()
  await board.page.getByRole('button', { name: 'Import 1 row' }).waitFor()
  await board.page.getByRole('button', { name: 'Tags' }).click()
  await board.page.getByRole('button', { name: 'Import 1 row' }).waitFor({ state: 'detached' })
  await board.page.getByRole('button', { name: 'What should be where' }).click()
  await board.page.getByLabel('This is the complete list').check()
  await board.page.getByRole('button', { name: 'Check' }).click()
  await board.page.getByRole('button', { name: 'Import 1 row' }).click()
  await until('it is expected', async () => {
    const rows = await street.all<{ sku: string | null; expected: number }>('/sites/harbour/expected')
    return rows.some(({ sku, expected }) => sku === 'BOLT' && expected === 2)
  })
  await board.page.getByRole('button', { name: 'Tags' }).click()
})

test('what is packed on a pallet is imported: the tag is on it', async () => {
  await board.page.getByRole('button', { name: 'Packing' }).click()
  await text().fill(`parent,child,act\n106141412345678908,${epc},\n`)
  await board.page.getByRole('button', { name: 'Check' }).click()
  await board.page.getByRole('button', { name: 'Import 1 row' }).click()
  const packing = `/api/v1/sites/harbour/items/${epc}/aggregation`
  await until('the tag is on the pallet', () =>
    board.page.evaluate<boolean>(
      `fetch('${packing}').then((answer) => answer.json()).then(({ parent }) => parent?.sscc === '106141412345678908')`,
    ),
  )
  await board.page.getByRole('button', { name: 'Tags' }).click()
})

test('what is no text, too large, or has other columns is told in words', async () => {
  await board.page.getByLabel('File (CSV)').setInputFiles(file('89504e470d0a1a0a0000000d49484452ff'))
  await board.page.getByText('This file is not text').waitFor()
  await board.page.getByLabel('File (CSV)').setInputFiles(file('61'.repeat(1024 * 1024 + 1)))
  await board.page.getByText('More than 1,024 KiB').waitFor()
  await text().fill('tag,article\nE201,BOLT\n')
  await board.page.getByRole('button', { name: 'Check' }).click()
  await board.page.getByText('must name the columns epc; it may name sku').waitFor()
})

test('no foreign request; no complaint but of the audit, which is for administrators, and of the wrong columns', () => {
  expect(board.foreign).toEqual([])
  expect(board.complaints.filter((complaint) => !/40[03]/.test(complaint))).toEqual([])
})
