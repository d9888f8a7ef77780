import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, onTestFinished, test } from 'vitest'
import { protocols } from '../../edge/decoders/catalogue.ts'
import type { TagRead } from '../../edge/decoders/reading.ts'
import type { SourceContext } from '../../edge/sources/configured.ts'
import { openLlrp } from '../../edge/sources/llrp/open.ts'
import { LlrpOptions } from '../../edge/sources/llrp/options.ts'
import { type LlrpReader, type LlrpReaderOptions, openLlrpReader } from '../../simulators/devices/llrp.ts'
import { runSource, type SourceRun, sourceContext } from '../support/source-run.ts'
import { until } from '../support/until.ts'

const readers: LlrpReader[] = []
const runs: SourceRun[] = []
const servers: Server[] = []
afterEach(async () => {
  await Promise.all(runs.splice(0).map((run) => run.stop()))
  await Promise.all(readers.splice(0).map((reader) => reader.close()))
  for (const server of servers.splice(0)) server.close()
})

async function openReader(options: Partial<LlrpReaderOptions> = {}): Promise<LlrpReader> {
  const reader = await openLlrpReader({ id: 'dock-1', port: 0, random: () => 0.5, now: () => Date.now(), ...options })
  readers.push(reader)
  return reader
}

/** A gateway's source at that reader. */
function listen(port: number, options: object = {}, context: SourceContext = sourceContext) {
  const keepaliveSeconds = 0.2
  const parsed = LlrpOptions.parse({
    type: 'llrp',
    id: 'dock-1',
    host: '127.0.0.1',
    port,
    keepaliveSeconds,
    ...options,
  })
  const { source } = openLlrp(parsed, context)
  const run = runSource(source)
  runs.push(run)
  return {
    run,
    reads: (): TagRead[] =>
      run.deliveries.flatMap(({ bytes, at, deviceClock }) => {
        const decoded = protocols.llrp.decode(bytes, { device: 'dock-1', at, ...(deviceClock && { deviceClock }) })
        return decoded.ok ? decoded.value.filter((reading) => reading.type === 'tag') : []
      }),
    epcs(): string[] {
      return this.reads().map(({ epc }) => epc)
    },
  }
}

const epc = (n: number) => `3034257BF7194E40${n.toString(16).toUpperCase().padStart(8, '0')}`
const epcs = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => epc(from + i))
function see(reader: LlrpReader, from: number, to = from + 1, at = Date.now()): void {
  const seen = epcs(from, to).map((one, i) => ({ at, antenna: 1 + (i % 4), epc: one, rssiDbm: -52.25 }))
  expect(reader.see(seen)).toHaveLength(to - from)
}
const isUp = (run: SourceRun) => until('the reader reads', () => run.statesOf('dock-1').at(-1) === 'up')

test('a reader is set up, and what it reads comes with its own stamp, antenna and signal', async () => {
  const reader = await openReader()
  const { run, reads } = listen(reader.port)
  await isUp(run)
  const at = Date.now() - 100
  see(reader, 7, 8, at)
  await until('it has come', () => reads().length === 1)
  expect(reads()).toEqual([
    {
      type: 'tag',
      at,
      device: 'dock-1',
      antenna: 1,
      epc: epc(7),
      rssiDbm: -52.25,
      phaseRadians: Math.PI,
      dopplerHz: 0,
      count: 1,
    },
  ])
  expect(run.links).toEqual([{ device: 'dock-1', state: 'up' }])
})

test('an antenna whose cable is pulled is down, its reader is not; put back, it is up', async () => {
  const reader = await openReader()
  const { run } = listen(reader.port)
  await isUp(run)
  reader.antenna(2, false)
  reader.antenna(2, true)
  await until('both are told', () => run.links.length === 3)
  expect(run.links.slice(1)).toEqual([
    { device: 'dock-1.2', state: 'down', reason: 'the reader says that it is disconnected' },
    { device: 'dock-1.2', state: 'up', reason: 'the reader says that it is connected' },
  ])
})

