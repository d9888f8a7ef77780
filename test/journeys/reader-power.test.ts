import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { AntennaPower, ReaderPower } from '../../shared/reader-power.ts'
import { type LlrpReader, openLlrpReader } from '../../simulators/devices/llrp.ts'
import { type ChaosProxy, openChaosProxy } from '../faults/chaos-proxy.ts'
import { type Running, startWarepulse } from '../support/processes.ts'
import { gateMap, openStreet, type Street } from '../support/street.ts'
import { until } from '../support/until.ts'

/** A cloud and a gateway as processes of their own, a line between them that is cut, and readers that speak LLRP. */

const [site, gateway] = ['north', 'gw-1']
const closers: (() => unknown)[] = []
let street: Street
let edge: Running
let edgeYaml: string
let proxy: ChaosProxy
let reader: LlrpReader
/** Has no table of power levels. */
let fixed: LlrpReader

beforeAll(async () => {
  street = await openStreet(site)
  closers.push(() => street.remove())
  await street.startCloud()
  proxy = await openChaosProxy({ host: '127.0.0.1', port: Number(new URL(street.brokerUrl).port) })
  closers.push(() => proxy.close())
  const common = { port: 0, random: () => 0.5, now: () => Date.now() }
  reader = await openLlrpReader({ ...common, id: 'dock-1' })
  fixed = await openLlrpReader({ ...common, id: 'dock-2', hasPowerLevels: false })
  closers.push(() => Promise.all([reader.close(), fixed.close()]))
  const llrp = { type: 'llrp', host: '127.0.0.1', keepaliveSeconds: 0.5 }
  const sources = [
    { ...llrp, id: 'dock-1', port: reader.port, antennas: [{ port: 1, transmitPowerDbm: 27.1 }, { port: 2 }] },
    { ...llrp, id: 'dock-2', port: fixed.port },
  ]
  edgeYaml = await street.addGateway(gateway, sources, `mqtt://127.0.0.1:${proxy.port}`)
  await street.send('PUT', `/sites/${site}/map`, gateMap(site, gateway, 'dock-1'))
  edge = startEdge()
})
afterEach(() => proxy.mend())
afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

function startEdge(): Running {
  const started = startWarepulse(['edge', '--config', edgeYaml])
  closers.push(() => started.stop())
  return started
}
/** Looks over HTTP, seldom enough for the rate limit. */
const asked = { everyMs: 150 }
const path = (antenna: number, id = 'dock-1') => `/sites/${site}/power/${gateway}/${id}/${antenna}`
const readers = async () => (await street.get<{ items: readonly ReaderPower[] }>(`/sites/${site}/power`)).items
const antenna = async (port: number): Promise<Partial<AntennaPower> & { readonly isApplied?: boolean }> => {
  const found = (await readers()).find((one) => one.reader === 'dock-1')
  return { ...found?.antennas.find((one) => one.antenna === port), ...(found && { isApplied: found.isApplied }) }
}
const sends = (port: number, dbm: number) => until(`${port} sends with ${dbm} dBm`, () => reader.powerDbm(port) === dbm)
/** Together: while its work is set up anew a reader has none, and would send as it likes. */
const bothSend = (one: number, two: number) =>
  until(`they send with ${one} and ${two} dBm`, () => reader.powerDbm(1) === one && reader.powerDbm(2) === two)
const said = (what: string, condition: (power: Awaited<ReturnType<typeof antenna>>) => boolean) =>
  until(what, async () => condition(await antenna(2)), asked)
/** Long enough for a busy machine to look at it while it runs. */
const trialSeconds = 10
const trying = (dbm: number, seconds = trialSeconds) => street.send('POST', `${path(2)}/trial`, { dbm, seconds })

