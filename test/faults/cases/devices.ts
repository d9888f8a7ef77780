import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { epcCrc16, yrm100Frame } from '../../../simulators/devices/yrm100.ts'
import { type PtyDevice, plugIn } from '../../support/pty.ts'
import { until } from '../../support/until.ts'
import type { FaultCase, Outcome, RunOptions } from '../fault-case.ts'
import { withProblems } from '../fault-case.ts'
import { openScene, type Scene } from '../scene.ts'

const device = 'rack-1'

/** A YRM100 of rack 1 on a pseudo-terminal before a real gateway; what it says are happenings of its one antenna. */
async function withSerialReader(
  seed: number,
  play: (stage: {
    readonly scene: Scene
    readonly path: string
    readonly spoolDirectory: string
    /** The tag notice of the next happening, and its number. */
    readonly nextFrame: () => { readonly n: number; readonly frame: Uint8Array }
    /** Resolves when the gateway has counted so many reads; they are confirmed by that. */
    readonly counted: (ns: readonly number[]) => Promise<void>
    readonly isUp: () => Promise<boolean>
    /** Resolves when all that was counted is durable, and the cloud has it. */
    readonly sent: () => Promise<void>
  }) => Promise<Outcome>,
): Promise<Outcome> {
  const scene = await openScene({ seed, truth: { withoutClock: true } })
  try {
    const { config, spoolDirectory } = await scene.withReaders('gw')
    const path = join(scene.directory, 'reader')
    const sources = [{ type: 'serial', id: device, path, protocol: 'yrm100' }]
    writeFileSync(config, JSON.stringify({ ...(JSON.parse(readFileSync(config, 'utf8')) as object), sources }))
    scene.startEdge(config)
    let [n, total] = [0, 0]
    return await play({
      scene,
      path,
      spoolDirectory,
      nextFrame() {
        for (n += 1; ; n += 1) {
          const happening = scene.truth.of(n)
          if (happening.kind === 'read' && happening.device === device && happening.antenna === 1)
            return { n, frame: tagNotice(happening.record.epc) }
        }
      },
      async counted(ns) {
        total += ns.length
        const reads = () => scene.edgeMetric(`edge_tag_reads_total{device="${device}"}`)
        await until(`${total} reads are counted`, async () => (await reads()) >= total)
        for (const one of ns) scene.confirmed.add(one)
      },
      async sent() {
        const stored = () => scene.edgeMetric('edge_records_appended_total')
        await until('all is stored', async () => (await stored()) >= total)
        await until('all is sent', async () => (await scene.edgeMetric('edge_uplink_backlog_records')) === 0)
      },
      isUp: async () => (await scene.edgeMetric(`edge_device_up{device="${device}"}`)) === 1,
    })
  } finally {
    await scene.close()
  }
}

function tagNotice(epc: string): Uint8Array {
  const bank = Buffer.from(`3000${epc}`, 'hex')
  const crc = epcCrc16(bank)
  return yrm100Frame(0x02, 0x22, [0xc9, ...bank, crc >> 8, crc & 0xff])
}

/** F38: the cable is pulled, gently and not, and the reader comes back as another terminal under the same path. */
const unplugged = ({ seed, tier }: RunOptions) =>
  withSerialReader(seed, async ({ scene, path, spoolDirectory, nextFrame, counted, isUp, sent }) => {
    const rounds = tier === 'full' ? 9 : 3
    const backMs: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const reader: PtyDevice = await plugIn(path)
      const pluggedAtMs = performance.now()
      await until('the inventory is started', () => reader.heard().length > 0)
      if (round > 0) backMs.push(performance.now() - pluggedAtMs)
      const said = Array.from({ length: 60 }, nextFrame)
      for (const { frame } of said) reader.say(frame)
      await counted(said.map(({ n }) => n))
      if (round === rounds - 1) break
      await reader.unplug(round % 2 === 0 ? 'SIGTERM' : 'SIGKILL')
      await until('the loss is told', async () => !(await isUp()))
      if (round % 2 === 1) rmSync(path, { force: true })
    }
    await sent()
    const slowest = Math.max(...backMs)
    return {
      injected: backMs.length === rounds - 1,
      proof: `unplugged ${rounds - 1} times, half of them leaving the path behind; read again within ${Math.round(slowest)} ms of being plugged in`,
      verdict: withProblems(await scene.judge({ spools: [{ gateway: 'gw', directory: spoolDirectory }] }), [
        slowest > 5000 && `a reader that was back was opened only after ${Math.round(slowest)} ms`,
      ]),
    }
  })

