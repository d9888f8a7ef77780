import { accepted } from '../../shared/decoded.ts'
import { epcFromHex } from './epc.ts'
import type { Decoder } from './reading.ts'
import { decodeTagLine } from './tag-lines.ts'

const text = new TextDecoder()
/** "No transponder found": the round is over, the reader is well. */
const noTag = /^ER:\s*005\b/

/**
 * Answers of TSL's ASCII 2.0 protocol, a tag with all its lines in one frame: `EP:` EPC in hex, `RI:` RSSI in dBm, `AN:`
 * antenna. Everything else as in single lines.
 */
export const decodeTsl: Decoder = (frame, context) => {
  const said = text.decode(frame)
  if (noTag.test(said)) return accepted([])
  const [first = '', ...rest] = said.split('\n')
  const epc = first.startsWith('EP:') ? epcFromHex(first.slice(3).trim()) : undefined
  if (epc === undefined || rest.length === 0) return decodeTagLine(frame, context)
  const fields = new Map(rest.map((line) => [line.slice(0, 2), line.slice(3).trim()]))
  const rssiDbm = numberOf(fields.get('RI'), -150, 50)
  const antenna = numberOf(fields.get('AN'), 1, 255) ?? 1
  return accepted([
    {
      type: 'tag',
      at: context.at,
      device: context.device,
      antenna: Math.trunc(antenna),
      epc,
      ...(rssiDbm === undefined ? {} : { rssiDbm }),
      count: 1,
    },
  ])
}

function numberOf(text: string | undefined, lowest: number, highest: number): number | undefined {
  const value = text === undefined || !/^[+-]?\d{1,3}(?:\.\d+)?$/.test(text) ? Number.NaN : Number(text)
  return value >= lowest && value <= highest ? value : undefined
}