const oddities: readonly [string, Partial<LlrpReaderOptions>, object][] = [
  ['one that is no Impinj', { isImpinj: false }, {}],
  ['LLRP 1.1', {}, { protocolVersion: '1.1' }],
  ['several tags in a report, the last few fetched', {}, { reportEveryTags: 4 }],
  [
    'two antennas with a power each',
    {},
    { antennas: [{ port: 1, transmitPowerDbm: 20 }, { port: 2 }, { port: 3 }, { port: 4 }] },
  ],
]
test.each(oddities)('%s reads the same', async (_name, kind, options) => {
  const reader = await openReader(kind)
  const source = listen(reader.port, options)
  await isUp(source.run)
  for (let i = 0; i < 30; i += 1) see(reader, i)
  await until('all have come', () => source.epcs().length === 30)
  expect(source.epcs()).toEqual(epcs(0, 30))
})

test('a power that the reader refuses is told with its words, and it reads on as before', async () => {
  const reader = await openReader({ mostDbm: 25 })
  let wanted = new Map<number, number>()
  const refusals: string[] = []
  const refused = (reason: string) => {
    refusals.push(reason)
    wanted = new Map()
  }
  const desk = { wanted: () => wanted, connected() {}, applied() {}, refused, gone() {} }
  const source = listen(reader.port, {}, { ...sourceContext, power: { reader: () => desk } })
  await isUp(source.run)
  wanted = new Map([[1, 27]])
  await until('it is refused', () => refusals.length === 1)
  expect(refusals).toEqual(['the reader refuses ADD_ROSPEC: status 100, no such power level'])
  await until('it is met again', () => source.run.statesOf('dock-1').join() === 'up,down,up')
  see(reader, 0, 4)
  await until('all have come', () => source.epcs().length === 4)
  expect([reader.powerDbm(1), refusals.length]).toEqual([30, 1])
})

test('frames in pieces are put together', async () => {
  const reader = await openReader({ random: Math.random })
  reader.misbehave({ splitFrames: true })
  const source = listen(reader.port)
  await isUp(source.run)
  for (let i = 0; i < 200; i += 1) see(reader, i)
  await until('all have come', () => source.epcs().length === 200)
  expect(source.epcs()).toEqual(epcs(0, 200))
})

test('what a reader read while the cable was out comes afterwards, once, in order, with its own time', async () => {
  const reader = await openReader()
  const source = listen(reader.port)
  await isUp(source.run)
  see(reader, 0, 100)
  await reader.unplug()
  const readAt = Date.now() - 3_600_000
  see(reader, 100, 600, readAt)
  await until('it is down', () => source.run.statesOf('dock-1').at(-1) === 'down')
  await reader.plug()
  await isUp(source.run)
  see(reader, 600, 700)
  await until('all have come', () => source.epcs().length >= 700)
  expect(source.epcs()).toEqual(epcs(0, 700))
  expect(
    source
      .reads()
      .slice(100, 600)
      .every(({ at }) => at === readAt),
  ).toBe(true)
  // The ROSpec that still ran was left alone: with it the reader would have deleted what it had kept.
  expect(reader.counters.roSpecsAdded).toBe(1)
})

test('a gateway that is stopped says good-bye: what is read until its successor comes is kept by the reader', async () => {
  const reader = await openReader()
  const before = listen(reader.port)
  await isUp(before.run)
  see(reader, 0, 50)
  await before.run.stop()
  see(reader, 50, 150)
  const after = listen(reader.port)
  await until('all have come', () => after.epcs().length >= 100)
  expect([...before.epcs(), ...after.epcs()]).toEqual(epcs(0, 150))
})

test('another configuration replaces the ROSpec, after the reads of the old one were fetched', async () => {
  const reader = await openReader()
  const before = listen(reader.port)
  await isUp(before.run)
  await before.run.stop()
  see(reader, 0, 50)
  const after = listen(reader.port, { session: 2 })
  await isUp(after.run)
  await until('it reads by the new one', () => reader.counters.roSpecsAdded === 2 && after.epcs().length === 50)
  see(reader, 50, 60)
  await until('all have come', () => after.epcs().length >= 60)
  expect(after.epcs()).toEqual(epcs(0, 60))
})

test('a reader that lost its power is set up again', async () => {
  const reader = await openReader()
  const source = listen(reader.port)
  await isUp(source.run)
  reader.reboot()
  await until('it reads again', () => source.run.statesOf('dock-1').join() === 'up,down,up')
  await until('it has its ROSpec', () => reader.counters.roSpecsAdded === 1 && reader.see([]) !== undefined)
  see(reader, 1)
  await until('it has come', () => source.epcs().length === 1)
})

