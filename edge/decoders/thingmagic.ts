import { accepted, refused } from '../../shared/decoded.ts'
import { refusalOf } from '../framing/resync.ts'
import { thingMagicFrameAt } from '../framing/thingmagic.ts'
import { epcFromBytes } from './epc.ts'
import type { Decoder } from './reading.ts'

const thingMagicReadContinuously = 0x22
/** Once a second while a continuous read runs. */
const keepAlive = 0x0400
/** Where the EPC's length would stand if the tag had no data embedded. */
const epcAt = 27
/** PC and CRC stand around the EPC and are counted with it. */
const aroundEpcBytes = 4

/**
 * Answers of ThingMagic modules to a continuous read (operation 22): RSSI at 12 (signed dBm), antenna at 13 (transmit
 * and receive port, 4 bits each), milliseconds since the last keep-alive at 17, embedded bits at 24, and behind the
 * embedded data the length of PC, EPC and CRC in bits. The arrival stands for the time: the module's own counts from a
 * moment that only it knows. Status 0400 is a keep-alive, 0504 too hot and 0505 a bad antenna.
 */
export const decodeThingMagic: Decoder = (frame, context) => {
  const reason = refusalOf(frame, thingMagicFrameAt)
  if (reason !== undefined) return refused(reason)
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const status = view.getUint16(3)
  if (status === keepAlive) return accepted([])
  if (status !== 0) return refused('status', `status 0x${status.toString(16).padStart(4, '0')}`)
  if (view.getUint8(2) !== thingMagicReadContinuously || view.getUint8(1) === 0) return accepted([])
  const end = frame.length - 2
  if (end < epcAt + 2) return refused('length', 'tag')
  const embedded = Math.ceil(view.getUint16(24) / 8)
  if (end < epcAt + embedded + 2) return refused('length', 'embedded data')
  const epcBytes = view.getUint16(epcAt + embedded) / 8 - aroundEpcBytes
  const from = epcAt + embedded + 4
  if (!Number.isInteger(epcBytes) || epcBytes < 0 || from + epcBytes + 2 > end) return refused('length', 'EPC')
  const epc = epcFromBytes(frame.subarray(from, from + epcBytes))
  if (epc === undefined) return refused('length', 'EPC')
  const rssiDbm = view.getInt8(12)
  return accepted([
    {
      type: 'tag',
      at: context.at,
      device: context.device,
      antenna: Math.max(1, view.getUint8(13) & 0x0f),
      epc,
      ...(rssiDbm < 0 ? { rssiDbm } : {}),
      count: 1,
    },
  ])
}
