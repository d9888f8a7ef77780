import { isDeepStrictEqual } from 'node:util'
import { isKind, type KnownRecord, type UnknownRecord } from '../../shared/record.ts'
import { isSame, slotOf, type Truth } from './truth.ts'

type AnyRecord = KnownRecord | UnknownRecord

/** A gateway was told that this happening is stored, under this number. */
export interface Promised {
  readonly gateway: string
  readonly epoch: string
  readonly sequence: number
  readonly n: number
}

/** What a gateway's spool still holds at the end. */
export interface SpoolFound {
  readonly gateway: string
  readonly epoch: string
  readonly next: number
  /** By sequence number; `null` = thinned, or a number that was passed over. */
  readonly records: ReadonlyMap<number, AnyRecord | null>
}

export interface JournalRow {
  readonly gateway: string
  readonly epoch: string
  readonly sequence: number
  readonly record: AnyRecord | null
}

export interface QuarantineRow {
  readonly gateway: string
  readonly epoch: string
  readonly first: number
  readonly last: number
}

export interface ProcessSeen {
  readonly name: string
  readonly output: string
  /** undefined: it was killed, as planned. */
  readonly exitCode: number | null | undefined
  readonly peakRssMb: number
  readonly peakDescriptors: number
}

/** Everything that is known when a fault is over and the street has drained. */
export interface Evidence {
  readonly truth: Truth
  /** Happenings that a gateway confirmed (to a reader, or to its caller). */
  readonly confirmed: ReadonlySet<number>
  /** Handed over, and never confirmed: may be there or not. */
  readonly unconfirmed: ReadonlySet<number>
  readonly promises: readonly Promised[]
  readonly spools: readonly SpoolFound[]
  readonly journal: readonly JournalRow[]
  readonly quarantined: readonly QuarantineRow[]
  readonly stock: {
    readonly itemByEpc: ReadonlyMap<string, { readonly slot: string | null; readonly state: string }>
    /** The newest instant that stock has heard of, Unix ms. */
    readonly now: number
    readonly itemsBySlot: ReadonlyMap<string, number>
    readonly totals: { readonly observations: number; readonly tagReads: number; readonly distinctEpcs: number }
  }
  readonly history: {
    readonly observations: number
    readonly reads: number
    readonly epcs: number
    /** How many tag reads each point tells of, by `pointOf`; undefined where there are too many to be told one by one. */
    readonly points: ReadonlyMap<string, number> | undefined
    /** Value by instant, by sensor. */
    readonly values: ReadonlyMap<string, ReadonlyMap<number, number>>
    /** Points that the store could never take. */
    readonly setAside: number
  }
  /** Read models that say something else when they are built anew from the journal. */
  readonly otherwiseAnew: readonly string[]
  readonly processes: readonly ProcessSeen[]
  readonly allowed: Allowed
}

export interface Allowed {
  /** Records may be given up, with a gap or a quarantine entry each. Where nothing forces that, declaring is losing. */
  readonly givingUp: boolean
  /**
   * So often a read may come again under a number of its own: what a killed gateway had not confirmed, the site's
   * broker delivers once more. It is the reader's message that is repeated, not an effect.
   */
  readonly redeliveries: number
  /** Points that may be set aside by the series store, with an entry each. */
  readonly setAside: number
  /** Exit codes other than 0 that were provoked. */
  readonly exitCodes: readonly number[]
  /** Descriptors that a process may have open. */
  readonly descriptors: number
}

/** A tag read as history keeps it; of one whose time was set right later, the time is its own affair. */
export function pointOf(readPoint: string, epc: string, at: number | undefined): string {
  return `${epc} at ${readPoint}${at === undefined ? '' : `, ${at}`}`
}

/** Peaks that no fault may drive a process over. */
export const bounds = { rssMb: 400, descriptors: 160 }

export const nothingAllowed: Allowed = {
  givingUp: false,
  redeliveries: 0,
  setAside: 0,
  exitCodes: [],
  descriptors: bounds.descriptors,
}

export interface Peaks {
  readonly rssMb: number
  readonly descriptors: number
}

