import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, test } from 'vitest'
import { openGoods } from '../../../cloud/goods/open.ts'
import { nothingPassed } from '../../../cloud/goods/shipment.ts'
import { keyOn } from '../../../cloud/goods/state.ts'
import type { KnownRecord } from '../../../shared/record.ts'
import { canonical } from '../../support/canonical.ts'
import {
  fromCloud,
  fromGateway,
  never,
  numbered,
  observation,
  palletA,
  published,
  rotterdam,
  t0,
  tick,
} from '../../support/journal-entries.ts'

const folder = mkdtempSync(join(tmpdir(), 'goods-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const open = (name: string) => openGoods({ path: join(folder, name), tell: () => {} })
/** An SGTIN-96 of the GTIN 80614141123458. */
const sgtin = '3034257BF7194E4000001A85'
const skus = [{ sku: 'PUMP', name: 'Pump', gtin: '80614141123458' }]
const say = { at: t0, by: 'kim' }
const later = t0 + 8 * 86_400_000 + 60_000
const journal = numbered([
  published(rotterdam({ skus })),
  fromCloud([
    {
      kind: 'items',
      ...say,
      items: [
        { epc: 'E201', sku: 'MILK', expiresAt: t0 + 1000 },
        { epc: 'E202', hold: 'recall' },
      ],
    },
  ]),
  fromGateway([observation(t0, 'shelf.1')]),
  fromCloud([
    {
      kind: 'homes',
      ...say,
      homes: [
        { slot: 'A-1', sku: 'MILK', quantity: 2 },
        { slot: 'A-2', sku: 'MILK', quantity: 1 },
      ],
    },
  ]),
  fromCloud([{ kind: 'homes', ...say, homes: [{ slot: 'A-1', sku: 'MILK', quantity: 0 }] }]),
  fromCloud([{ kind: 'items', ...say, items: [{ epc: 'E201', hold: 'customs' }] }], 'ams'),
  tick(t0 + 5000),
  fromCloud([
    { kind: 'shipment', ...say, shipment: { shipment: 'A', direction: 'in', lines: [{ sku: 'MILK', quantity: 1 }] } },
    { kind: 'shipment', ...say, shipment: { shipment: 'B', direction: 'out', lines: [{ epc: 'E202' }] } },
  ]),
  fromGateway([passage(t0 + 1000, 'E201', 'in'), passage(t0 + 2000, 'E2AA', 'in', { unsynced: true, boot: 'b' })]),
  fromCloud([{ kind: 'shipment-scanned', ...say, shipment: 'B', codes: ['E202'] }]),
  fromGateway([{ kind: 'clock', at: t0, boot: 'b', offsetMs: 1500.4, synced: true }]),
  fromCloud([
    { kind: 'shipment-ended', at: t0 + 9000, by: 'kim', shipment: 'A', as: 'closed' },
    { kind: 'shipment-ended', at: t0 + 9000, by: 'kim', shipment: 'B', as: 'cancelled' },
  ]),
  tick(t0 + 8 * 86_400_000), // A is settled, and its passages go
  fromGateway([passage(t0 + 8 * 86_400_000, 'E202', 'out')]),
  fromCloud([aggregation(later, ['E203', 'E204'], 'add'), aggregation(later + 1000, ['E204'], 'delete')]),
  fromGateway([{ kind: 'scan', at: later + 2000, action: 'put', codes: ['(00)340123450000000017', 'E205'] }]),
  fromCloud([
    {
      kind: 'shipment',
      ...{ at: later, by: 'kim' },
      shipment: { shipment: 'C', direction: 'in', lines: [{ sku: 'MILK', quantity: 5, sscc: '340123450000000017' }] },
    },
  ]),
  fromGateway([passage(later + 3000, palletA, 'in')]),
  fromCloud([{ kind: 'shipment-ended', at: later + 4000, by: 'kim', shipment: 'C', as: 'closed' }]),
  tick(later + 9 * 86_400_000), // C is settled, and of what was taken off nothing is remembered
])

function aggregation(at: number, children: string[], act: 'add' | 'delete') {
  return { kind: 'aggregation', at, by: 'kim', act, parent: palletA, children } as const
}
function passage(at: number, epc: string, direction: 'in' | 'out', changes = {}): KnownRecord {
  return { kind: 'passage', at, readPoint: 'door.1', epc, direction, confidence: 1, count: 1, ...changes }
}

test('other rooms are told what is known of a tag, each site by what was said there', async () => {
  const goods = await open('words.db')
  await goods.apply(journal, never)
  const { words } = goods
  const silent = { sku: null, lot: null, expiresAt: null, hold: null, receivedAt: null, owner: null, homes: [] }
  expect(words.of('rtm', 'E201')).toEqual({ ...silent, sku: 'MILK', expiresAt: t0 + 1000, homes: ['A-2'] })
  expect(words.of('ams', 'E201')).toEqual({ ...silent, hold: 'customs' })
  expect(words.of('rtm', sgtin)).toEqual({ ...silent, sku: 'PUMP' })
  expect(words.of('ams', sgtin)).toEqual(silent)
  expect([words.onHold('rtm'), words.onHold('ams')]).toEqual([['E202'], ['E201']])
  expect([words.expiringBefore('rtm', t0 + 1000), words.expiringBefore('rtm', t0 + 1001)]).toEqual([[], ['E201']])
  expect(['A-1', 'A-2'].map((slot) => words.isMisplaced('rtm', 'MILK', slot))).toEqual([true, false])
  expect(words.isMisplaced('rtm', 'PUMP', 'A-1')).toBe(false) // it may lie anywhere
  await goods.close()
})

test('a file that was closed half-way says the same in the end, and so does one that was built entry by entry', async () => {
  const whole = await open('whole.db')
  await whole.apply(journal, never)
  await whole.close()
  for (const cut of [1, 3, 4, 5, 8, 9, 10, 11, 12, 13, 15, 16, 18, 19]) {
    const name = `cut-${cut}.db`
    const before = await open(name)
    for (const entry of journal.slice(0, cut)) await before.apply([entry], never)
    await before.close()
    const after = await open(name)
    expect(after.offset).toBe(cut)
    await after.apply(journal.slice(cut), never)
    await after.close()
    expect(await canonical('goods', join(folder, name))).toBe(await canonical('goods', join(folder, 'whole.db')))
  }
  const said = await canonical('goods', join(folder, 'whole.db'))
  expect(said).toContain('"bySku":[["MILK",1]]')
  expect(said).toContain('"contents":[[0,5,5]]')
  expect(said).toContain('["packed","E203"')
  expect(said).not.toContain('["packed","E204"')
})

test('a commit that fails leaves nothing behind, and has its effect once when it works', async () => {
  const goods = await open('fails.db')
  await goods.apply(journal.slice(0, 2), never)
  const disk = new DatabaseSync(join(folder, 'fails.db'))
  disk.exec("CREATE TRIGGER broken BEFORE UPDATE ON progress BEGIN SELECT RAISE(ABORT, 'broken'); END")
  await expect(goods.apply(journal, never)).rejects.toThrow('broken')
  expect(goods.offset).toBe(2)
  disk.exec('DROP TRIGGER broken')
  disk.close()
  await goods.apply(journal, never)
  await goods.close()
  expect(await canonical('goods', join(folder, 'fails.db'))).toBe(await canonical('goods', join(folder, 'whole.db')))
})

test('a file from before pallets were counted is taken over: what was settled says what it said', async () => {
  const before = await open('older.db')
  await before.apply(journal.slice(0, 14), never)
  const said = before.state.shipments.get(keyOn('rtm', 'A'))
  await before.close()
  const disk = new DatabaseSync(join(folder, 'older.db'))
  disk.exec(`
    DROP TABLE packed; DROP TABLE packed_log; PRAGMA user_version = 1;
    DELETE FROM shipment_log;
  `)
  const { contents: _contents, believed: _believed, exactBelieved: _exact, ...settled } = said?.settled ?? nothingPassed
  const put = disk.prepare('INSERT OR REPLACE INTO shipment (key, value) VALUES (?, ?)')
  put.run(keyOn('rtm', 'A'), JSON.stringify({ ...said, settled }))
  disk.close()
  const after = await open('older.db')
  expect(after.state.shipments.get(keyOn('rtm', 'A'))).toEqual(said)
  await after.apply(journal.slice(14), never)
  expect(after.state.shipments.get(keyOn('rtm', 'C'))?.settled?.contents).toEqual([[0, 5, 5]])
  await after.close()
})
