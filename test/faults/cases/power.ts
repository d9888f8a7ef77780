import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { until } from '../../support/until.ts'
import { readDiskTrace, type TracedCall, underDiskTrace } from '../disk-trace.ts'
import type { FaultCase, Outcome, RunOptions } from '../fault-case.ts'
import { withProblems } from '../fault-case.ts'
import type { Promised } from '../oracle.ts'
import { type Files, filesAfterPowerCut, type Mercy } from '../power-cut.ts'
import { openScene, type Scene } from '../scene.ts'
import { brokenAfterCut, isOnDisk, putFiles } from '../spool-after-cut.ts'
import { spoolerGroup } from '../spooler.ts'
import { leftUnsure, startSpooler } from '../spooler-life.ts'

const mercies: readonly Mercy[] = ['none', 'torn', 'scattered']

/**
 * F3: strace writes down every write, sync and change of names; from that record the disk is put together as a power
 * cut leaves it, and the same gateway, and then the same cloud, go on from there. Beside those cuts that are lived
 * through, the spool is opened on the disks of many others, at any call of the record.
 */
async function powerCuts({ seed, tier, note }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed })
  try {
    const [gatewayCuts, cloudCuts, looks] = tier === 'full' ? [12, 8, 60] : [3, 2, 20]
    const directory = join(scene.directory, 'gw-spool')
    const secret = await scene.admit('gw')
    const problems: string[] = []
    let [next, looked, dropped, kills] = [1, 0, 0, 0]
    mkdirSync(directory)

    for (let round = 0; round < gatewayCuts; round += 1) {
      const initial = filesIn(directory)
      const trace = join(scene.directory, `disk-${round}`)
      const spooler = startSpooler(scene, { secret, from: next, count: 100_000, under: underDiskTrace(trace) })
      const cutAfter = 20 + Math.floor(scene.random() * 120)
      await until('it has stored some', () => spooler.taken >= cutAfter, { everyMs: 2, withinMs: 60_000 })
      await spooler.kill()
      kills += 1
      next = leftUnsure(scene, next, spooler.taken)
      const calls = readDiskTrace(readFileSync(trace, 'utf8'), directory)
      for (let look = 0; look < looks; look += 1) {
        const upTo = Math.floor(scene.random() * calls.length)
        const mercy = mercies[look % mercies.length] ?? 'none'
        const files = filesAfterPowerCut(initial, calls.slice(0, upTo), { mercy, random: scene.random })
        problems.push(
          ...(await wrongAfter(scene, files, calls.slice(0, upTo), directory)).map(
            (one) => `cut at call ${upTo} of life ${round} (${mercy}): ${one}`,
          ),
        )
        looked += 1
      }
      const mercy = mercies[round % mercies.length] ?? 'none'
      const files = filesAfterPowerCut(initial, calls, { mercy, random: scene.random })
      dropped += differing(filesIn(directory), files)
      putFiles(directory, directory, files)
      note(`gateway: ${round + 1} of ${gatewayCuts} cuts`)
    }

    const gateway = await scene.openGateway('gw', {
      segmentBytes: 8 * 1024,
      keepAckedBytes: 0,
      maxBytes: 4 * 1024 * 1024,
    })
    const data = scene.street.dataDirectory
    await scene.cloud.stop()
    for (let round = 0; round < cloudCuts; round += 1) {
      const initial = filesIn(data)
      const trace = join(scene.directory, `disk-cloud-${round}`)
      const cloud = await scene.startCloud(underDiskTrace(trace))
      const killAtMs = performance.now() + 500 + scene.random() * 1500
      while (performance.now() < killAtMs) {
        await gateway.stream(next, 5 * spoolerGroup, 5)
        next += 5 * spoolerGroup
      }
      await cloud.kill()
      kills += 1
      await delay(50) // strace writes its last lines
      const calls = readDiskTrace(readFileSync(trace, 'utf8'), data)
      const mercy = mercies[round % mercies.length] ?? 'none'
      const files = filesAfterPowerCut(initial, calls, { mercy, random: scene.random })
      dropped += differing(filesIn(data), files)
      putFiles(data, data, files)
      note(`cloud: ${round + 1} of ${cloudCuts} cuts`)
    }
    await scene.startCloud()
    await gateway.stream(next, 100)
    await gateway.drained()
    return {
      injected: dropped > 0,
      proof: `power cut ${gatewayCuts} times at the gateway and ${cloudCuts} times at the cloud, disks put together from strace's record of writes and syncs; ${dropped} files were not what they had been without it; ${looked} more cuts of the spool looked into`,
      verdict: withProblems(
        await scene.judge({ anew: true, spools: [{ gateway: 'gw', directory }] }),
        problems.slice(0, 5),
      ),
      kills,
    }
  } finally {
    await scene.close()
  }
}

/** Broken promises of the spool on such a disk. */
function wrongAfter(scene: Scene, files: Files, calls: readonly TracedCall[], directory: string): Promise<string[]> {
  const copy = join(scene.directory, 'copy')
  putFiles(directory, copy, files)
  const promised = calls.flatMap((call) => (call.kind === 'said' ? promisesIn(call.text) : []))
  const told = promised.map(({ n, ...promise }) => ({ ...promise, record: scene.truth.of(n).record }))
  return brokenAfterCut(copy, told, scene)
}

function promisesIn(text: string): Omit<Promised, 'gateway'>[] {
  return [...text.matchAll(/^promised (\w+) (\d+) (\d+) (\d+)$/gm)].flatMap(([, epoch = '', first, n, count]) =>
    Array.from({ length: Number(count) }, (_, i) => ({ epoch, sequence: Number(first) + i, n: Number(n) + i })),
  )
}

function filesIn(directory: string): Files {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile() && isOnDisk(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name))
  return new Map(paths.map((path) => [path, readFileSync(path)]))
}

function differing(one: Files, other: Files): number {
  const paths = new Set([...one.keys(), ...[...other.keys()].filter(isOnDisk)])
  return [...paths].filter((path) => one.get(path)?.equals(other.get(path) ?? Buffer.alloc(0)) !== true).length
}

export const powerCases: readonly FaultCase[] = [
  {
    fault: 'F3',
    title: 'power loss at the gateway and at the cloud: what was not synced is gone, dropped, torn or scattered',
    tier: 'full',
    needs: ['strace'],
    run: powerCuts,
  },
]
