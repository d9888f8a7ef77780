import { expect, test } from 'vitest'
import { gatewayDocuments } from '../../../cloud/gates/documents.ts'
import { openGoods } from '../../../cloud/goods/open.ts'
import type { Fact } from '../../../cloud/push/fact.ts'
import { GatewayDocument, mostGatewayRules } from '../../../shared/gateway-document.ts'
import { Rule } from '../../../shared/rule.ts'
import { mostListedEpcs } from '../../../shared/rules/of-devices.ts'
import { SiteMap } from '../../../shared/site-map.ts'
import { fromCloud, never, numbered, t0 } from '../../support/journal-entries.ts'

const site = 'north'
const map = SiteMap.parse({
  ...{ version: 1, site, name: 'North', timeZone: 'UTC', width: 20, depth: 20, slots: [] },
  zones: ['cold', 'dock'].map((id) => ({ id, name: id, x: 0, y: 0, width: 9, depth: 9 })),
  readPoints: (['outside', 'inside'] as const).map((side) => ({
    ...{ id: `door.${side}`, gateway: 'gw-2', device: 'door', kind: 'gate', zone: 'dock', side, x: 1, y: 1 },
  })),
  sensors: [
    { id: 't1', name: 'T1', gateway: 'gw-1', zone: 'cold', x: 1, y: 1 },
    { id: 't2', name: 'T2', gateway: 'gw-2', zone: 'dock', x: 1, y: 1 },
  ],
})
const about = { site, name: 'R', severity: 2, runs: 'gateway' }
const warm = (changes: object = {}) =>
  Rule.parse({
    ...{ ...about, id: 'warm', type: 'threshold', quantity: 'temperature', direction: 'above', limit: 8, clearAt: 7 },
    ...changes,
  })
const hold = Rule.parse({ ...about, id: 'hold', type: 'gate-hold', stops: 'held' })
const rulesAre = (...rules: readonly Rule[]): Fact => ({ type: 'gateway-rules', site, rules })
const heldAre = (...epcs: readonly string[]): Fact => ({ type: 'held', site, epcs, leftOut: 0 })

/** What gateways are told, newest last, and a hello that names what was told last. */
function street(...standing: readonly Fact[]) {
  const told: { readonly gateway: string; readonly document: GatewayDocument }[] = []
  const documents = gatewayDocuments(async ({ gateway }, _channel, payload) => {
    told.push({ gateway, document: GatewayDocument.parse(JSON.parse(payload.toString())) })
  }, standing)
  const newest = (gateway: string) => told.findLast((one) => one.gateway === gateway)?.document
  const hello = (gateway: string, config = newest(gateway)?.version ?? 0) => {
    const said = { v: 1, epoch: '0'.repeat(32), first: 1, next: 1, version: 'x', config, boot: '0'.repeat(32) }
    const payload = Buffer.from(JSON.stringify({ ...said, startedAt: 0, clockSynced: true }))
    documents.upward({ address: { site, gateway }, channel: 'hello', payload })
  }
  const states = () => documents.rulesOnGateways().map(({ rule, gateway, state }) => `${rule} ${gateway} ${state}`)
  return { documents, told, newest, hello, states }
}

test('each gateway is told of its own sensors and gates, and only when something is new for it', () => {
  const { documents, told, newest } = street({ type: 'map', map })
  documents.hear([rulesAre(warm(), hold)])
  expect(newest('gw-1')?.rules).toMatchObject([{ id: 'warm', sensors: ['t1'] }])
  expect(newest('gw-2')?.rules).toMatchObject([
    { id: 'hold', gates: ['door.inside'] },
    { id: 'warm', sensors: ['t2'] },
  ])
  told.splice(0)
  documents.hear([heldAre('E2AA')])
  expect(told.map(({ gateway, document }) => [gateway, document.held])).toEqual([['gw-2', ['E2AA']]])
  documents.hear([heldAre('E2AA'), rulesAre(warm(), hold)])
  expect(told).toHaveLength(1)
})

/** Two light barriers in the door, and which read points there are. */
const beam = (side: 'outside' | 'inside', input: number, more: object = {}) => ({
  ...{ gateway: 'gw-2', device: 'door', input, zone: 'dock', side },
  ...more,
})
test.each<[string, ('outside' | 'inside')[], object[], number, { id: string; inputs: number[] }[]]>([
  ['both sides, no light', ['outside', 'inside'], [], 1, []],
  ['both sides need no light', ['outside', 'inside'], [beam('outside', 1), beam('inside', 2)], 1, []],
  ['inside and light', ['inside'], [beam('inside', 2), beam('outside', 1)], 0, [{ id: 'door.inside', inputs: [1, 2] }]],
  [
    'outside and light',
    ['outside'],
    [beam('outside', 1), beam('inside', 2)],
    0,
    [{ id: 'door.outside', inputs: [1, 2] }],
  ],
  ['one side alone', ['inside'], [], 0, []],
  ['one barrier alone', ['inside'], [beam('outside', 1)], 0, []],
  ['light of another zone', ['inside'], [beam('outside', 1), beam('inside', 2, { zone: 'cold' })], 0, []],
  ['light of another gateway', ['inside'], [beam('outside', 1), beam('inside', 2, { gateway: 'gw-1' })], 0, []],
])('a gate is told to its gateway: %s', (_name, sides, beams, gates, beamGates) => {
  const readPoints = map.readPoints.filter(({ side }) => side !== undefined && sides.includes(side))
  const { hello, newest } = street({ type: 'map', map: SiteMap.parse({ ...map, readPoints, beams }) }, rulesAre(hold))
  hello('gw-2')
  const told = newest('gw-2')
  expect(told?.gates).toHaveLength(gates)
  expect(told?.beamGates.map(({ id, beams: its }) => ({ id, inputs: its.map(({ input }) => input) }))).toEqual(
    beamGates,
  )
  // A rule that stops what is on hold knows the gate, whatever it decides by.
  const ids = [...(told?.gates ?? []), ...(told?.beamGates ?? [])].map(({ id }) => id)
  expect(told?.rules.flatMap((rule) => (rule.type === 'gate-hold' ? rule.gates : []))).toEqual(ids)
})