export const highest = (all: readonly Peaks[]): Peaks => ({
  rssMb: Math.max(0, ...all.map(({ rssMb }) => rssMb)),
  descriptors: Math.max(0, ...all.map(({ descriptors }) => descriptors)),
})

export interface Verdict {
  /** Records in the journal that gateways sent. */
  readonly records: number
  /** Confirmed, not in the journal, and not declared. */
  readonly lost: number
  /** In the journal, in stock or in history more often than it happened. */
  readonly duplicated: number
  /** Given up and declared. */
  readonly declared: number
  /** The most that any process took. */
  readonly peaks: Peaks
  /** One sentence for each broken promise; empty = it held. */
  readonly problems: readonly string[]
}

/** The one judge of all faults: nothing lost, nothing twice, nothing invented, nothing out of bounds. */
export function judge(evidence: Evidence): Verdict {
  const { truth, journal, allowed } = evidence
  const problems: string[] = []
  let lost = 0
  let duplicated = 0

  // Sequence by sequence: each number stands in the journal once, without holes that nobody declared.
  const byEpoch = Map.groupBy(journal, ({ gateway, epoch }) => `${gateway}/${epoch}`)
  const stored = new Map<string, AnyRecord | null>()
  const declared = declaredRanges(evidence)
  for (const [key, rows] of byEpoch) {
    let highest = 0
    for (const { sequence, record } of rows) {
      const name = `${key}/${sequence}`
      if (stored.has(name)) {
        duplicated += 1
        problems.push(`sequence number ${name} stands in the journal twice`)
      }
      stored.set(name, record)
      highest = Math.max(highest, sequence)
    }
    for (let sequence = 1; sequence <= highest; sequence += 1) {
      if (!stored.has(`${key}/${sequence}`) && !declared.covers(key, sequence))
        problems.push(`sequence number ${key}/${sequence} is missing and nobody declared it`)
    }
  }

  // What the gateway promised is what the journal holds.
  let givenUp = 0
  for (const { gateway, epoch, sequence, n } of evidence.promises) {
    const record = stored.get(`${gateway}/${epoch}/${sequence}`) ?? null
    if (record !== null) {
      if (!isSame(truth.of(n).record, record))
        problems.push(`number ${sequence} of ${gateway} was promised to be happening ${n} and is another record`)
    } else if (declared.covers(`${gateway}/${epoch}`, sequence)) givenUp += 1
    else problems.push(`happening ${n}, promised as number ${sequence} of ${gateway}, is not in the journal`)
  }
  for (const { gateway, epoch, next, records } of evidence.spools) {
    const key = `${gateway}/${epoch}`
    for (let sequence = 1; sequence < next; sequence += 1) {
      if (!stored.has(`${key}/${sequence}`) && !declared.covers(key, sequence))
        problems.push(`number ${sequence} of ${gateway} was accepted by its spool and is not in the journal`)
    }
    for (const [sequence, record] of records) {
      if (record !== null && !isDeepStrictEqual(record, stored.get(`${key}/${sequence}`) ?? null))
        problems.push(`number ${sequence} of ${gateway} is one record in its spool and another in the journal`)
    }
  }
  if (declared.count > 0 && !allowed.givingUp)
    problems.push(`${declared.count} records are declared lost, and nothing forced that`)
  if (givenUp > declared.count) problems.push(`${givenUp} records were given up, ${declared.count} declared`)

  // Happening by happening.
  const seen = new Map<number, number>()
  const points = {
    reads: 0,
    observations: 0,
    epcs: new Set<string>(),
    told: new Map<string, number>(),
    values: new Map<string, Map<number, number | undefined>>(),
  }
  for (const { record } of journal) {
    if (record === null) continue
    if (isKind(record, 'observation')) {
      points.observations += 1
      points.reads += record.count
      points.epcs.add(record.epc)
      const point = pointOf(record.readPoint, record.epc, truth.options.withoutClock ? undefined : record.at)
      points.told.set(point, (points.told.get(point) ?? 0) + record.count)
    } else if (isKind(record, 'measurement')) {
      const instants = points.values.get(record.sensor) ?? new Map()
      points.values.set(record.sensor, instants.set(record.at, record.values['temperature']))
    } else continue
    const n = truth.numberOf(record)
    if (n === undefined || !(evidence.confirmed.has(n) || evidence.unconfirmed.has(n)))
      problems.push(`the journal tells of what never happened: ${JSON.stringify(record)}`)
    else seen.set(n, (seen.get(n) ?? 0) + (isKind(record, 'observation') ? record.count : 1))
  }
  for (const n of evidence.confirmed) if (!seen.has(n)) lost += 1
  if (lost > declared.count) problems.push(`${lost} happenings are missing, only ${declared.count} are declared`)
  lost = Math.max(0, lost - declared.count)
  for (const [n, times] of seen) {
    if (times <= 1 + allowed.redeliveries) continue
    duplicated += 1
    problems.push(`happening ${n} came ${times} times`)
  }

  // Stock: an independent few lines against the projection.
  const reads = new Map<string, { readonly at: number; readonly slot: string; readonly times: number }[]>()
  for (const [n, times] of seen) {
    const { record } = truth.of(n)
    if (record.kind !== 'observation') continue
    const known = reads.get(record.epc) ?? []
    if (known.length === 0) reads.set(record.epc, known)
    known.push({ at: record.at, slot: slotOf(record.readPoint), times })
  }
  const presentBySlot = new Map<string, number>()
  for (const [epc, known] of reads) {
    const told = evidence.stock.itemByEpc.get(epc)
    const { slots, states } = expected(known, evidence.stock.now)
    if (!slots.includes(told?.slot ?? ''))
      problems.push(`${epc} is in ${slots.join(' or ')}; stock says ${told?.slot ?? null}`)
    else if (!states.includes(told?.state ?? ''))
      problems.push(`${epc} is ${states.join(' or ')}; stock says ${told?.state}`)
    if (told?.slot != null && inStock.includes(told.state))
      presentBySlot.set(told.slot, (presentBySlot.get(told.slot) ?? 0) + 1)
  }
  if (evidence.stock.itemByEpc.size !== reads.size)
    problems.push(`stock knows ${evidence.stock.itemByEpc.size} items, there are ${reads.size}`)
  for (const slot of new Set([...presentBySlot.keys(), ...evidence.stock.itemsBySlot.keys()])) {
    const [told, present] = [evidence.stock.itemsBySlot.get(slot) ?? 0, presentBySlot.get(slot) ?? 0]
    if (told !== present) problems.push(`slot ${slot} holds ${present}; stock says ${told}`)
  }
  if (truth.options.stepMs === 0 && reads.size !== seen.size) problems.push('reads of one instant fell together')

  // Effects once: what stock and history counted is what the journal holds.
  const counted = (what: string, told: number, expected: number) => {
    if (told === expected) return
    if (told > expected) duplicated += told - expected
    problems.push(`${what}: counted ${told}, the journal holds ${expected}`)
  }
  const { totals } = evidence.stock
  counted('observations in stock', totals.observations, points.observations)
  counted('tag reads in stock', totals.tagReads, points.reads)
  counted('tags in stock', totals.distinctEpcs, points.epcs.size)
  const { history } = evidence
  counted('observations in history', history.observations, points.observations)
  counted('tag reads in history', history.reads, points.reads)
  counted('tags in history', history.epcs, points.epcs.size)
  if (history.points !== undefined) {
    for (const point of new Set([...history.points.keys(), ...points.told.keys()]))
      counted(`reads of ${point} in history`, history.points.get(point) ?? 0, points.told.get(point) ?? 0)
  }
  let valuesShort = 0
  for (const sensor of new Set([...points.values.keys(), ...history.values.keys()])) {
    const [inHistory, inJournal] = [history.values.get(sensor), points.values.get(sensor)]
    for (const [at, value] of inHistory ?? []) {
      const expected = inJournal?.get(at)
      if (value !== expected)
        problems.push(`history says ${sensor} was ${value} at ${at}; the journal says ${expected ?? 'nothing'}`)
    }
    const [told, expected] = [inHistory?.size ?? 0, inJournal?.size ?? 0]
    if (told < expected && history.setAside > 0) valuesShort += expected - told
    else counted(`values of ${sensor} in history`, told, expected)
  }
  if (valuesShort > history.setAside)
    problems.push(`${valuesShort} values are missing in history, ${history.setAside} are set aside`)
  if (history.setAside > allowed.setAside) problems.push(`${history.setAside} points were set aside`)

  for (const name of evidence.otherwiseAnew)
    problems.push(`${name} says something else when it is built anew from the journal`)
  for (const process of evidence.processes) problems.push(...troubleOf(process, allowed))
  const first = problems.slice(0, 20)
  if (problems.length > first.length) first.push(`… and ${problems.length - first.length} more`)
  const peaks = highest(
    evidence.processes.map(({ peakRssMb: rssMb, peakDescriptors: descriptors }) => ({ rssMb, descriptors })),
  )
  return { records: journal.length, lost, duplicated, declared: declared.count, peaks, problems: first }
}

