import { accepted, refused } from '../../shared/decoded.ts'
import { refusalOf } from '../framing/resync.ts'
import { yrm100FrameAt } from '../framing/yrm100.ts'
import { epcFromBytes } from './epc.ts'
import type { Decoder } from './reading.ts'

const answer = 0x01
const notice = 0x02
const inventory = 0x22
const errorAnswer = 0xff
/** "Inventory fail": no tag answered in this round. The reader is well. */
const noTag = 0x15

/**
 * Notices of the YRM100, M100, R200 and JRD-4035 modules. Tag notice (type 02, command 22): RSSI (signed dBm), PC (2),
 * EPC, CRC (2). These modules have one antenna. Answers to commands are understood and hold no readings; error answers
 * other than "no tag" are refused as `status` with their code.
 */
export const decodeYrm100: Decoder = (frame, context) => {
  const reason = refusalOf(frame, yrm100FrameAt)
  if (reason !== undefined) return refused(reason)
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const parameters = frame.subarray(5, -2)
  const type = frame[1]
  const command = frame[2]
  if (type === answer && command === errorAnswer) {
    const code = parameters[0]
    if (code === noTag) return accepted([])
    return refused('status', code === undefined ? 'error answer without a code' : `error 0x${code.toString(16)}`)
  }
  if (type !== notice || command !== inventory) return accepted([])
  if (parameters.length < 6) return refused('length', 'tag notice')
  const epc = epcFromBytes(parameters.subarray(3, -2))
  if (epc === undefined) return refused('length', 'EPC')
  return accepted([
    {
      type: 'tag',
      at: context.at,
      device: context.device,
      antenna: 1,
      epc,
      rssiDbm: view.getInt8(5),
      count: 1,
    },
  ])
}
