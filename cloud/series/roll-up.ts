import type { Point, SeriesName } from './series-store.ts'
import { addSummary, addValue, noSummary, type Summary, tidied } from './summary.ts'
import { hourMs, minuteMs, quarterMs, rollUpPoint, type Tier, tiers } from './tiers.ts'

/** A series as it is known by number. */
export interface NumberedSeries extends SeriesName {
  readonly id: number
}

/** Start of an hour of a series. */
export interface SeriesHour {
  readonly series: NumberedSeries
  readonly hour: number
}

/** The newest value of a quantity by event time. */
export interface Latest {
  readonly at: number
  readonly value: number
}

/**
 * Sums up what one sensor says, value after value in order of time. While it has seen all of an hour, it hands out each
 * minute, quarter and hour as it ends. Once something came late it cannot tell any more and says so: that hour is summed
 * up from what is stored (`rolledUp`), by the very same folds.
 */
export class SensorRollUp {
  readonly series: NumberedSeries
  /** Start of the newest hour; −1: none yet. Everything before it is in the roll-ups, or marked. */
  hour = -1
  /** All of `hour` was seen, in order. */
  isWhole = true
  /** When something was told last, by the journal's clock. */
  heardAt = Number.NEGATIVE_INFINITY
  #minute = -1
  #quarter = -1
  #lastAt = -1
  readonly #quantities = new Map<string, Quantities>()

  constructor(series: NumberedSeries) {
    this.series = series
  }

  /** What was told before is not remembered: up to the end of this hour everything counts as late. */
  resume(hour: number): void {
    this.hour = hour
    this.isWhole = false
    this.#lastAt = hour + hourMs - 1
  }

  /**
   * Adds a point; `rows` takes the roll-ups that ended with it. Hands back what became of its hour: `begun`, if it is
   * the first of a new one, `late`, if it must be summed up from what is stored, undefined if nothing changed.
   */
  add(point: Point, rows: Point[]): 'begun' | 'late' | undefined {
    const { at } = point
    if (at <= this.#lastAt) {
      this.#keepLatest(point)
      if (at >= this.hour) this.isWhole = false
      return 'late'
    }
    let change: 'begun' | undefined
    if (at >= this.#minute + minuteMs || this.#minute < 0) {
      if (at >= this.hour + hourMs || this.hour < 0) {
        this.endHour(rows)
        this.hour = at - (at % hourMs)
        this.isWhole = true
        change = 'begun'
      } else if (at >= this.#quarter + quarterMs) this.#endQuarter(rows)
      else this.#endMinute(rows)
      this.#minute = at - (at % minuteMs)
      this.#quarter = at - (at % quarterMs)
    }
    this.#lastAt = at
    const { fields } = point
    for (const name in fields) {
      let quantity = this.#quantities.get(name)
      if (quantity === undefined) {
        quantity = new Quantities(name)
        this.#quantities.set(name, quantity)
      }
      const value = fields[name] as number
      quantity.latestAt = at
      quantity.latest = value
      addValue(quantity.minute, at, value, quantity.isTemperature)
    }
    return change
  }

  /** Ends the hour before anything newer came; what comes for it afterwards is late. */
  endHour(rows: Point[]): void {
    if (this.hour < 0) return
    this.#endQuarter(rows)
    if (this.isWhole) push(rows, tiers[2], this.series, this.hour, this.#of('hour'))
    for (const quantity of this.#quantities.values()) quantity.hour = noSummary()
    this.#lastAt = Math.max(this.#lastAt, this.hour + hourMs - 1)
    this.#minute = -1
  }

  *latest(): Generator<readonly [quantity: string, Latest]> {
    for (const [name, { latestAt, latest }] of this.#quantities)
      if (latestAt >= 0) yield [name, { at: latestAt, value: latest }]
  }

  /** What is known from elsewhere; the newer counts. */
  setLatest(name: string, { at, value }: Latest): void {
    const quantity = this.#quantities.get(name) ?? new Quantities(name)
    this.#quantities.set(name, quantity)
    if (at < quantity.latestAt) return
    quantity.latestAt = at
    quantity.latest = value
  }

  #keepLatest({ at, fields }: Point): void {
    for (const name in fields) this.setLatest(name, { at, value: fields[name] as number })
  }

  #endMinute(rows: Point[]): void {
    if (this.#minute < 0) return
    if (this.isWhole) push(rows, tiers[0], this.series, this.#minute, this.#of('minute'))
    for (const quantity of this.#quantities.values()) {
      if (quantity.minute.count === 0) continue
      addSummary(quantity.quarter, tidied(quantity.minute))
      quantity.minute = noSummary()
    }
  }

  #endQuarter(rows: Point[]): void {
    this.#endMinute(rows)
    if (this.#quarter < 0) return
    if (this.isWhole) push(rows, tiers[1], this.series, this.#quarter, this.#of('quarter'))
    for (const quantity of this.#quantities.values()) {
      if (quantity.quarter.count === 0) continue
      addSummary(quantity.hour, quantity.quarter)
      quantity.quarter = noSummary()
    }
    this.#quarter = -1
  }

  *#of(span: 'minute' | 'quarter' | 'hour'): Generator<readonly [string, Summary]> {
    for (const [name, quantity] of this.#quantities) yield [name, tidied(quantity[span])]
  }
}

/** Spans of one quantity that are still open, and its newest value. */
class Quantities {
  minute = noSummary()
  quarter = noSummary()
  hour = noSummary()
  latestAt = -1
  latest = 0
  readonly isTemperature: boolean

  constructor(name: string) {
    this.isTemperature = name === 'temperature'
  }
}

function push(
  rows: Point[],
  tier: Tier,
  series: SeriesName,
  at: number,
  summaries: Iterable<readonly [string, Summary]>,
): void {
  const point = rollUpPoint(tier, series, at, summaries)
  if (point !== undefined) rows.push(point)
}

/** All roll-ups of an hour of one series, computed from its points, which are in order of time. */
export function rolledUp(series: NumberedSeries, points: readonly Point[]): readonly Point[] {
  const rows: Point[] = []
  const sensor = new SensorRollUp(series)
  for (const point of points) sensor.add(point, rows)
  sensor.endHour(rows)
  return rows
}
