import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { chromium, type Page } from 'playwright-core'
import { openPeople } from '../cloud/accounts/people.ts'
import { loadMap } from '../simulators/load.ts'
import { until } from '../test/support/until.ts'
import type { BenchmarkOptions, Figures } from './benchmark.ts'
import { type CloudProcess, startCloudProcess } from './support/cloud-process.ts'
import { r700Source, startEdgeProcess } from './support/edge-process.ts'
import { type Move, openProbes, type Probes, percentile, withProbes } from './support/probes.ts'
import type { StillOrder } from './support/still-readers.ts'

/**
 * Tag read on a simulated R700 → broker of the site → edge process → cloud process → delta at a board, beside 2,000
 * reads a second of 1,000 tags that lie still. A single read puts nothing into stock: time runs from just before the
 * publish of the second read of a tag, which does, until the last of all board clients has the delta with that slot.
 * Boards get at most 10 deltas a second, so up to 100 ms of it are the waiting for the next one.
 *
 * Where Chromium is installed and the board is built, the same again with a page that shows the floor: until the first
 * task after the frame that draws the slot. Both ends read the wall clock of one machine, so whole milliseconds.
 */
const site = 'bench'
const gateway = 'gw-1'
const still: StillOrder = { readers: 40, readsPerSecond: 2000, tagsPerReader: 25 }
const probes = 24
const movesPerSecond = 16
const chromiumPath = '/usr/bin/chromium'

export async function run(options: BenchmarkOptions): Promise<Figures> {
  const seconds = options.seconds ?? 20
  const clients = options.clients ?? 200
  const cloud = await startCloudProcess(site, [gateway])
  const closers: (() => Promise<unknown>)[] = [() => cloud.remove()]
  try {
    const map = withProbes(loadMap(site, gateway), gateway, probes)
    await cloud.publish(map)
    const warehouse = new Worker(new URL('./support/still-readers.ts', import.meta.url), { workerData: still })
    closers.push(() => warehouse.terminate())
    const siteBrokerUrl = await answer<string>(warehouse)
    const edge = await startEdgeProcess({ cloud, site, gateway, sources: [r700Source(siteBrokerUrl)] })
    closers.push(() => edge.remove())
    const walkers = await openProbes({
      map,
      probes,
      movesPerSecond,
      clients,
      siteBrokerUrl,
      cloudUrl: cloud.url,
      token: cloud.token,
    })
    closers.push(() => walkers.close())
    warehouse.postMessage('begin')
    await until('the gateway hears the still tags', async () => (await edge.metric('edge_tag_reads_total')) > 4000)
    await walkFor(walkers, 3) // everybody has been somewhere, and code is warm

    warehouse.postMessage('count')
    const readsBefore = await answer<number>(warehouse)
    const heardBefore = await edge.metric('edge_tag_reads_total')
    const startedMs = performance.now()
    const seen = (await walkFor(walkers, seconds)).map(({ seenAfterMs }) => seenAfterMs ?? Number.NaN)
    const elapsedSeconds = (performance.now() - startedMs) / 1000
    warehouse.postMessage('count')
    const reads = (await answer<number>(warehouse)) - readsBefore + seen.length
    const heard = (await edge.metric('edge_tag_reads_total')) - heardBefore
    if (heard < 0.95 * reads) throw new Error(`the gateway took ${heard} of ${reads} reads`)
    const painted = await measurePainted(cloud, walkers, seconds)

    tell('until the delta is there', seen)
    if (painted !== undefined) tell('until it is painted', painted)
    return {
      p50Ms: rounded(percentile(seen, 0.5)),
      p95Ms: rounded(percentile(seen, 0.95)),
      p99Ms: rounded(percentile(seen, 0.99)),
      readsPerSecond: Math.round(reads / elapsedSeconds),
      clients: clients + 1,
      moves: seen.length,
      ...(painted !== undefined && {
        paintedP50Ms: rounded(percentile(painted, 0.5)),
        paintedP95Ms: rounded(percentile(painted, 0.95)),
        paintedP99Ms: rounded(percentile(painted, 0.99)),
      }),
    }
  } finally {
    for (const close of closers.reverse()) await close()
  }
}

/** The moves of this walk, all of them seen. */
async function walkFor(walkers: Probes, seconds: number): Promise<readonly Move[]> {
  const before = walkers.moves.length
  await walkers.walk(AbortSignal.timeout(seconds * 1000))
  return walkers.moves.slice(before)
}

/** Undefined where there is no browser, or no board for it. */
async function measurePainted(cloud: CloudProcess, walkers: Probes, seconds: number) {
  if (!existsSync(chromiumPath) || !(await fetch(cloud.url)).ok) return undefined
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
  })
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    await page.goto(`${cloud.url}/?k=${signInKeyOf(cloud)}`)
    await until('the page is live', () => page.evaluate<unknown>('window.__board.live'))
    await watchFrames(page, [...new Set(walkers.moves.map(({ slot }) => slot))])
    await walkFor(walkers, 2)
    const moves = await walkFor(walkers, seconds)
    let painted: readonly Painted[] = []
    const paintOf = (move: Move) => painted.find(({ slot, at }) => slot === move.slot && at >= move.at)
    await until('the page has painted every move', async () => {
      painted = await page.evaluate<readonly Painted[]>('window.painted')
      return moves.every((move) => paintOf(move) !== undefined)
    })
    return moves.map((move) => (paintOf(move)?.at ?? Number.NaN) - move.at)
  } finally {
    await browser.close()
  }
}

interface Painted {
  readonly slot: string
  /** Unix ms. */
  readonly at: number
}

/**
 * Looks at the slots on every frame, and keeps when each got one more item. Text, because it runs in the page: the board
 * draws in the same frame in which its new state is first seen here, and a message posted in a frame comes after it.
 */
async function watchFrames(page: Page, slots: readonly string[]): Promise<void> {
  await page.evaluate(`{
    const before = new Map(${JSON.stringify(slots)}.map((slot) => [slot, window.__board.slotItems(slot)]))
    const { port1, port2 } = new MessageChannel()
    window.painted = []
    port2.onmessage = ({ data }) => {
      const at = Date.now()
      for (const slot of data) window.painted.push({ slot, at })
    }
    const look = () => {
      requestAnimationFrame(look)
      const filled = []
      for (const [slot, items] of before) {
        const now = window.__board.slotItems(slot)
        before.set(slot, now)
        if (now > items) filled.push(slot)
      }
      if (filled.length > 0) port1.postMessage(filled)
    }
    requestAnimationFrame(look)
  }`)
}

function signInKeyOf(cloud: CloudProcess): string {
  const clock = { now: () => Date.now(), monotonicMs: () => performance.now() }
  const people = openPeople(join(cloud.dataDirectory, 'people.sqlite'), { clock, randomBytes })
  const { key } = people.makeSignInKey()
  people.close()
  return key
}

function answer<T>(worker: Worker): Promise<T> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

function tell(what: string, ms: readonly number[]): void {
  const columns = [0.5, 0.95, 0.99, 1].map((share) => percentile(ms, share).toFixed(1).padStart(8))
  process.stderr.write(`${what.padEnd(26)}${columns.join('')} ms (p50, p95, p99, worst of ${ms.length} moves)\n`)
}

function rounded(ms: number): number {
  return Number(ms.toFixed(1))
}