test('a reader that says nothing is silent, then given up, and met again when it speaks', async () => {
  const reader = await openReader()
  const source = listen(reader.port)
  await isUp(source.run)
  reader.misbehave({ silent: true })
  see(reader, 0, 20)
  await until('it is given up', () => source.run.statesOf('dock-1').at(-1) === 'down')
  expect(source.run.statesOf('dock-1')).toEqual(['up', 'silent', 'down'])
  expect(source.run.links.at(-1)?.reason).toBe('the reader missed 3 keep-alives')
  reader.misbehave({ silent: false })
  await isUp(source.run)
  await until('what it kept has come', () => source.epcs().length >= 20)
  expect(source.epcs()).toEqual(epcs(0, 20))
})

for (const [what, misbehaviour] of [
  ['garbage before a message', { noiseShare: 1 }],
  ['a length that lies', { wrongCheckShare: 1 }],
] as const) {
  test(`${what} ends the connection; the next one reads`, async () => {
    const reader = await openReader({ random: () => 0.999 })
    const source = listen(reader.port)
    await isUp(source.run)
    reader.misbehave({ ...misbehaviour, repeats: 3 })
    see(reader, 0)
    await until('it is out of step', () => source.run.statesOf('dock-1').includes('down'))
    reader.misbehave({ noiseShare: 0, wrongCheckShare: 0, repeats: 1 })
    await isUp(source.run)
    see(reader, 1)
    await until('the next read has come', () => source.epcs().includes(epc(1)))
  })
}

test('a reader that has another client says so, and is taken when that one leaves', async () => {
  const reader = await openReader()
  const first = listen(reader.port)
  await isUp(first.run)
  const second = listen(reader.port)
  await until('it is refused', () => second.run.links.length > 0)
  expect(second.run.links).toEqual([{ device: 'dock-1', state: 'down', reason: 'the reader has another client' }])
  await first.run.stop()
  await isUp(second.run)
})

test('held back by a full spool, the reader hears from us, keeps the connection, and nothing is lost', async () => {
  const reader = await openReader()
  const source = listen(reader.port, { keepaliveSeconds: 0.5 })
  await isUp(source.run)
  const release = source.run.hold()
  for (let i = 0; i < 300; i += 1) see(reader, i)
  await new Promise((resolve) => setTimeout(resolve, 1800)) // more than three keep-alives
  expect(source.epcs().length).toBeLessThan(300)
  release()
  await until('all have come', () => source.epcs().length >= 300)
  expect(source.epcs()).toEqual(epcs(0, 300))
  expect(reader.counters.clients).toBe(1)
})

test('a flood is taken at the pace of the line', async () => {
  const reader = await openReader()
  const source = listen(reader.port)
  await isUp(source.run)
  see(reader, 0, 20_000)
  await until('all have come', () => source.run.deliveries.length >= 20_000)
  expect(source.epcs()).toEqual(epcs(0, 20_000))
})

test('a clock that is wrong is set right by what was measured, and told; one that is nearly right is believed', async () => {
  const reader = await openReader()
  reader.misbehave({ clockOffsetMs: 14_000 })
  const source = listen(reader.port)
  await isUp(source.run)
  const at = Date.now() - 60_000
  see(reader, 0, 1, at)
  await until('it has come', () => source.reads().length === 1)
  const [read] = source.reads()
  expect(Math.abs((read?.at ?? 0) - at)).toBeLessThan(5000)
  const told = source.run.links.findLast(({ state }) => state === 'up')?.clockOffsetMs ?? 0
  expect(Math.abs(told + 14_000)).toBeLessThan(5000)
  expect((read?.at ?? 0) - (at + 14_000)).toBe(told)

  await reader.unplug()
  reader.misbehave({ clockOffsetMs: 1_000 })
  await until('it is down', () => source.run.statesOf('dock-1').at(-1) === 'down')
  await reader.plug()
  await isUp(source.run)
  see(reader, 1, 2, at)
  await until('it has come', () => source.reads().length === 2)
  expect(source.reads()[1]?.at).toBe(at + 1_000)
  expect(source.run.links.at(-1)?.clockOffsetMs).toBeUndefined()
})

