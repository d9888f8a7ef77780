import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import type { Suspect } from '../../edge/gate/judge.ts'
import type { GateRead } from '../../edge/gate/read.ts'
import { seededRandom } from '../../simulators/world/chance.ts'

const root = fileURLToPath(new URL('../../../shared/data/gate-static-vs-moving/', import.meta.url))

/** One recorded run of a real gate and which of its tags moved. */
export interface RecordedRun {
  readonly name: string
  readonly suspects: readonly Suspect[]
  readonly moving: ReadonlySet<string>
}

/** The runs of corentinbouton/RFID-tags-detection: antennas 1 and 2 look outwards, 3 and 4 inwards. None if absent. */
export function recordedRuns(): RecordedRun[] {
  if (!existsSync(`${root}runs`)) return []
  const labelled = (actual: string) =>
    new Set(
      readdirSync(`${root}labels`)
        .filter((file) => file.startsWith(`actual=${actual}`))
        .flatMap((file) => readFileSync(`${root}labels/${file}`, 'utf8').split(/\s+/))
        .filter((epc) => epc !== ''),
    )
  const moving = labelled('moving')
  const known = new Set([...moving, ...labelled('stationary')])
  return readdirSync(`${root}runs`)
    .sort()
    .map((file) => {
      const byEpc = new Map<string, GateRead[]>()
      for (const line of gunzipSync(readFileSync(`${root}runs/${file}`))
        .toString('utf8')
        .split('\n')) {
        const [time, epc, , antenna, level] = line.split(';')
        if (time === undefined || epc === undefined || level === undefined || !known.has(epc)) continue
        const reads = byEpc.get(epc) ?? []
        byEpc.set(epc, reads)
        reads.push({
          at: Date.parse(time.replace(/(\.\d{3})\d*/, '$1')),
          side: Number(antenna) <= 2 ? 'outside' : 'inside',
          antenna: Number(antenna),
          rssiDb: Number(level.replace(',', '.')),
        })
      }
      const suspects = [...byEpc].map(([epc, reads]) => ({ epc, reads: reads.sort((a, b) => a.at - b.at) }))
      return { name: file.replace('.csv.gz', ''), suspects, moving }
    })
}

/** The run as a reader would have told it that heard only a share of the reads, by chance. */
export function thinned(run: RecordedRun, kept: number, seed: number): RecordedRun {
  const random = seededRandom(seed + 1)
  const suspects = run.suspects.map(({ epc, reads }) => ({ epc, reads: reads.filter(() => random() < kept) }))
  return { ...run, suspects: suspects.filter(({ reads }) => reads.length > 0) }
}
