import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { openSpool } from '../../../edge/spool/open.ts'
import type { Gap } from '../../../shared/record.ts'
import { honestyOf } from '../../support/spool-honesty.ts'
import type { FaultCase, Outcome, RunOptions } from '../fault-case.ts'
import { withProblems } from '../fault-case.ts'
import { openScene, type Scene } from '../scene.ts'

const stored = 1000
const spoolOptions = (scene: Scene, directory: string, onGap?: (gap: Gap) => void) => ({
  directory,
  maxBytes: 8 * 1024 * 1024,
  segmentBytes: 16 * 1024,
  clock: scene.clock,
  random: scene.random,
  ...(onGap === undefined ? {} : { onGap }),
})

const segmentsIn = (directory: string) =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.segment'))
    .sort()

/**
 * A spool that never met its cloud is damaged again and again, each time from a fresh copy, and must be honest about
 * it; the last copy then goes up the street, to the judge of all.
 */
async function damaged(
  { seed, note }: RunOptions,
  rounds: number,
  damage: (directory: string, scene: Scene, round: number) => string,
): Promise<Outcome> {
  const scene = await openScene({ seed })
  try {
    const original = join(scene.directory, 'original')
    const spool = await openSpool(spoolOptions(scene, original))
    for (let n = 1; n <= stored; n += 10) {
      const ns = Array.from({ length: 10 }, (_, i) => n + i)
      const first = await spool.append(ns.map((one) => scene.truth.of(one).record))
      scene.promised('gw', spool.epoch, first, ns)
    }
    await spool.close()

    const problems: string[] = []
    let [lost, harmed, last] = [0, 0, '']
    for (let round = 0; round < rounds; round += 1) {
      const copy = join(scene.directory, 'copy')
      await rm(copy, { recursive: true, force: true })
      await cp(original, copy, { recursive: true })
      last = damage(copy, scene, round)
      const gaps: Gap[] = []
      const opened = await openSpool(spoolOptions(scene, copy, (gap) => gaps.push(gap)))
      const honesty = await honestyOf(opened, gaps, stored, (sequence) => scene.truth.of(sequence).record)
      await opened.close()
      problems.push(...honesty.problems.map((problem) => `${last}: ${problem}`))
      lost += honesty.lost
      if (honesty.lost > 0) harmed += 1
      if (round % 10 === 0) note(`${round} of ${rounds}`)
    }

    const directory = join(scene.directory, 'gw-spool')
    await cp(original, directory, { recursive: true })
    last = damage(directory, scene, rounds - 1)
    const gateway = await scene.openGateway('gw', { maxBytes: 8 * 1024 * 1024, segmentBytes: 16 * 1024 })
    await gateway.stream(stored + 1, 100)
    await gateway.drained()
    return {
      injected: harmed > 0,
      proof: `${rounds} damaged copies, ${harmed} of them lost ${lost} records and declared each; one more (${last}) sent to the cloud`,
      verdict: withProblems(await scene.judge({ allowed: { givingUp: true } }), problems.slice(0, 5)),
    }
  } finally {
    await scene.close()
  }
}

function flipBits(directory: string, { random }: Scene, round: number): string {
  const names = readdirSync(directory).filter((name) => name !== 'lock')
  const told: string[] = []
  for (let flip = 0; flip <= round % 4; flip += 1) {
    const segments = segmentsIn(directory)
    // The last round goes up the street: it must cost something.
    const from = round % 4 === 3 ? segments : names
    const name = from[Math.floor(random() * from.length)] ?? ''
    const bytes = readFileSync(join(directory, name))
    const at = Math.floor(random() * bytes.length)
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << Math.floor(random() * 8)), at)
    writeFileSync(join(directory, name), bytes)
    told.push(`${name} at ${at}`)
  }
  return `flipped ${told.join(', ')}`
}

function tear(directory: string, { random }: Scene, round: number): string {
  const name = segmentsIn(directory).at(-1) ?? ''
  const path = join(directory, name)
  const { length } = readFileSync(path)
  const at = Math.max(1, length - 1 - Math.floor(random() * 4096))
  if (round % 2 === 1) {
    truncateSync(path, at)
    return `${name} cut at ${at} of ${length}`
  }
  const bytes = readFileSync(path)
  bytes.fill(0, at)
  writeFileSync(path, bytes)
  return `${name} zero from ${at} of ${length}`
}

/** F25: a gateway is re-imaged: another epoch, and its numbers begin at 1 again. */
async function wiped({ seed }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed })
  try {
    const directory = join(scene.directory, 'gw-spool')
    const epochs: string[] = []
    for (const from of [1, 501]) {
      const gateway = await scene.openGateway('gw')
      epochs.push(gateway.spool.epoch)
      await gateway.stream(from, 500)
      await gateway.drained()
      await gateway.close()
      if (from === 1) rmSync(directory, { recursive: true })
    }
    return {
      injected: epochs[0] !== epochs[1],
      proof: 'rm -rf of the spool; a second epoch with the same numbers was taken whole',
      verdict: await scene.judge(),
    }
  } finally {
    await scene.close()
  }
}

/** F26: somebody installs an older version over a spool of tomorrow. */
async function newerFormat({ seed }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed })
  try {
    const { feeder, config, spoolDirectory } = await scene.withReaders('gw')
    const first = scene.startEdge(config)
    await scene.heard(feeder, 1, 200)
    await first.stop()
    const name = segmentsIn(spoolDirectory).at(-1) ?? ''
    const path = join(spoolDirectory, name)
    const before = readFileSync(path)
    const newer = Buffer.from(before)
    newer.writeUInt32LE(99, 8)
    newer.writeUInt32LE(crc32(newer.subarray(0, 12)), 12)
    writeFileSync(path, newer)
    const fingerprint = () => createHash('sha256').update(readFileSync(path)).digest('hex')
    const intended = fingerprint()
    await scene.say(feeder, 201, 100)
    const refused = scene.startEdge(config)
    refused.planned = true
    const exitCode = await refused.exited
    const problems = [
      exitCode === 0 && 'it started on a spool of a newer version',
      fingerprint() !== intended && 'it changed a file of a newer version',
      !/newer version/.test(refused.output()) && `it did not say why: ${refused.output().slice(-200)}`,
    ]
    writeFileSync(path, before)
    scene.startEdge(config)
    await scene.say(feeder, 301, 100)
    await scene.arrived(400)
    return {
      injected: true,
      proof: `format 99 in ${name}; exit code ${exitCode}, file untouched; with the file as it was all went on`,
      verdict: withProblems(await scene.judge({ spools: [{ gateway: 'gw', directory: spoolDirectory }] }), problems),
    }
  } finally {
    await scene.close()
  }
}

export const spoolDamageCases: readonly FaultCase[] = [
  {
    fault: 'F23',
    title: 'bits flip in the files of a closed spool: the rest is salvaged, the loss declared exactly',
    tier: 'commit',
    run: (options) => damaged(options, options.tier === 'full' ? 600 : 60, flipBits),
  },
  {
    fault: 'F24',
    title: 'the newest file of the spool is cut or zeroed anywhere in its last 4 KiB',
    tier: 'commit',
    run: (options) => damaged(options, options.tier === 'full' ? 600 : 60, tear),
  },
  { fault: 'F25', title: 'the spool is wiped: a new epoch, accepted', tier: 'commit', run: wiped },
  {
    fault: 'F26',
    title: 'the spool is of a newer version: refused with a reason, every file kept',
    tier: 'commit',
    needs: ['mosquitto'],
    run: newerFormat,
  },
]