test('a reader without a calendar stamps from its start: its reads get the time they were made', async () => {
  const reader = await openReader({ hasUtcClock: false })
  const source = listen(reader.port)
  await isUp(source.run)
  const first = Date.now()
  see(reader, 0, 1, first)
  await until('it has come', () => source.reads().length === 1)
  reader.reboot()
  await until('it reads again', () => source.run.statesOf('dock-1').join() === 'up,down,up')
  await until('it has its ROSpec', () => reader.counters.roSpecsAdded === 1)
  const second = Date.now()
  see(reader, 1, 2, second)
  await until('it has come', () => source.reads().length === 2)
  for (const [i, at] of [first, second].entries()) {
    expect(Math.abs((source.reads()[i]?.at ?? 0) - at)).toBeLessThan(5000)
  }
})

test('an input of the reader starts and ends the reading', async () => {
  const reader = await openReader()
  const source = listen(reader.port, { gpi: { port: 2 } })
  await isUp(source.run)
  const sighting = { at: Date.now(), antenna: 1, epc: epc(1), rssiDbm: -50 }
  expect(reader.see([sighting])).toEqual([])
  reader.input(2, true)
  expect(reader.see([sighting])).toHaveLength(1)
  await until('it has come', () => source.epcs().length === 1)
  reader.input(2, false)
  expect(reader.see([sighting])).toEqual([])
})

test('a server that is no reader is told as such, and tried again', async () => {
  const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const source = listen(typeof address === 'object' && address !== null ? address.port : 0)
  await until('it is told', () => source.run.links.length > 0)
  expect(source.run.links[0]).toMatchObject({ state: 'down', reason: 'what came is no LLRP (format)' })
})

/** An authority, and a certificate for `reader.test` that it signed. */
function certificates(): { readonly caFile: string; readonly key: string; readonly cert: string } {
  const directory = mkdtempSync(join(tmpdir(), 'llrp-tls-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const path = (name: string) => join(directory, name)
  const key = (name: string) => [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    path(name),
  ]
  const make = (...words: string[]) =>
    execFileSync('openssl', ['req', '-x509', '-days', '1', ...words], { stdio: 'ignore' })
  make(...key('ca.key'), '-subj', '/CN=warehouse', '-out', path('ca.pem'))
  const name = ['-subj', '/CN=reader.test', '-addext', 'subjectAltName=DNS:reader.test']
  const signed = ['-CA', path('ca.pem'), '-CAkey', path('ca.key')]
  make(
    ...key('reader.key'),
    ...name,
    ...signed,
    '-addext',
    'basicConstraints=critical,CA:FALSE',
    '-out',
    path('reader.pem'),
  )
  const read = (file: string) => readFileSync(path(file), 'utf8')
  return { caFile: path('ca.pem'), key: read('reader.key'), cert: read('reader.pem') }
}

test('over TLS: a reader whose certificate is trusted and named as expected is read, any other is not', async () => {
  const { caFile, key, cert } = certificates()
  const reader = await openReader({ tls: { key, cert } })
  for (const [tls, why] of [
    [{}, /unable to verify|self-signed/],
    [{ caFile }, /does not match certificate/],
    [{ caFile: `${caFile}.none`, serverName: 'reader.test' }, /ENOENT/],
    [undefined, /no valid data|closed the connection|ECONNRESET/],
  ] as const) {
    const { run } = listen(reader.port, { tls })
    await until('it is told', () => run.links.length > 0)
    expect(run.links[0]?.reason).toMatch(why)
    expect(run.statesOf('dock-1')).not.toContain('up')
    await run.stop()
  }
  const source = listen(reader.port, { tls: { caFile, serverName: 'reader.test' } })
  await isUp(source.run)
  see(reader, 0, 500)
  await until('all have come', () => source.epcs().length >= 500)
  expect(source.epcs()).toEqual(epcs(0, 500))
  await reader.unplug()
  see(reader, 500, 600)
  await until('it is down', () => source.run.statesOf('dock-1').at(-1) === 'down')
  await reader.plug()
  await until('what it kept has come', () => source.epcs().length >= 600)
  expect(source.epcs()).toEqual(epcs(0, 600))
})
