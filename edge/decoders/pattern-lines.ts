import { accepted, refused } from '../../shared/decoded.ts'
import { epcFromHex } from './epc.ts'
import type { Decoder } from './reading.ts'

/** Beyond it no line is looked at: a pattern may take long on long lines. */
const longestLine = 512
const text = new TextDecoder()

/**
 * Readers that print lines of their own kind. The pattern names what stands where: `epc` (hex), and if the line tells
 * them `rssi` (dBm), `antenna` (1-based port) and `tid` (hex). Lines that it does not match are refused as `format`.
 */
export function patternDecoder(pattern: RegExp): Decoder {
  return (frame, context) => {
    if (frame.length > longestLine) return refused('overlong')
    const groups = pattern.exec(text.decode(frame).trim())?.groups
    const epc = epcFromHex(groups?.['epc'] ?? '')
    if (groups === undefined || epc === undefined) return refused('format')
    const rssiDbm = Number.parseFloat(groups['rssi']?.replace(',', '.') ?? '')
    const antenna = Number.parseInt(groups['antenna'] ?? '1', 10)
    if (!(antenna >= 1 && antenna <= 255)) return refused('implausible', 'antenna')
    const tid = groups['tid'] === undefined ? undefined : epcFromHex(groups['tid'])
    return accepted([
      {
        type: 'tag',
        at: context.at,
        device: context.device,
        antenna,
        epc,
        ...(tid === undefined ? {} : { tid }),
        ...(rssiDbm >= -150 && rssiDbm <= 50 ? { rssiDbm } : {}),
        count: 1,
      },
    ])
  }
}
