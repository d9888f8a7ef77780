import { accepted, refused } from '../../shared/decoded.ts'
import { refusalOf } from '../framing/resync.ts'
import { uhfPrimeFrameAt } from '../framing/uhf-prime.ts'
import { epcFromBytes } from './epc.ts'
import type { Decoder } from './reading.ts'

export const uhfPrimeCodes = { inventory: 0x0001, stop: 0x0002, power: 0x0053 } as const
/** "No tag, or the inventory is finished". */
const uhfPrimeNoTag = 0x12
/** Address with which the host speaks to any reader; readers answer with their own. */
export const uhfPrimeAnyAddress = 0xff
const shortestTag = 6

/**
 * Answers of "UHF Prime" readers (Chafon CF600 and kin). A tag, under command 0001 and status 00: `RSSI(2, signed,
 * tenths of a dBm) antenna channel length EPC` ("UHF Prime Reader user manual", inventory). Commands and answers to
 * settings hold no readings.
 */
export const decodeUhfPrime: Decoder = (frame, context) => {
  const reason = refusalOf(frame, uhfPrimeFrameAt)
  if (reason !== undefined) return refused(reason)
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  if (view.getUint8(1) === uhfPrimeAnyAddress || view.getUint8(4) === 0) return accepted([]) // a command
  const said = view.getUint8(5)
  const code = view.getUint16(2)
  if (said === uhfPrimeNoTag && code === uhfPrimeCodes.inventory) return accepted([])
  if (said !== 0) return refused('status', `status 0x${said.toString(16)}`)
  const data = frame.subarray(6, -2)
  if (code !== uhfPrimeCodes.inventory || data.length === 0) return accepted([])
  if (data.length < shortestTag || data.length !== 5 + (data[4] ?? 0)) return refused('length', 'tag')
  const epc = epcFromBytes(data.subarray(5))
  if (epc === undefined) return refused('length', 'EPC')
  const rssiDbm = view.getInt16(6) / 10
  return accepted([
    {
      type: 'tag',
      at: context.at,
      device: context.device,
      antenna: Math.max(1, data[2] ?? 1),
      epc,
      ...(rssiDbm >= -150 && rssiDbm <= 50 ? { rssiDbm } : {}),
      count: 1,
    },
  ])
}
