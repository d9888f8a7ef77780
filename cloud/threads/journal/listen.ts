import { setTimeout as pause } from 'node:timers/promises'
import { type BoardReads, type ReaderName, readerKey } from '../../../shared/board.ts'
import type { Observation } from '../../../shared/record.ts'
import type { SiteMap } from '../../../shared/site-map.ts'
import type { GatewayEntry, Journal } from '../../journal/journal.ts'
import { hear, isAntennaOf, type Preview, toldOf } from '../../tuning/preview.ts'

/** A reader that somebody listens to. */
export interface Listened extends ReaderName {
  readonly site: string
}

export interface ListenSources {
  readonly journal: Pick<Journal, 'tail' | 'read' | 'waitBeyond'>
  readonly map: (site: string) => SiteMap | undefined
  readonly skuOf: (epc: string) => string | null
  /** What changed since it was told last. Must not throw and must not wait. */
  readonly tell: (reads: readonly BoardReads[]) => void
  /** Between two looks at the journal. */
  readonly everyMs?: number
}

/** Reads along with the journal for those who listen to readers. */
export interface Listening {
  /** These readers from now on. None: the journal is not looked at any more. */
  listen(readers: readonly Listened[]): void
  /** Safe to call twice. */
  close(): void
}

/** More than so many records are looked at in the next turn. */
const mostRecords = 10_000

interface Ear extends Listened {
  readonly preview: Preview
  changed: boolean
}

/** Costs nothing while nobody listens. What came late is of another time and is left out. */
export function listenToReaders({ journal, map, skuOf, tell, everyMs = 100 }: ListenSources): Listening {
  let ears = new Map<string, Ear>()
  let following: AbortController | undefined

  async function follow({ signal }: AbortController): Promise<void> {
    let after = journal.tail
    while (!signal.aborted) {
      await journal.waitBeyond(after, signal)
      if (signal.aborted) return
      // Cut off meanwhile, or a disk that cannot be read: what comes next is heard all the same.
      const entries = await journal.read(after, mostRecords).catch(() => undefined)
      if (signal.aborted) return
      after = entries?.at(-1)?.offset ?? journal.tail
      for (const entry of entries ?? []) if (entry.origin === 'gateway' && !entry.late) take(entry)
      const changed = [...ears.values()].filter((ear) => ear.changed)
      for (const ear of changed) ear.changed = false
      if (changed.length > 0) {
        tell(
          changed.map(({ site, gateway, reader, preview }) => ({ site, gateway, reader, ...toldOf(preview, skuOf) })),
        )
      }
      await pause(everyMs, undefined, { signal }).catch(() => {})
    }
  }

  function take({ site, gateway, records }: GatewayEntry): void {
    const hearing = [...ears.values()].filter((ear) => ear.site === site && ear.gateway === gateway)
    if (hearing.length === 0) return
    const points = map(site)?.readPoints.filter((point) => point.gateway === gateway) ?? []
    const mapped = new Map(points.map((point) => [point.id, point]))
    for (const record of records) {
      if (record?.kind !== 'observation') continue
      const observation = record as Observation
      for (const ear of hearing) {
        if (!isAntennaOf(ear.reader, observation.readPoint, mapped)) continue
        hear(ear.preview, observation)
        ear.changed = true
      }
    }
  }

  function stop(): void {
    following?.abort()
    following = undefined
  }

  return {
    listen(readers) {
      const before = ears
      ears = new Map(
        readers.map((one) => {
          const key = `${one.site}/${readerKey(one)}`
          return [key, before.get(key) ?? { ...one, preview: new Map(), changed: false }]
        }),
      )
      if (ears.size === 0) return stop()
      if (following !== undefined) return
      following = new AbortController()
      void follow(following)
    },
    close() {
      ears = new Map()
      stop()
    },
  }
}