/** F39: noise before, after and between good frames, frames in pieces, and bytes without end. */
const garbage = ({ seed, tier }: RunOptions) =>
  withSerialReader(seed, async ({ scene, path, spoolDirectory, nextFrame, counted, sent }) => {
    const rounds = tier === 'full' ? 400 : 60
    const reader = await plugIn(path)
    await until('the inventory is started', () => reader.heard().length > 0)
    const ns: number[] = []
    let noise = 0
    const say = async (bytes: Uint8Array) => {
      reader.say(bytes)
      await delay(0)
    }
    for (let round = 0; round < rounds; round += 1) {
      const length = 1 + Math.floor(scene.random() * 300)
      noise += length
      // Of any kind, even what looks like a beginning.
      await say(Uint8Array.from({ length }, () => Math.floor(scene.random() * 256)))
      const { n, frame } = nextFrame()
      ns.push(n)
      const cut = Math.floor(scene.random() * frame.length)
      await say(frame.subarray(0, cut))
      await say(frame.subarray(cut))
    }
    for (const fill of [0x00, 0xff, 0xbb, 0x41]) {
      for (let i = 0; i < 16; i += 1) await say(new Uint8Array(4096).fill(fill))
      noise += 65_536
    }
    // Whatever a false beginning waits for comes with these.
    for (let i = 0; i < 40; i += 1) {
      const { n, frame } = nextFrame()
      ns.push(n)
      await say(frame)
    }
    await counted(ns)
    await sent()
    return {
      injected: noise > 0,
      proof: `${noise} bytes of noise around ${ns.length} good frames in pieces: each read`,
      verdict: await scene.judge({ spools: [{ gateway: 'gw', directory: spoolDirectory }] }),
    }
  })

/** F40: the readers say as much as they can, far beyond what they usually do. */
async function flood({ seed, tier, note }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed })
  try {
    const { feeder, config, spoolDirectory } = await scene.withReaders('gw')
    const edge = scene.startEdge(config)
    await scene.heard(feeder, 1, 1000)
    const count = tier === 'full' ? 100_000 : 10_000
    const startedMs = performance.now()
    for (let n = 1001; n < count; n += 1000) {
      await scene.say(feeder, n, 1000)
      if (n % 10_000 === 1) note(`${n} said`)
    }
    const seconds = (performance.now() - startedMs) / 1000
    await scene.arrived(count, 300_000)
    const rssMb = edge.peaks.rssMb
    return {
      injected: true,
      proof: `${count} reads and values, said at ${Math.round(count / seconds)} a second; the gateway took at most ${Math.round(rssMb)} MB`,
      verdict: await scene.judge({ spools: [{ gateway: 'gw', directory: spoolDirectory }] }),
    }
  } finally {
    await scene.close()
  }
}

export const deviceCases: readonly FaultCase[] = [
  {
    fault: 'F38',
    title: 'a serial reader is unplugged and comes back as another terminal',
    tier: 'full',
    needs: ['socat', 'mosquitto'],
    run: unplugged,
  },
  {
    fault: 'F39',
    title: 'noise on the serial line, frames in pieces, bytes without end: every good frame is read',
    tier: 'full',
    needs: ['socat', 'mosquitto'],
    run: garbage,
  },
  {
    fault: 'F40',
    title: 'readers flood the gateway: in order, memory bounded',
    tier: 'full',
    needs: ['mosquitto'],
    run: flood,
  },
]
