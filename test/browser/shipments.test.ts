import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Aggregation } from '../../shared/aggregation.ts'
import type { KnownRecord } from '../../shared/record.ts'
import { SiteMap } from '../../shared/site-map.ts'
import { type BoardPage, openBoardPage } from '../support/board-page.ts'
import { palletA } from '../support/journal-entries.ts'
import { Sender } from '../support/sender.ts'
import { openStreet, type Street } from '../support/street.ts'
import { patienceMs, until } from '../support/until.ts'
import { smallMap } from '../support/warehouse.ts'

/** An inbound truck: it was announced, its pallets pass the gate, and the dock sees what is short and over while it is there. */

const site = 'harbour'
const epc = (n: number) => `30340000000000000000${n.toString(16).padStart(4, '0').toUpperCase()}`
const skus = [
  { sku: 'KETTLE-17', name: 'Kettle' },
  { sku: 'TOASTER-2', name: 'Toaster' },
]
const announcement = `shipment,direction,gate,dueAt,sku,quantity,epc,sscc
ASN-4711,in,gate,2020-01-01,KETTLE-17,3,,
ASN-4711,in,gate,2020-01-01,,,${epc(9)},
ASN-4712,in,,,TOASTER-2,5,,
ASN-4713,in,,,TOASTER-2,40,,106141412345678908
`
/** Tags 1 to 4 are kettles, 5 and 6 toasters; 7 is nobody's. */
const items = [1, 2, 3, 4].map((n) => `${epc(n)},KETTLE-17`).concat([5, 6].map((n) => `${epc(n)},TOASTER-2`))

let street: Street
let board: BoardPage
let gateway: Sender
const sent: KnownRecord[] = []

beforeAll(async () => {
  street = await openStreet(site)
  await street.startCloud()
  await street.send('PUT', `/sites/${site}/map`, SiteMap.parse({ ...smallMap(site), skus }))
  await street.caughtUp()
  const { secret } = JSON.parse(await street.command('gateway', 'add', site, 'gw1', '--json')) as { secret: string }
  gateway = new Sender(street.brokerUrl, { site, gateway: 'gw1' }, secret, (first, count) =>
    sent.slice(first - 1, first - 1 + count),
  )
  expect(await gateway.greet()).toBe(true)
  board = await openBoardPage(await street.signInLink(), { viewport: { width: 1280, height: 800 } })
  await board.untilLive()
})
afterAll(async () => {
  gateway?.client?.end(true)
  await board?.close()
  await street?.remove()
})

/** Sends what a gate decided; resolves when it is committed. */
async function pass(...tags: readonly number[]): Promise<void> {
  const first = sent.length + 1
  for (const n of tags) {
    const passage = { kind: 'passage', readPoint: 'gate.1', direction: 'in', confidence: 0.99, count: 12 } as const
    sent.push({ ...passage, at: Date.now(), epc: epc(n) })
  }
  gateway.send(first, tags.length)
  await until('they are in the journal', () => gateway.committed >= sent.length)
}

async function importRows(kind: string, rows: string): Promise<void> {
  const answer = await board.page.evaluate<number>(
    `fetch('/api/v1/sites/${site}/import/${kind}', { method: 'POST', headers: { 'content-type': 'text/csv' },
      body: ${JSON.stringify(rows)} }).then(({ status }) => status)`,
  )
  expect(answer).toBe(200)
}

const numbers = () =>
  board.page.evaluate<Record<string, string>>(
    `Object.fromEntries([...document.querySelectorAll('[data-count]')].map((one) =>
      [one.dataset.count, one.querySelector('dd').textContent]))`,
  )
const shown = (expected: object) => expect.poll(numbers, { timeout: patienceMs }).toMatchObject(expected)
const rowOf = (text: string) => board.page.getByRole('row').filter({ hasText: text })

test('nothing is announced: the page says how it is done', async () => {
  await board.go('/shipments')
  await board.page.getByText('No shipments.').waitFor()
})

test('what is announced shows without a reload, the one due first above', async () => {
  await importRows('items', `epc,sku\n${items.join('\n')}\n`)
  await importRows('shipments', announcement)
  await rowOf('ASN-4711').getByText('Expected', { exact: true }).waitFor()
  await rowOf('ASN-4711').getByText('overdue').waitFor()
  const first = board.page.getByRole('table').getByRole('row').nth(1)
  expect(await first.textContent()).toContain('ASN-4711')
})