/** Carried elsewhere, a tag must have been read so often there before stock must say so; until then it may. */
const readsToMove = 12
/** Nothing is held to be gone that was read less long ago. */
const goneAfterMs = 60_000
const inStock: readonly string[] = ['present', 'uncertain']

/** What stock may say of a tag that was read like this. */
function expected(
  reads: readonly { readonly at: number; readonly slot: string; readonly times: number }[],
  now: number,
): { readonly slots: readonly string[]; readonly states: readonly string[] } {
  const inTime = [...reads].sort((a, b) => b.at - a.at)
  const [newest] = inTime
  if (newest === undefined) throw new RangeError('A tag that was never read is expected nowhere.')
  const moved = inTime.findIndex(({ slot }) => slot !== newest.slot)
  const before = inTime[moved]?.slot
  const isSure = before === undefined || moved >= readsToMove
  const isGlimpsed = inTime.reduce((sum, { times }) => sum + times, 0) < 2
  return {
    slots: isSure ? [newest.slot] : [newest.slot, before],
    states: [
      ...(isGlimpsed ? ['glimpsed'] : isSure ? ['present'] : inStock),
      ...(!isGlimpsed && now - newest.at >= goneAfterMs ? ['gone'] : []),
    ],
  }
}

function troubleOf({ name, output, exitCode, peakRssMb, peakDescriptors }: ProcessSeen, allowed: Allowed): string[] {
  const problems: string[] = []
  const cry = /^.*(?:unhandled|uncaught|TypeError|RangeError|ReferenceError|MaxListeners|out of memory).*$/im.exec(
    output,
  )
  if (cry !== null) problems.push(`${name} said: ${cry[0].trim().slice(0, 200)}`)
  if (exitCode !== undefined && exitCode !== 0 && !(exitCode !== null && allowed.exitCodes.includes(exitCode)))
    problems.push(`${name} ended with ${exitCode}: ${output.trim().split('\n').at(-1)?.slice(0, 300)}`)
  if (peakRssMb > bounds.rssMb) problems.push(`${name} took ${Math.round(peakRssMb)} MB`)
  if (peakDescriptors > allowed.descriptors) problems.push(`${name} had ${peakDescriptors} descriptors open`)
  return problems
}

/** What gaps and quarantine entries account for. A gap without numbers speaks for its count alone. */
function declaredRanges({ journal, quarantined }: Evidence) {
  const ranges = new Map<string, (readonly [from: number, to: number])[]>()
  let count = 0
  const add = (key: string, from: number, to: number) => ranges.set(key, [...(ranges.get(key) ?? []), [from, to]])
  for (const { gateway, epoch, record } of journal) {
    if (record === null || !isKind(record, 'gap')) continue
    count += record.count
    if (record.fromSeq !== undefined && record.toSeq !== undefined)
      add(`${gateway}/${epoch}`, record.fromSeq, record.toSeq)
  }
  for (const { gateway, epoch, first, last } of quarantined) {
    count += last - first + 1
    add(`${gateway}/${epoch}`, first, last)
  }
  return {
    count,
    covers: (key: string, sequence: number) =>
      (ranges.get(key) ?? []).some(([from, to]) => from <= sequence && sequence <= to),
  }
}
