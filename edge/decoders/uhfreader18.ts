import { accepted, refused } from '../../shared/decoded.ts'
import { refusalOf } from '../framing/resync.ts'
import { uhfReader18Codes, uhfReader18FrameAt } from '../framing/uhfreader18.ts'
import { epcFromBytes } from './epc.ts'
import type { Decoder } from './reading.ts'

/**
 * Status of an answer to an inventory. 01 to 04 may bring tags: the round is done, timed out, goes on, or the memory is
 * full. 26 is the statistics of a round.
 */
export const uhfReader18Status = {
  success: 0x00,
  done: 0x01,
  timedOut: 0x02,
  moreFollows: 0x03,
  memoryFull: 0x04,
  statistics: 0x26,
  antennaError: 0xf8,
  noTag: 0xfb,
} as const
const status = uhfReader18Status

/**
 * Answers of the UHFReader18 and UHFReader288 to an inventory, and their reports in scan mode.
 *
 * Behind the status the 288 says `antennas(1, one bit each) count {length EPC RSSI}`, the 18 `count {length EPC}`. Which
 * one it is shows by what fills the frame exactly. The unit of the RSSI byte is stated nowhere, so it is no dBm and left
 * out. Commands that are echoed hold no readings.
 */
export const decodeUhfReader18: Decoder = (frame, context) => {
  const reason = refusalOf(frame, uhfReader18FrameAt)
  if (reason !== undefined) return refused(reason)
  const code = frame[2]
  if (frame.length < 6) return accepted([]) // a command
  const said = frame[3] ?? 0
  const isInventory = code === uhfReader18Codes.inventory || code === uhfReader18Codes.scanMode
  if (!isInventory || said === status.noTag || said === status.statistics) {
    const isFine = said === status.success || said === status.noTag || said === status.statistics
    return isFine ? accepted([]) : refused('status', `status 0x${said.toString(16)}`)
  }
  if (said > status.memoryFull) return refused('status', `status 0x${said.toString(16)}`)
  const data = frame.subarray(4, -2)
  if (data.length === 0) return accepted([])
  const tags = tagsOf288(data) ?? tagsOf18(data)
  if (tags === undefined) return refused('length', 'tags')
  return accepted(
    tags.map((tag) => ({ type: 'tag', at: context.at, device: context.device, count: 1, ...tag }) as const),
  )
}

interface Tag {
  readonly antenna: number
  readonly epc: string
}

function tagsOf288(data: Uint8Array): readonly Tag[] | undefined {
  const antenna = portOf(data[0] ?? 0)
  return antenna === undefined ? undefined : tagsIn(data, 1, 1, antenna)
}

function tagsOf18(data: Uint8Array): readonly Tag[] | undefined {
  return tagsIn(data, 0, 0, 1)
}

/** `count {length EPC extra}` from `from` to the very end, or `undefined`. */
function tagsIn(data: Uint8Array, from: number, extraBytes: number, antenna: number): readonly Tag[] | undefined {
  const count = data[from]
  if (count === undefined) return undefined
  const tags: Tag[] = []
  let at = from + 1
  for (let i = 0; i < count; i++) {
    const length = data[at]
    if (length === undefined || at + 1 + length + extraBytes > data.length) return undefined
    const epc = epcFromBytes(data.subarray(at + 1, at + 1 + length))
    if (epc === undefined) return undefined
    tags.push({ antenna, epc })
    at += 1 + length + extraBytes
  }
  return at === data.length ? tags : undefined
}

/** Bit 0 is port 1. A tag is seen by one antenna: several bits, or none, are no port. */
function portOf(bits: number): number | undefined {
  const port = Math.log2(bits)
  return Number.isInteger(port) ? port + 1 : undefined
}
