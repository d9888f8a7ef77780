import { type NumberedSeries, SensorRollUp, type SeriesHour } from './roll-up.ts'
import type { RollUpLedger } from './roll-up-ledger.ts'
import { flawOf } from './schema.ts'
import type { Measurement, Point, SeriesName } from './series-store.ts'
import { hourMs } from './tiers.ts'

/** A newest value, with who told of it. */
export interface LatestValue {
  readonly sensor: string
  readonly gateway: string
  readonly quantity: string
  readonly at: number
  readonly value: number
}

export interface RollUpOptions {
  /** Series that one site may have. */
  readonly seriesPerSite: number
}

/** Hours end when the journal is so much further, even if nothing newer came. */
const graceMs = 5 * 60_000
/** As long as something comes into an hour, it is neither ended nor summed up anew. */
const quietMs = 60_000
const tickMs = 1000
/** Found in one look; the next one finds the others. */
const mostDue = 1000

export type RollUps = ReturnType<typeof openRollUps>

/**
 * The roll-ups of all sensors, and which series there are. What it is given counts as written when `save` was called
 * within the transaction that wrote it; after one that failed: open it anew. Time is the journal's.
 */
export function openRollUps(ledger: RollUpLedger, { seriesPerSite }: RollUpOptions) {
  const rolledFrom = ledger.rolledFrom()
  const places = new Map<string, Map<string, Entry>>()
  const counts = new Map<string, number>()
  const sensors: SensorRollUp[] = []
  /** Hours that are not in the roll-ups, and when something last came into each. */
  const marks = new Map<NumberedSeries, Map<number, number>>()
  const unsaved: Unsaved = { added: [], begun: [], marked: [], unmarked: [], told: new Set() }
  /** The last place of each measurement: points of one gateway come together. */
  const lastPlaces = new Map<Measurement, { readonly name: SeriesName; readonly entries: Map<string, Entry> }>()
  let greatestId = 0
  let now = Number.NEGATIVE_INFINITY
  let tickedAt = Number.NEGATIVE_INFINITY
  let due: SeriesHour[] = []

  const byId = new Map<number, NumberedSeries>()
  for (const { newestHour, latest, ...series } of ledger.known()) {
    byId.set(series.id, series)
    const sensor = know(series)
    if (sensor === undefined) continue
    if (newestHour >= 0) sensor.resume(newestHour)
    for (const [quantity, value] of Object.entries(latest)) sensor.setLatest(quantity, value)
  }
  for (const { id, hour } of ledger.unrolled()) {
    const series = byId.get(id)
    if (series !== undefined) hoursOf(series).set(hour, Number.NEGATIVE_INFINITY)
  }

  function know(series: NumberedSeries): SensorRollUp | undefined {
    const sensor = series.measurement === 'condition' ? new SensorRollUp(series) : undefined
    entriesAt(series).set(series.source, { series, sensor })
    counts.set(series.site, (counts.get(series.site) ?? 0) + 1)
    greatestId = Math.max(greatestId, series.id)
    if (sensor !== undefined) sensors.push(sensor)
    return sensor
  }

  function entriesAt(name: SeriesName): Map<string, Entry> {
    const { measurement, site, gateway } = name
    const last = lastPlaces.get(measurement)
    if (last !== undefined && last.name.gateway === gateway && last.name.site === site) return last.entries
    const key = `${measurement}/${site}/${gateway}` // no identifier holds a slash
    const entries = places.get(key) ?? new Map<string, Entry>()
    places.set(key, entries)
    lastPlaces.set(measurement, { name, entries })
    return entries
  }

  function hoursOf(series: NumberedSeries): Map<number, number> {
    const hours = marks.get(series) ?? new Map<number, number>()
    marks.set(series, hours)
    return hours
  }

  function mark(series: NumberedSeries, hour: number): void {
    if (hour < rolledFrom) return
    const hours = hoursOf(series)
    if (!hours.has(hour)) unsaved.marked.push({ series, hour })
    hours.set(hour, now)
  }

  function unmark(series: NumberedSeries, hour: number): void {
    if (marks.get(series)?.delete(hour) === true) unsaved.unmarked.push({ series, hour })
  }

  /** The hour of a sensor is in `rows` completely; or it stays marked. */
  function ended(sensor: SensorRollUp, hour: number, wasWhole: boolean): void {
    unsaved.told.add(sensor)
    if (wasWhole && hour >= 0) unmark(sensor.series, hour)
  }

  return {
    /**
     * Takes in a point; `rows` takes the roll-ups that it completes. Hands back why the point cannot be stored: a series
     * too many. One that has a flaw is not taken in: who writes it will say so.
     */
    take(point: Point, rows: Point[]): string | undefined {
      let entry = entriesAt(point).get(point.source)
      if (entry === undefined) {
        if (flawOf(point) !== undefined) return undefined
        if ((counts.get(point.site) ?? 0) >= seriesPerSite) return 'over the series budget'
        const { measurement, site, gateway, source } = point
        const series = { id: greatestId + 1, measurement, site, gateway, source }
        unsaved.added.push(series)
        entry = { series, sensor: know(series) }
      }
      const { series, sensor } = entry
      if (sensor === undefined) return undefined
      const { hour, isWhole } = sensor
      sensor.heardAt = now
      const change = sensor.add(point, rows)
      if (change === 'begun') {
        ended(sensor, hour, isWhole)
        mark(series, sensor.hour)
        unsaved.begun.push({ series, hour: sensor.hour })
      } else if (change === 'late') mark(series, point.at - (point.at % hourMs))
      return undefined
    },

    /** A point that was taken in could not be stored after all. */
    distrust(point: Point): void {
      const sensor = entriesAt(point).get(point.source)?.sensor
      if (sensor === undefined) return
      const hour = point.at - (point.at % hourMs)
      if (hour === sensor.hour) sensor.isWhole = false
      mark(sensor.series, hour)
    },

    /** What is taken in from now on was recorded then. */
    advance(recordedAt: number): void {
      now = Math.max(now, recordedAt)
    },

    /** Hours of sensors that fell silent end. */
    tick(rows: Point[]): void {
      if (now < tickedAt + tickMs) return
      tickedAt = now
      for (const sensor of sensors) {
        const { series, hour, isWhole } = sensor
        if (!isWhole || !isOver(sensor, hour) || marks.get(series)?.has(hour) !== true) continue
        sensor.endHour(rows)
        ended(sensor, hour, true)
      }
      due = dueNow()
    },

    /** Hours that can be summed up from what is stored; at most `limit`, each handed out once. */
    takeDue: (limit: number): readonly SeriesHour[] => due.splice(0, limit),

    /** The hour is in the roll-ups now. */
    rolled({ series, hour }: SeriesHour, points: readonly Point[]): void {
      unmark(series, hour)
      const sensor = entriesAt(series).get(series.source)?.sensor
      if (sensor === undefined) return
      // Later in the hour than what was told is late all the same: it is not in these roll-ups.
      if (sensor.hour === hour) sensor.resume(hour)
      for (const { at, fields } of points)
        for (const name in fields) sensor.setLatest(name, { at, value: Number(fields[name]) })
      unsaved.told.add(sensor)
    },

    /** Writes down what has changed, within the transaction of the points. */
    save(): void {
      for (const series of unsaved.added.splice(0)) ledger.add(series.id, series)
      for (const begun of unsaved.begun.splice(0)) ledger.begin(begun)
      // A mark that was set and taken away again since the last time is gone either way.
      for (const marked of unsaved.marked.splice(0)) ledger.mark(marked)
      for (const { series, hour } of unsaved.unmarked.splice(0))
        if (marks.get(series)?.has(hour) !== true) ledger.unmark({ series, hour })
      for (const sensor of unsaved.told) ledger.latest(sensor.series, Object.fromEntries(sensor.latest()))
      unsaved.told.clear()
    },

    /** Newest values of all sensors are to be written down with the next `save`. */
    tellAll(): void {
      for (const sensor of sensors) unsaved.told.add(sensor)
    },

    /** Newest values by event time, of all sensors of a site. */
    *latest(site: string): Generator<LatestValue> {
      for (const sensor of sensors) {
        const { gateway, source } = sensor.series
        if (sensor.series.site !== site) continue
        for (const [quantity, { at, value }] of sensor.latest()) yield { sensor: source, gateway, quantity, at, value }
      }
    },

    /** Gateways that ever told of a sensor. */
    seriesOf(site: string, sensor: string): readonly NumberedSeries[] {
      return sensors
        .filter(({ series }) => series.site === site && series.source === sensor)
        .map(({ series }) => series)
    },

    /** What lies before it is in no roll-up. */
    rolledFrom,

    /** Hours of these series within a range that are not in the roll-ups, in order of time. */
    unrolled(series: readonly NumberedSeries[], fromMs: number, toMs: number): readonly number[] {
      const hours = new Set<number>()
      for (const one of series)
        for (const hour of marks.get(one)?.keys() ?? []) if (hour + hourMs > fromMs && hour < toMs) hours.add(hour)
      return [...hours].sort((a, b) => a - b)
    },

    /** Series of every site. */
    counts: counts as ReadonlyMap<string, number>,
  }

  /** Nothing more is expected in this hour, unless it is late. */
  function isOver({ heardAt, hour: newest }: SensorRollUp, hour: number): boolean {
    return hour + hourMs + graceMs <= now && (hour !== newest || heardAt + quietMs <= now)
  }

  function dueNow(): SeriesHour[] {
    const found: SeriesHour[] = []
    for (const [series, hours] of marks) {
      const sensor = entriesAt(series).get(series.source)?.sensor
      if (sensor === undefined) continue
      for (const [hour, touchedAt] of hours) {
        const isOpen = sensor.hour === hour && sensor.isWhole
        if (!isOpen && isOver(sensor, hour) && touchedAt + quietMs <= now) found.push({ series, hour })
        if (found.length === mostDue) return found
      }
    }
    return found
  }
}

interface Entry {
  readonly series: NumberedSeries
  readonly sensor: SensorRollUp | undefined
}

interface Unsaved {
  readonly added: NumberedSeries[]
  readonly begun: SeriesHour[]
  readonly marked: SeriesHour[]
  readonly unmarked: SeriesHour[]
  readonly told: Set<SensorRollUp>
}