test('pallets pass the gate: the dock counts them while the truck is there, repeated reads and all', async () => {
  await board.page.getByRole('link', { name: 'ASN-4711' }).click()
  await board.page.getByText('In · gate').waitFor()
  await shown({ expected: '4', seen: '0', short: '4', over: '0', unknown: '0' })
  await pass(1, 2)
  await shown({ seen: '2', short: '2', over: '0' })
  await pass(1, 2, 9)
  await shown({ seen: '3', short: '1', over: '0' })
  await board.page.getByText('At the gate').waitFor()
  await pass(3, 4, 7)
  await shown({ expected: '4', seen: '5', short: '0', over: '1', unknown: '1' })
  await rowOf('Kettle').getByText('1 too many').waitFor()
  await board.page.getByRole('link', { name: epc(7) }).waitFor()
  expect(board.loads()).toBe(1)
})

test('a toaster belongs to the truck that expects it, though the other one is at the gate', async () => {
  await pass(5)
  const seen = async () => (await street.get<{ seen: number }>(`/sites/${site}/shipments/ASN-4712`)).seen
  await expect.poll(seen, { timeout: patienceMs }).toBe(1)
  await shown({ seen: '5', over: '1' })
})

test('a tag that does not answer is scanned', async () => {
  await street.caughtUp()
  await board.page.goto(new URL('/shipments/ASN-4712', board.page.url()).href)
  await shown({ expected: '5', seen: '1' })
  await board.page.getByLabel('Scan a pallet or a tag').fill(epc(6))
  await board.page.keyboard.press('Enter')
  await shown({ seen: '2' })
  await board.page.getByText(`Counted: ${epc(6)}`, { exact: true }).waitFor()
  for (const [code, said] of [
    [epc(6), 'Already counted: '],
    ['(00)106141412345678915', 'Not on this shipment: '],
  ]) {
    await board.page.getByLabel('Scan a pallet or a tag').fill(`${code}`)
    await board.page.keyboard.press('Enter')
    await board.page.getByText(`${said}${code}`, { exact: true }).waitFor()
  }
  await board.page.getByLabel('Scan a pallet or a tag').fill('nonsense')
  await board.page.keyboard.press('Enter')
  await board.page.getByText('Not the code of a single pallet or item: nonsense').waitFor()
  await board.page.goto(new URL('/shipments/ASN-4711', board.page.url()).href)
  await shown({ seen: '5' })
})

test('the label of a pallet is scanned: what was announced to be on it is there, and is said not to have been read', async () => {
  await board.page.goto(new URL('/shipments/ASN-4713', board.page.url()).href)
  await shown({ expected: '40', seen: '0' })
  await board.page.getByLabel('Scan a pallet or a tag').fill('(00)106141412345678908')
  await board.page.keyboard.press('Enter')
  await shown({ seen: '40', short: '0' })
  await rowOf('on pallet 106141412345678908').getByText('40 by their pallet').waitFor()
  await board.page.getByLabel('Scan a pallet or a tag').fill(epc(40))
  await importRows('items', `epc,sku\n${epc(40)},TOASTER-2\n`)
  await board.page.keyboard.press('Enter')
  await board.page.locator('[data-count=seen]').getByText('39 by their pallet').waitFor()
  await shown({ seen: '40', over: '0' })
  await board.page.goto(new URL('/shipments/ASN-4711', board.page.url()).href)
})

test('by keyboard it is closed, with what is short and over said before; then it is in the list of the closed', async () => {
  await board.page.getByRole('button', { name: 'Close' }).focus()
  await board.page.keyboard.press('Enter')
  const sure = board.page.getByRole('button', { name: 'Close with 0 short, 1 over' })
  await sure.waitFor()
  await sure.focus()
  await board.page.keyboard.press('Enter')
  await board.page.getByRole('heading', { name: /ASN-4711 Closed/ }).waitFor()
  await board.page.getByRole('link', { name: 'Shipments' }).first().click()
  await rowOf('ASN-4712').waitFor()
  await rowOf('ASN-4711').waitFor({ state: 'detached' })
  await board.page.getByRole('button', { name: 'Closed' }).click()
  await rowOf('ASN-4711').waitFor()
})

test('what should be where: an item in the wrong slot, and what is missing, each with its way to the slot', async () => {
  await board.page.getByRole('link', { name: 'What should be where' }).click()
  // Nobody has said anything: that is no all-clear.
  await board.page.getByText('Nobody has said yet what should be where.').waitFor()
  expect(await board.page.getByText(/^Every(thing| slot) /).count()).toBe(0)
  await importRows('expected', 'slot,sku,quantity\nA2,TOASTER-2,2\n')
  await street.send('POST', `/sites/${site}/counts`, { slot: 'A1', codes: [epc(6)] })
  await street.caughtUp()
  const wrong = board.page.getByRole('region', { name: 'In the wrong slot' })
  await wrong.getByRole('link', { name: 'A1' }).waitFor()
  const differing = board.page.getByRole('region', { name: /^Expected and not seen/ })
  await differing.getByText('2 missing').waitFor()
  await importRows('items', `epc,lot,hold\n${epc(6)},L-7,recall\n`)
  await wrong.getByRole('link', { name: epc(6) }).click()
  await board.page.getByText('In the wrong slot: belongs in').waitFor()
  await board.page.getByText('recall').waitFor()
  await board.page.getByRole('link', { name: 'A2' }).click()
  await board.page.getByRole('complementary', { name: 'Slot A2' }).waitFor()
})

