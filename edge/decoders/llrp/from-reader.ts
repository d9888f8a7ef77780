import { accepted } from '../../../shared/decoded.ts'
import { instantInRange } from '../instant.ts'
import type { Decoder, FrameContext, InputReading } from '../reading.ts'
import { decodeMessage } from './decode.ts'
import { find, findAll, flagIn, numberIn } from './find.ts'
import type { Message } from './message.ts'
import { decodeTagReport } from './tag-report.ts'

const eventNotification = 63

/** What a reader says by itself: tags (RO_ACCESS_REPORT), and its inputs (READER_EVENT_NOTIFICATION, message 63). */
export const decodeLlrp: Decoder = (frame, context) => {
  const type = (((frame[0] ?? 0) & 0x03) << 8) | (frame[1] ?? 0)
  if (type !== eventNotification) return decodeTagReport(frame, context)
  const decoded = decodeMessage(frame)
  return decoded.ok ? accepted(inputsIn(decoded.value, context)) : decoded
}

/** Whether an event tells of an input (GPIEvent, LLRP 1.0.1 and 1.1, parameter 248). */
export function tellsInput(event: Message): boolean {
  const data = find(event, 'ReaderEventNotificationData')
  return data !== undefined && find(data, 'GPIEvent') !== undefined
}

/** Of the instant that the reader stamped its event with, by the clock that it is known to have; else of the arrival. */
function inputsIn(event: Message, { at: arrival, device, deviceClock }: FrameContext): readonly InputReading[] {
  const data = find(event, 'ReaderEventNotificationData')
  if (data === undefined) return []
  const clock = find(data, deviceClock?.counts === 'uptime' ? 'Uptime' : 'UTCTimestamp')
  const stamp = numberIn(clock, 'Microseconds')
  const at = stamp === undefined ? undefined : instantInRange(stamp / 1000 + (deviceClock?.offsetMs ?? 0))
  return findAll(data, 'GPIEvent').flatMap((change) => {
    const input = numberIn(change, 'Port') ?? 0
    return input === 0
      ? []
      : [{ type: 'input' as const, at: at ?? arrival, device, input, isHigh: flagIn(change, 'Event') }]
  })
}
