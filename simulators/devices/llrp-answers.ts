import { brief, llrpMessage, long, signed, text, unsigned } from './llrp-bytes.ts'
import type { ReportContent } from './llrp-rospec.ts'

/** What kind of reader is played. */
export interface LlrpModel {
  readonly isImpinj: boolean
  /** Without one it stamps with the time since its start. */
  readonly hasUtcClock: boolean
  readonly antennas: number
  /** It can be told with how much power to send. */
  readonly hasPowerLevels: boolean
  /** It takes no ROSpec that asks for more, whatever its table says. */
  readonly mostDbm: number
}

/** What it sends with at level 1, how much more at the next, and how many there are, dBm. */
const levels = { lowestDbm: 10, stepDbm: 0.25, count: 81 } as const
/** The level that it is set to when it is new: the strongest. */
export const ownLevel = levels.count

/** `undefined`: it has no such level. */
export function dbmOf(level: number): number | undefined {
  return level >= 1 && level <= levels.count ? levels.lowestDbm + (level - 1) * levels.stepDbm : undefined
}

/** A tag as the reader will report it, its clock already read. */
export interface Stamped {
  readonly epc: string
  readonly antenna: number
  readonly rssiDbm: number
  /** Microseconds, since 1970 or since its start. */
  readonly stamp: bigint
  /** 0–4095 of a turn. */
  readonly phase: number
  /** 1/16 Hz. */
  readonly doppler: number
}

const impinjVendor = 25882
const otherVendor = 161 // Motorola, later Zebra

export function statusPart(code = 0, words = ''): Buffer {
  return long(287, unsigned(16, code), text(words))
}

/** READER_EVENT_NOTIFICATION around one event. */
export function eventMessage(head: { id: number; version: number }, model: LlrpModel, stamp: bigint, event: Buffer) {
  const time = long(model.hasUtcClock ? 128 : 129, unsigned(64, stamp))
  return llrpMessage(63, head.id, head.version, long(246, time, event))
}

/** The parameters of GET_READER_CAPABILITIES_RESPONSE behind its status: ETSI, four fixed channels, 10–30 dBm. */
export function capabilityParts(model: LlrpModel): readonly Buffer[] {
  const general = long(
    137,
    unsigned(16, model.antennas),
    unsigned(16, model.hasUtcClock ? 0x4000 : 0),
    unsigned(32, model.isImpinj ? impinjVendor : otherVendor),
    unsigned(32, 2001002),
    text('Harbour simulator 1'),
    long(139, unsigned(16, 1), signed(16, 0)),
    ...Array.from({ length: model.antennas }, (_, i) =>
      long(140, unsigned(16, i + 1), unsigned(16, 1), unsigned(8, 1)),
    ),
    long(141, unsigned(16, 4), unsigned(16, 4)),
  )
  // Warns of a full buffer, and holds events and reports.
  const llrp = long(
    142,
    unsigned(8, 0x48),
    unsigned(8, 1),
    unsigned(16, 0),
    ...[1, 32, 8, 0, 0].map((limit) => unsigned(32, limit)),
  )
  const powers = Array.from({ length: model.hasPowerLevels ? levels.count : 0 }, (_, i) =>
    long(145, unsigned(16, i + 1), signed(16, 100 * (dbmOf(i + 1) ?? 0))),
  )
  const channels = [865_700, 866_300, 866_900, 867_500]
  const frequencies = long(
    146,
    unsigned(8, 0),
    long(148, unsigned(16, channels.length), ...channels.map((kilohertz) => unsigned(32, kilohertz))),
  )
  const mode = long(
    329,
    unsigned(32, 2),
    unsigned(8, 0x80),
    ...[2, 1, 2].map((kind) => unsigned(8, kind)),
    ...[274_000, 2_000, 20_000, 20_000, 0].map((value) => unsigned(32, value)),
  )
  const band = long(144, ...powers, frequencies, long(328, mode))
  const regulatory = long(143, unsigned(16, 528), unsigned(16, 2), band)
  return [general, llrp, regulatory, long(327, unsigned(8, 0), unsigned(16, 2))]
}

/** What each antenna is set to, as GET_READER_CONFIG_RESPONSE tells it. */
export function antennaParts(model: LlrpModel): readonly Buffer[] {
  return Array.from({ length: model.hasPowerLevels ? model.antennas : 0 }, (_, i) =>
    long(
      222,
      unsigned(16, i + 1),
      long(223, unsigned(16, 1)),
      long(224, unsigned(16, 0), unsigned(16, 1), unsigned(16, ownLevel)),
    ),
  )
}

/** TagReportData with the parts that the client asked for. */
export function tagReportData(tag: Stamped, content: ReportContent, model: LlrpModel): Buffer {
  const epc = Buffer.from(tag.epc, 'hex')
  const stamps = model.hasUtcClock ? { first: 2, last: 4 } : { first: 3, last: 5 }
  const parts = [epc.length === 12 ? brief(13, epc) : long(241, unsigned(16, epc.length * 8), epc)]
  if (content.antenna) parts.push(brief(1, unsigned(16, tag.antenna)))
  if (content.rssi) parts.push(brief(6, signed(8, Math.round(tag.rssiDbm))))
  if (content.firstSeen) parts.push(brief(stamps.first, unsigned(64, tag.stamp)))
  if (content.lastSeen) parts.push(brief(stamps.last, unsigned(64, tag.stamp)))
  if (content.count) parts.push(brief(8, unsigned(16, 1)))
  const custom = (subtype: number, value: Buffer) =>
    parts.push(long(1023, unsigned(32, impinjVendor), unsigned(32, subtype), value))
  if (model.isImpinj && content.impinj.phase) custom(56, unsigned(16, tag.phase))
  if (model.isImpinj && content.impinj.rssi) custom(57, signed(16, Math.round(tag.rssiDbm * 100)))
  if (model.isImpinj && content.impinj.doppler) custom(68, signed(16, tag.doppler))
  return long(240, ...parts)
}