test('what moved with a pallet twice is asked about: one is packed on it, of another it is denied', async () => {
  const first = sent.length + 1
  const codes = [palletA, epc(30), epc(31), epc(32)]
  for (const slot of ['A1', 'A2']) sent.push({ kind: 'scan', action: 'put', codes, slot, at: Date.now() })
  gateway.send(first, 2)
  await until('they are in the journal', () => gateway.committed >= sent.length)
  await street.caughtUp()
  await board.page.goto(new URL('/goods', board.page.url()).href)
  await board.page.getByRole('button', { name: `Not on it: ${epc(31)}` }).press('Enter')
  await until('the next one is at hand', async () => (await board.focused()).startsWith(`Not on it: ${epc(32)}`))
  const packed = board.page.getByRole('button', { name: `Packed on it: ${epc(30)}` })
  await packed.press('Enter')
  await packed.waitFor({ state: 'detached' })
  await until('each is as it was said', async () => {
    await street.caughtUp()
    const rows = await street.all<{ child: string }>(`/sites/${site}/aggregations/proposed`)
    return rows.length === 1 && rows[0]?.child === epc(32)
  })
  await board.page.goto(new URL(`/item/${epc(30)}`, board.page.url()).href)
  await board.page.getByText('Packed on pallet').waitFor()
})

const button = (name: string | RegExp) => board.page.getByRole('button', { name })
const onPallet = async () => {
  const { children } = await street.get<Aggregation>(`/sites/${site}/items/${palletA}/aggregation`)
  return children.map((child) => child.epc).sort()
}

test('under Goods what is on a pallet is taken off by keyboard, and packed again', async () => {
  await street.send('POST', `/sites/${site}/aggregations`, { parent: palletA, children: [epc(31), epc(32)] })
  await until('three are on it', async () => (await onPallet()).length === 3)
  await board.page.goto(new URL('/goods', board.page.url()).href)
  await button(/What is on it: /).press('Enter')
  await button(`Take off: ${epc(31)}`).press('Enter')
  await until('the next one is at hand', async () => (await board.focused()) === `Take off: ${epc(32)}`)
  await board.page
    .getByText(`${epc(31)} is off pallet`)
    .first()
    .waitFor()
  await until('it is off', async () => (await onPallet()).length === 2)
  await board.picture('unpacked-en-light-1280')
  await button('Pack again').press('Enter')
  await until('it is on it again', async () => (await onPallet()).length === 3)
  await button(`Take off: ${epc(31)}`).waitFor()
})

test('on its own page a pallet is unpacked as a whole, once somebody said so twice; without a server it is told later', async () => {
  await board.page.goto(new URL(`/item/${palletA}`, board.page.url()).href)
  await button('Unpack all 3').press('Enter')
  await board.picture('unpack-asked-en-light-1280')
  // The harmless answer has the focus.
  await board.page.keyboard.press('Enter')
  await button('Unpack all 3').press('Enter')
  await board.page.route('**/aggregations', (route) => route.abort())
  await button('Take 3 off').press('Enter')
  await board.page.getByText('It is sent when the server can be reached again.').first().waitFor()
  await board.page.getByText('Nothing is packed on it.').waitFor()
  expect(await onPallet()).toHaveLength(3)
  await board.page.unroute('**/aggregations')
  await until('it is unpacked', async () => (await onPallet()).length === 0)
  await button('Pack again').press('Enter')
  await until('it is as it was', async () => (await onPallet()).length === 3)
})

test.each([
  ['en', 'light', 1920, 1080],
  ['zh-CN', 'dark', 390, 844],
] as const)('it is readable in %s, %s, %i wide', async (language, theme, width, height) => {
  await board.dress({ language, theme, width, height })
  for (const [path, isThere] of [
    ['/shipments', 'table'],
    ['/shipments/ASN-4711', 'table'],
    ['/shipments/ASN-4713', 'table'],
    ['/goods', 'table'],
    [`/item/${palletA}`, '.packed-list li button'],
  ] as const) {
    await board.page.goto(new URL(path, board.page.url()).href)
    await board.untilLive()
    await board.page.locator(isThere).first().waitFor()
    expect(await board.serious()).toEqual([])
    expect(await board.tooWide()).toEqual([])
    await board.picture(`${path.slice(1).replace('/', '-')}-${language}-${theme}-${width}`)
  }
})

test('no foreign request, no complaint', () => {
  expect(board.foreign).toEqual([])
  // One request was not let through, on purpose.
  expect(board.complaints.filter((complaint) => !/ERR_FAILED/.test(complaint))).toEqual([])
})
