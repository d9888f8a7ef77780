import { expect, test } from 'vitest'
import { encodeMessage } from '../../../edge/decoders/llrp/encode.ts'
import { decodeLlrp } from '../../../edge/decoders/llrp/from-reader.ts'
import { message, parameter } from '../../../edge/decoders/llrp/make.ts'
import type { Parameter } from '../../../edge/decoders/llrp/message.ts'
import type { DeviceClock } from '../../../edge/decoders/reading.ts'

const arrival = 1_700_000_000_000
const utc = (ms: number) => parameter('UTCTimestamp', { Microseconds: BigInt(ms) * 1000n })
const uptime = (ms: number) => parameter('Uptime', { Microseconds: BigInt(ms) * 1000n })
const input = (Port: number, Event: boolean) => parameter('GPIEvent', { Port, Event })
const event = (...parameters: Parameter[]) =>
  encodeMessage(
    message('READER_EVENT_NOTIFICATION', { version: 1, id: 9 }, {}, [
      parameter('ReaderEventNotificationData', {}, ...parameters),
    ]),
  )
const isUtc: DeviceClock = { counts: 'utc', offsetMs: 0 }

test.each<[string, Parameter[], DeviceClock | undefined, object[]]>([
  ['an input goes high', [utc(5_000), input(2, true)], isUtc, [{ at: 5_000, input: 2, isHigh: true }]],
  ['and low', [utc(5_000), input(2, false)], isUtc, [{ at: 5_000, input: 2, isHigh: false }]],
  ['a clock that is wrong', [utc(5_000), input(1, true)], { counts: 'utc', offsetMs: 700 }, [{ at: 5_700 }]],
  [
    'a reader that counts from its start',
    [uptime(90), input(1, true)],
    { counts: 'uptime', offsetMs: 5_000 },
    [{ at: 5_090 }],
  ],
  ['no stamp that its clock counts', [uptime(90), input(1, true)], isUtc, [{ at: arrival }]],
  ['two at once', [utc(1), input(1, true), input(2, false)], isUtc, [{ input: 1 }, { input: 2 }]],
  ['an input that no reader has', [utc(1), input(0, true)], isUtc, []],
  ['another event', [utc(1), parameter('AntennaEvent', { Event: 1, AntennaID: 1 })], isUtc, []],
])('%s', (_what, parameters, deviceClock, readings) => {
  const context = { device: 'dock-1', at: arrival, ...(deviceClock && { deviceClock }) }
  const decoded = decodeLlrp(event(...parameters), context)
  expect(decoded).toMatchObject({
    ok: true,
    value: readings.map((one) => ({ type: 'input', device: 'dock-1', ...one })),
  })
  expect(decoded.ok && decoded.value).toHaveLength(readings.length)
})

test('an event that is cut off is refused', () => {
  const frame = event(utc(1), input(1, true))
  expect(decodeLlrp(frame.subarray(0, frame.length - 1), { device: 'dock-1', at: arrival }).ok).toBe(false)
})
