import { accepted, refused } from '../../shared/decoded.ts'
import { epcFromHex } from './epc.ts'
import type { Decoder } from './reading.ts'

/** Fields of the TSL ASCII 2.0 protocol that carry no sighting of their own: the rest of an answer. */
const companions = /^(?:RI|PC|CR|IX|AN|DT|CS|ME|LI|OK|PR|SW|BP|BV):/
const tslTag = /^EP:\s*([0-9A-Fa-f]+)(?:[\s,;]+RI:\s*([+-]?\d{1,3}(?:\.\d+)?))?$/
const text = new TextDecoder()

/**
 * Readers that print. One ASCII line, blanks around it ignored:
 * - `30340242201D8840009EFDF7`: an EPC in hex, whole bytes, upper or lower case;
 * - `EP: 30340242201D8840009EFDF7`, and the same with ` RI: -52` behind it (dBm), as TSL readers and their kin print;
 * - any other TSL field (`CS:`, `RI:`, `OK:` …) is understood and holds no sighting; `ER:` is refused as `status`.
 *
 * There is no antenna in these lines: it is port 1. The time is the arrival.
 */
export const decodeTagLine: Decoder = (frame, context) => {
  const line = text.decode(frame).trim()
  if (line.startsWith('ER:')) return refused('status', line.slice(0, 32))
  if (companions.test(line)) return accepted([])
  const [, tslEpc, tslRssi] = tslTag.exec(line) ?? []
  const epc = epcFromHex(tslEpc ?? line)
  if (epc === undefined) return refused('format')
  const rssiDbm = tslRssi === undefined ? Number.NaN : Number(tslRssi)
  return accepted([
    {
      type: 'tag',
      at: context.at,
      device: context.device,
      antenna: 1,
      epc,
      ...(rssiDbm >= -150 && rssiDbm <= 50 ? { rssiDbm } : {}),
      count: 1,
    },
  ])
}
