import { join } from 'node:path'
import { until } from '../../support/until.ts'
import { isReadOnly, mountExt4, mountTmpfs } from '../disks.ts'
import type { FaultCase, Outcome, RunOptions } from '../fault-case.ts'
import { withProblems } from '../fault-case.ts'
import { highest, type Verdict } from '../oracle.ts'
import { openScene } from '../scene.ts'

const mib = 1024 * 1024

/** F18: the link is cut, and the spool grows: to its own bound, then to the end of its small disk. */
async function fullBySpool(options: RunOptions): Promise<Outcome> {
  const bounded = await overflow(options, { diskBytes: 32 * mib, maxBytes: 4 * mib })
  const small = await overflow(options, { diskBytes: 6 * mib, maxBytes: 64 * mib })
  const sum = (of: (verdict: Verdict) => number) => of(bounded.verdict) + of(small.verdict)
  return {
    injected: bounded.injected && small.injected,
    proof: `at maxBytes: ${bounded.proof}; at the end of the disk: ${small.proof}`,
    verdict: {
      records: sum(({ records }) => records),
      lost: sum(({ lost }) => lost),
      duplicated: sum(({ duplicated }) => duplicated),
      declared: sum(({ declared }) => declared),
      peaks: highest([bounded.verdict.peaks, small.verdict.peaks]),
      problems: [
        ...bounded.verdict.problems.map((problem) => `at maxBytes: ${problem}`),
        ...small.verdict.problems.map((problem) => `at the end of the disk: ${problem}`),
      ],
    },
  }
}

async function overflow(
  { seed, note }: RunOptions,
  { diskBytes, maxBytes }: { readonly diskBytes: number; readonly maxBytes: number },
): Promise<Outcome> {
  const scene = await openScene({ seed, truth: { tags: 1000 } })
  try {
    const disk = mountTmpfs(join(scene.directory, 'disk'), diskBytes)
    scene.defer(disk.unmount)
    let refusals = 0
    const gateway = await scene.openGateway('gw', {
      directory: join(disk.directory, 'spool'),
      maxBytes,
      segmentBytes: 256 * 1024,
      onRefusal: () => {
        refusals += 1
      },
    })
    await gateway.stream(1, 200)
    await gateway.drained()
    scene.proxy.cut()
    let leastFree = disk.freeBytes
    const count = 45_000
    let stuck: string | undefined
    for (let n = 201; n < count && stuck === undefined; n += 500) {
      const ns = Array.from({ length: Math.min(500, count - n) }, (_, i) => n + i)
      await gateway.store(ns, AbortSignal.timeout(15_000)).catch(() => {
        stuck = `of a full spool with measurements and observations to give up, append ${n} was refused for 15 s`
      })
      leastFree = Math.min(leastFree, disk.freeBytes)
      note(`${n} stored, ${disk.freeBytes} bytes free`)
    }
    scene.proxy.mend()
    await gateway.drained()
    await gateway.stream(count, 200)
    await gateway.drained()
    const declared = gateway.gaps.reduce((sum, gap) => sum + gap.count, 0)
    const verdict = await scene.judge({ allowed: { givingUp: true } })
    return {
      injected: gateway.gaps.length > 0 || stuck !== undefined,
      proof: `${leastFree} of ${diskBytes} bytes left, ${gateway.gaps.length} gap records declare ${declared}, ${refusals} appends refused`,
      verdict: withProblems(verdict, [
        stuck,
        declared !== verdict.declared && `the spool declared ${declared}, the cloud knows of ${verdict.declared}`,
      ]),
    }
  } finally {
    await scene.close()
  }
}

/** F19: somebody else fills the disk under a gateway at work. */
async function fullByOthers({ seed }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed })
  try {
    const disk = mountTmpfs(join(scene.directory, 'disk'), 16 * mib)
    scene.defer(disk.unmount)
    const { feeder, config, spoolDirectory } = await scene.withReaders('gw', {
      spool: { directory: join(disk.directory, 'spool'), maxBytes: 8 * mib },
    })
    const edge = scene.startEdge(config)
    await scene.heard(feeder, 1, 200)
    scene.proxy.cut()
    const empty = disk.fill()
    const free = disk.freeBytes
    for (let n = 201; n <= 8000; n += 300) await scene.say(feeder, n, 300)
    await until('the gateway cannot store', () => /held back|given up/.test(edge.output()))
    const isAlive = edge.isAlive()
    empty()
    scene.proxy.mend()
    await scene.say(feeder, 8001, 200)
    await scene.arrived(8200)
    return {
      injected: free < 64 * 1024,
      proof: `${free} bytes free; the gateway said: ${/"msg":"([^"]*(?:held back|given up)[^"]*)/.exec(edge.output())?.[1] ?? 'held back'}`,
      verdict: withProblems(
        await scene.judge({ allowed: { givingUp: true }, spools: [{ gateway: 'gw', directory: spoolDirectory }] }),
        [!isAlive && 'the gateway died'],
      ),
    }
  } finally {
    await scene.close()
  }
}

/** F22: an I/O error makes ext4 read-only under a gateway at work. */
async function readOnly({ seed }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed })
  try {
    const disk = mountExt4(join(scene.directory, 'disk'), 64 * mib)
    scene.defer(disk.unmount)
    const { feeder, config, spoolDirectory } = await scene.withReaders('gw', {
      spool: { directory: join(disk.directory, 'spool'), maxBytes: 8 * mib },
    })
    let edge = scene.startEdge(config)
    await scene.heard(feeder, 1, 200)
    disk.failReadOnly()
    const wasReadOnly = isReadOnly(disk.directory)
    await scene.say(feeder, 201, 600)
    await until('the gateway tells that it cannot store', () => /held back/.test(edge.output()))
    const said = /"msg":"([^"]*held back[^"]*)/.exec(edge.output())?.[1]
    const isAlive = edge.isAlive()
    await edge.kill()
    disk.repair()
    edge = scene.startEdge(config)
    await scene.say(feeder, 801, 200)
    await scene.arrived(1000)
    return {
      injected: wasReadOnly,
      proof: `mount -o remount,abort: emergency read-only; the gateway said "${said?.replaceAll(spoolDirectory, '<spool>') ?? ''}"`,
      verdict: withProblems(
        await scene.judge({ allowed: { redeliveries: 1 }, spools: [{ gateway: 'gw', directory: spoolDirectory }] }),
        [!isAlive && 'the gateway died of it'],
      ),
      kills: 1,
    }
  } finally {
    await scene.close()
  }
}

export const diskCases: readonly FaultCase[] = [
  {
    fault: 'F18',
    title: 'the spool fills its disk: the least important goes, declared; acks and trimming still work',
    tier: 'commit',
    needs: ['mount'],
    needsRoot: true,
    run: fullBySpool,
  },
  {
    fault: 'F19',
    title: 'other files fill the disk of the gateway: what has to go is declared, the rest waits',
    tier: 'commit',
    needs: ['mount', 'mosquitto'],
    needsRoot: true,
    run: fullByOthers,
  },
  {
    fault: 'F22',
    title: 'the disk of the gateway turns read-only under it',
    tier: 'commit',
    needs: ['mount', 'mkfs.ext4', 'mosquitto'],
    needsRoot: true,
    run: readOnly,
  },
]