test('the board is told what readers can, with what they send, and by whose word', async () => {
  await until('both have told', async () => (await readers()).length === 2, asked)
  await said('it is confirmed', ({ isApplied }) => isApplied === true)
  const [one, two] = await readers()
  expect(one?.levelsDbm).toHaveLength(81)
  expect(one?.antennas).toMatchObject([
    { antenna: 1, readPoint: 'dock-1.1', dbm: 27, from: 'file', fileDbm: 27 },
    { antenna: 2, readPoint: 'dock-1.2', dbm: 30, from: 'reader', fileDbm: null, kept: null, trial: null },
  ])
  expect(two).toMatchObject({ reader: 'dock-2', levelsDbm: [] })
})

test('what a reader cannot is refused in words', async () => {
  await expect(street.send('PUT', path(2), { dbm: 20.1 })).rejects.toThrow(/10 to 30 dBm in steps of 0.25, not 20.1/)
  await expect(street.send('PUT', path(3), { dbm: 20 })).rejects.toThrow(/does not read with antenna 3/)
  await expect(street.send('PUT', path(1, 'dock-2'), { dbm: 20 })).rejects.toThrow(/does not take its power from here/)
  await expect(street.send('PUT', path(1, 'nobody'), { dbm: 20 })).rejects.toThrow(/does not take its power from here/)
})

test('a trial: at once, and back by itself while the link is cut', async () => {
  await trying(20)
  await bothSend(27, 20)
  await said('it runs', ({ trial, isApplied }) => trial?.state === 'running' && isApplied === true)
  expect(await antenna(2)).toMatchObject({ dbm: 20, from: 'trial', trial: { dbm: 20, by: 'test' } })
  expect(reader.see([{ at: Date.now(), antenna: 2, epc: '3034257BF7194E4000001A85', rssiDbm: -50 }])).toHaveLength(1)
  proxy.cut()
  await bothSend(27, 30)
  proxy.mend()
  await said('it is over', ({ trial, from, isApplied }) => trial?.state === 'over' && from === 'reader' && !!isApplied)
})

test('back ends a trial before its time', async () => {
  await trying(22, 120)
  await sends(2, 22)
  await street.send('DELETE', `${path(2)}/trial`, {})
  await sends(2, 30)
})

test('what is kept holds over restarts, without the cloud, and the reader is not touched for it', async () => {
  await street.send('PUT', path(2), { dbm: 15 })
  await sends(2, 15)
  await said('it is confirmed', ({ kept }) => kept?.state === 'confirmed')
  expect(await antenna(2)).toMatchObject({ dbm: 15, from: 'board', kept: { dbm: 15, by: 'test', reason: null } })
  const { roSpecsAdded, clients } = reader.counters
  proxy.cut()
  await edge.kill()
  edge = startEdge()
  await until('it is there again', () => reader.counters.clients > clients)
  await until('it reads', () => reader.see([]).length === 0 && reader.counters.waiting === 0)
  expect(reader.powerDbm(2)).toBe(15)
  expect(reader.counters.roSpecsAdded).toBe(roSpecsAdded)
  proxy.mend()
})

test('a trial does not survive its gateway', async () => {
  await said('it is confirmed', ({ isApplied, kept }) => isApplied === true && kept?.state === 'confirmed')
  await until('the gateway is there', async () => (await readers())[0]?.link === 'online', asked)
  await trying(25, 120)
  await sends(2, 25)
  proxy.cut()
  await edge.kill()
  expect(reader.powerDbm(2)).toBe(25)
  edge = startEdge()
  await sends(2, 15)
  proxy.mend()
  await said('it is not begun again', ({ trial, from }) => trial?.state === 'over' && from === 'board')
  expect(reader.powerDbm(2)).toBe(15)
})

test('given back to the file, and who did what stands in the audit', async () => {
  await street.send('PUT', path(2), { dbm: null })
  await sends(2, 30)
  const { items } = await street.get<{ items: readonly { act: string; who: string; detail: string | null }[] }>(
    '/audit',
  )
  const kept = items.find(
    ({ act, detail }) => act.startsWith('PUT') && act.includes('/power/') && detail?.includes('15'),
  )
  expect(kept).toMatchObject({ who: 'test' })
  expect(JSON.parse(kept?.detail ?? '{}')).toMatchObject({ before: { from: expect.any(String) }, act: 'keep' })
})
