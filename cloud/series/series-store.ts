/** What sensors and read points said. */
export type RawMeasurement = 'condition' | 'read' | 'passage'
/** Conditions summed up by minute, quarter of an hour and hour; computed by us and overwritten when late data comes. */
export type RollUpMeasurement = 'condition_1m' | 'condition_15m' | 'condition_1h'
export type Measurement = RawMeasurement | RollUpMeasurement

/** All that tells one series from another. An EPC never does. */
export interface SeriesName {
  readonly measurement: Measurement
  readonly site: string
  readonly gateway: string
  /** Sensor id or read point id. */
  readonly source: string
}

/** One point: one instant of one sensor (its quantities are fields), or one observation at one read point. */
export interface Point extends SeriesName {
  /** Unix ms. */
  readonly at: number
  /** 0–999,999 nanoseconds within the millisecond: `sequence mod 10⁶` for observations, 0 for measurements. */
  readonly nanos: number
  /** One type per field name for life: numbers are floats, text is text. */
  readonly fields: Readonly<Record<string, number | string>>
}

export interface Rejection {
  readonly index: number
  readonly reason: string
}

export interface RangeQuery {
  readonly site: string
  readonly sensor: string
  readonly quantity: string
  /** Inclusive, Unix ms. */
  readonly fromMs: number
  /** Exclusive. */
  readonly toMs: number
  /** Bucket width; undefined = raw values. Buckets are aligned to the Unix epoch. */
  readonly everyMs?: number
  readonly limit: number
}

export interface PointsQuery extends SeriesName {
  /** Inclusive, Unix ms. */
  readonly fromMs: number
  /** Exclusive. */
  readonly toMs: number
  /** Only these; points without any of them are left out. Unless told: all. */
  readonly fields?: readonly string[]
  readonly limit: number
}

/** What is older than this, of one measurement at one site. */
export interface Expired {
  readonly measurement: Measurement
  readonly site: string
  readonly beforeMs: number
}

export interface Bucket {
  /** Instant of the value, or start of the bucket. */
  readonly at: number
  readonly count: number
  readonly min: number
  readonly max: number
  readonly mean: number
  readonly last: number
}

export interface ReadCount {
  /** Distinct EPCs in the range. */
  readonly epcs: number
  /** Tag reads: the sum of `count`. */
  readonly reads: number
  /** Points. */
  readonly observations: number
}

/** Where history lives. Every adapter passes test/contracts/series-store.ts. */
export interface SeriesStore {
  readonly kind: 'sqlite' | 'influx1' | 'influx2'
  /**
   * Resolves once the points would survive a crash. The same (measurement, site, gateway, source, at, nanos) twice
   * keeps the later fields, so a retry is harmless. Returned points can never be stored: set them aside. Worth
   * retrying → throws a retryable Fault.
   */
  write(points: readonly Point[], signal: AbortSignal): Promise<readonly Rejection[]>
  /** Oldest first; at most `limit`. Buckets without a value are left out. Pools the gateways of a sensor. */
  range(query: RangeQuery, signal: AbortSignal): Promise<readonly Bucket[]>
  /** Points of one series as they were written, oldest first; at most `limit`. */
  points(query: PointsQuery, signal: AbortSignal): Promise<readonly Point[]>
  /** All series that have points. */
  series(signal: AbortSignal): Promise<readonly SeriesName[]>
  /**
   * Removes a little of what has expired, so that nobody waits for it; true: there may be more. What shares a block with
   * younger points stays until those have expired too.
   */
  remove(expired: Expired, signal: AbortSignal): Promise<boolean>
  /** Counts tag reads of a site in a time range. */
  countReads(site: string, fromMs: number, toMs: number, signal: AbortSignal): Promise<ReadCount>
  /** Answers, or throws a Fault `not-reachable`. */
  ping(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}
