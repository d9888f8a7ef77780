import { type LlrpParameter, parametersIn } from './llrp-bytes.ts'

/** What a reader understands of a ROSpec that a client gave it. */
export interface RoSpecGiven {
  readonly id: number
  /** As it was given, its state (byte 9) included. */
  readonly bytes: Buffer
  /** 0 = all. */
  readonly antennas: readonly number[]
  /** Row of the table of power levels, by antenna (0 = all); where none is given the reader sends as it is set. */
  readonly powers: ReadonlyMap<number, number>
  /** Starts and ends with an input of the reader. */
  readonly input: { readonly port: number; readonly startsHigh: boolean; readonly longestMs: number } | undefined
  readonly reportEvery: number
  readonly content: ReportContent
}

/** Which parts a report shall have. */
export interface ReportContent {
  readonly antenna: boolean
  readonly rssi: boolean
  readonly firstSeen: boolean
  readonly lastSeen: boolean
  readonly count: boolean
  readonly impinj: { readonly phase: boolean; readonly rssi: boolean; readonly doppler: boolean }
}

const types = {
  gpiTrigger: 181,
  boundary: 178,
  startTrigger: 179,
  stopTrigger: 182,
  aiSpec: 183,
  inventory: 186,
  antennaConfiguration: 222,
  transmitter: 224,
  reportSpec: 237,
  contentSelector: 238,
  custom: 1023,
} as const
const impinj = { vendor: 25882, selector: 50, phase: 52, rssi: 53, doppler: 67 } as const

/** A ROSpec parameter; `undefined` where it has no boundaries or no inventory, as the standard demands. */
export function readRoSpec({ body, whole }: LlrpParameter): RoSpecGiven | undefined {
  if (body.length < 6) return undefined
  const parts = parametersIn(body.subarray(6))
  const boundary = of(parts, types.boundary)
  const ai = of(parts, types.aiSpec)
  if (boundary === undefined || ai === undefined || ai.body.length < 4) return undefined
  const count = ai.body.readUInt16BE(0)
  if (ai.body.length < 2 + 2 * count) return undefined
  const report = of(parts, types.reportSpec)
  return {
    id: body.readUInt32BE(0),
    bytes: Buffer.from(whole),
    antennas: Array.from({ length: count }, (_, i) => ai.body.readUInt16BE(2 + 2 * i)),
    powers: powersOf(parametersIn(ai.body.subarray(2 + 2 * count))),
    input: inputOf(parametersIn(boundary.body)),
    reportEvery: report === undefined || report.body[0] === 0 ? Number.POSITIVE_INFINITY : report.body.readUInt16BE(1),
    content: contentOf(report === undefined ? [] : parametersIn(report.body.subarray(3))),
  }
}

function powersOf(ai: readonly LlrpParameter[]): ReadonlyMap<number, number> {
  const inventory = of(ai, types.inventory)
  const antennas = inventory === undefined ? [] : parametersIn(inventory.body.subarray(3))
  return new Map(
    antennas
      .filter(({ type }) => type === types.antennaConfiguration)
      .flatMap(({ body }): [number, number][] => {
        const transmitter = of(parametersIn(body.subarray(2)), types.transmitter)
        return transmitter === undefined ? [] : [[body.readUInt16BE(0), transmitter.body.readUInt16BE(4)]]
      }),
  )
}

function inputOf(boundary: readonly LlrpParameter[]): RoSpecGiven['input'] {
  const start = of(boundary, types.startTrigger)
  const stop = of(boundary, types.stopTrigger)
  if (start === undefined || start.body[0] !== 3) return undefined
  const begins = of(parametersIn(start.body.subarray(1)), types.gpiTrigger)?.body
  const ends = stop === undefined ? undefined : of(parametersIn(stop.body.subarray(5)), types.gpiTrigger)?.body
  if (begins === undefined) return undefined
  const startsHigh = ((begins[2] ?? 0) & 0x80) !== 0
  return { port: begins.readUInt16BE(0), startsHigh, longestMs: ends?.readUInt32BE(3) ?? 0 }
}

function contentOf(report: readonly LlrpParameter[]): ReportContent {
  const bits = of(report, types.contentSelector)?.body.readUInt16BE(0) ?? 0
  const has = (bit: number) => (bits & (0x8000 >> bit)) !== 0
  const selector = customs(report).find(({ subtype }) => subtype === impinj.selector)
  const finer = selector === undefined ? [] : customs(parametersIn(selector.rest))
  const wants = (subtype: number) => finer.some((one) => one.subtype === subtype && one.rest.readUInt16BE(0) === 1)
  return {
    antenna: has(3),
    rssi: has(5),
    firstSeen: has(6),
    lastSeen: has(7),
    count: has(8),
    impinj: { phase: wants(impinj.phase), rssi: wants(impinj.rssi), doppler: wants(impinj.doppler) },
  }
}

function customs(parameters: readonly LlrpParameter[]): readonly { subtype: number; rest: Buffer }[] {
  return parameters
    .filter(({ type, body }) => type === types.custom && body.length >= 8 && body.readUInt32BE(0) === impinj.vendor)
    .map(({ body }) => ({ subtype: body.readUInt32BE(4), rest: body.subarray(8) }))
}

function of(parameters: readonly LlrpParameter[], type: number): LlrpParameter | undefined {
  return parameters.find((one) => one.type === type)
}