for (const [name, changes, sensors] of [
  ['a zone', { zone: 'cold' }, { 'gw-1': ['t1'], 'gw-2': [] }],
  ['sensors', { sensors: ['t2', 'nowhere'] }, { 'gw-1': [], 'gw-2': ['t2'] }],
  ['switched off', { enabled: false }, { 'gw-1': [], 'gw-2': [] }],
  ['run in the cloud', { runs: 'cloud' }, { 'gw-1': [], 'gw-2': [] }],
  ['of another site', { site: 'south' }, { 'gw-1': [], 'gw-2': [] }],
] as const) {
  test(`a sensor is judged by one gateway at most: ${name}`, () => {
    const { hello, newest } = street({ type: 'map', map }, rulesAre(warm(changes)))
    for (const gateway of ['gw-1', 'gw-2'] as const) {
      hello(gateway)
      expect(newest(gateway)?.rules.flatMap((rule) => ('sensors' in rule ? rule.sensors : []))).toEqual(
        sensors[gateway],
      )
    }
  })
}

test('a rule runs where the gateway says so, of the rules of now', () => {
  const { documents, hello, states } = street({ type: 'map', map })
  expect(states()).toEqual([])
  documents.hear([rulesAre(warm({ zone: 'cold' }))])
  expect(states()).toEqual(['warm gw-1 not-yet'])
  hello('gw-1')
  expect(states()).toEqual(['warm gw-1 running'])
  documents.hear([rulesAre(warm({ zone: 'cold', limit: 9 }))])
  expect(states()).toEqual(['warm gw-1 not-yet'])
  hello('gw-1', 1)
  expect(states()).toEqual(['warm gw-1 not-yet'])
})

test('a rule that is taken back and given again runs once the gateway has said so anew', () => {
  const { documents, hello, states } = street({ type: 'map', map })
  const given = rulesAre(warm({ zone: 'cold' }))
  documents.hear([given])
  hello('gw-1')
  expect(states()).toEqual(['warm gw-1 running'])
  documents.hear([rulesAre(warm({ zone: 'cold', runs: 'cloud' }))])
  documents.hear([given])
  expect(states()).toEqual(['warm gw-1 not-yet'])
  hello('gw-1')
  expect(states()).toEqual(['warm gw-1 running'])
})

test('the same content has the same number in a cloud that was started anew, another content another', () => {
  const version = (...facts: readonly Fact[]) => {
    const { hello, newest } = street({ type: 'map', map }, ...facts)
    hello('gw-1')
    return newest('gw-1')?.version
  }
  expect(version(rulesAre(warm()))).toBe(version(rulesAre(warm())))
  expect(version(rulesAre(warm()))).not.toBe(version(rulesAre(warm({ limit: 9 }))))
})

test('beyond so many rules the last ones by id are left out, and shown so', () => {
  const many = Array.from({ length: mostGatewayRules + 1 }, (_, i) => warm({ id: `r${1000 + i}`, zone: 'cold' }))
  const { hello, newest, states } = street({ type: 'map', map }, rulesAre(...many))
  hello('gw-1', 0)
  hello('gw-1')
  expect(newest('gw-1')?.rules).toHaveLength(mostGatewayRules)
  expect(states().filter((one) => !one.endsWith('running'))).toEqual([`r${1000 + mostGatewayRules} gw-1 left-out`])
})

test('items on hold are told by EPC up to a bound, and when they change', async () => {
  const told: Fact[] = []
  const goods = await openGoods({ path: ':memory:', tell: (facts) => void told.push(...facts) })
  const epc = (i: number) => (0x10_0000 + i).toString(16).toUpperCase()
  const items = Array.from({ length: mostListedEpcs + 1 }, (_, i) => ({ epc: epc(i), hold: 'recall' }))
  const imported = (rows: readonly object[]) =>
    fromCloud([{ kind: 'items', at: t0, by: 'kim', items: rows as { epc: string }[] }])
  const parts = Array.from({ length: 6 }, (_, i) => imported(items.slice(i * 1000, i * 1000 + 1000)))
  await goods.apply(numbered([...parts, imported([{ epc: 'E2FF', sku: 'MILK' }])]), never)
  const holds = () => told.filter((fact) => fact.type === 'held')
  expect(holds().at(-1)).toMatchObject({ site: 'rtm', leftOut: 1 })
  expect(holds().at(-1)?.epcs).toHaveLength(mostListedEpcs)
  const before = holds().length
  await goods.apply([{ ...imported([{ epc: 'E2FF', sku: 'CREAM' }]), offset: 8 }], never)
  expect(holds()).toHaveLength(before)
  await goods.apply([{ ...imported([{ epc: epc(0), hold: null }]), offset: 9 }], never)
  expect(holds().at(-1)).toMatchObject({ leftOut: 0, epcs: expect.arrayContaining([epc(mostListedEpcs)]) })
  await goods.close()
})
