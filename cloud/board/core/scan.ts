/** What a handheld does with what it scans. All pure: the page asks the server and keeps the state. */
export const scanModes = ['look', 'move', 'count'] as const
export type ScanMode = (typeof scanModes)[number]

/** A thing that was scanned, and where it was believed to be. */
export interface Thing {
  readonly code: string
  readonly name: string
  readonly from: string | null
}

/** A move or count that is being made. Things are held until a slot is known and, in a count, all are scanned. */
export interface ScanJob {
  readonly slot: string | null
  readonly things: readonly Thing[]
}
export const noJob: ScanJob = { slot: null, things: [] }

/** What the server is told: these codes are in this slot from then on. */
export interface Placement {
  readonly slot: string
  readonly codes: readonly string[]
}

export interface ScanStep {
  readonly job: ScanJob
  /** To be sent now; `null` = nothing yet. */
  readonly placement: Placement | null
}

/** Things first, then the slot they go to. A slot without things waits for nothing: nothing is moved. */
export function scannedSlot(mode: ScanMode, job: ScanJob, slot: string): ScanStep {
  if (mode === 'move')
    return job.things.length === 0 ? { job, placement: null } : { job: noJob, placement: placementOf(slot, job.things) }
  if (mode !== 'count') return { job, placement: null }
  // Scanning a slot again, or the next one, ends the count of the one before.
  const placement = job.slot === null ? null : placementOf(job.slot, job.things)
  return { job: job.slot === slot ? noJob : { slot, things: [] }, placement }
}

/** The same thing twice is one thing. */
export function scannedThing(job: ScanJob, thing: Thing): ScanJob {
  return job.things.some(({ code }) => code === thing.code) ? job : { ...job, things: [...job.things, thing] }
}

export function withoutLast(job: ScanJob): ScanJob {
  return { ...job, things: job.things.slice(0, -1) }
}

/** Puts things back where they were believed to be; what was nowhere stays. */
export function undone(things: readonly Thing[]): Placement[] {
  const back = Map.groupBy(
    things.filter(({ from }) => from !== null),
    ({ from }) => from ?? '',
  )
  return [...back].map(([slot, group]) => placementOf(slot, group))
}

function placementOf(slot: string, things: readonly Thing[]): Placement {
  return { slot, codes: things.map(({ code }) => code) }
}
