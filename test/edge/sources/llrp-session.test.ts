import { expect, test } from 'vitest'
import { encodeMessage } from '../../../edge/decoders/llrp/encode.ts'
import { find, findAll, numberIn } from '../../../edge/decoders/llrp/find.ts'
import { message, parameter } from '../../../edge/decoders/llrp/make.ts'
import type { Message, Parameter } from '../../../edge/decoders/llrp/message.ts'
import { LlrpOptions } from '../../../edge/sources/llrp/options.ts'
import { roSpecOf } from '../../../edge/sources/llrp/rospec.ts'
import {
  beginSession,
  close,
  type Session,
  type SessionOrder,
  type Step,
  take,
  tick,
} from '../../../edge/sources/llrp/session.ts'

const options = (more: object = {}) => LlrpOptions.parse({ type: 'llrp', id: 'dock-1', host: 'reader', ...more })
const order = (more: Partial<SessionOrder> = {}, configured = options()): SessionOrder => ({
  keepaliveMs: 2000,
  wants11: false,
  fetchEveryMs: undefined,
  inputs: [],
  toldInputs: [],
  roSpecFor: (capabilities) => roSpecOf(configured, capabilities),
  ...more,
})

const said = (name: string, fields = {}, ...parameters: Parameter[]) =>
  message(name, { version: 1, id: 9 }, fields, parameters)
const done = parameter('LLRPStatus', { Status: 0, ErrorDescription: '' })
const refusal = parameter('LLRPStatus', { Status: 101, ErrorDescription: 'no' })
const answer = (name: string, ...parameters: Parameter[]) => said(`${name}_RESPONSE`, {}, done, ...parameters)
const greeting = (Status = 0) =>
  said(
    'READER_EVENT_NOTIFICATION',
    {},
    parameter(
      'ReaderEventNotificationData',
      {},
      parameter('UTCTimestamp', { Microseconds: 1_000_000n }),
      parameter('ConnectionAttemptEvent', { Status }),
    ),
  )
const happened = (event: Parameter) =>
  said('READER_EVENT_NOTIFICATION', {}, parameter('ReaderEventNotificationData', {}, event))

const maker = (DeviceManufacturer: number) =>
  parameter('GeneralDeviceCapabilities', { DeviceManufacturer, HasUTCClock: true, FirmwareVersion: '1' })
const holding = (SupportsEventsAndReportHolding: boolean) =>
  parameter('LLRPCapabilities', { SupportsEventsAndReportHolding })
const zebra = answer('GET_READER_CAPABILITIES', maker(161), holding(true))
const impinj = answer('GET_READER_CAPABILITIES', maker(25882), holding(true))
const extended = said('CUSTOM_MESSAGE', { VendorID: 25882, Subtype: 22, Data: Uint8Array.of(1, 31, 0, 8, 0, 0, 0, 0) })

const wanted = roSpecOf(options(), {
  isImpinj: false,
  canHold: true,
  canWarnOfFullBuffer: false,
  powers: new Map(),
  antennas: 4,
  hopTable: undefined,
})
const present = (ROSpecID: number, CurrentState: number) => parameter('ROSpec', { ROSpecID, CurrentState })

/** Everything that is sent while the reader says these, one after the other; `!` before what ends it, with why. */
function talk(
  messages: readonly Message[],
  wish = order(),
  begun = beginSession(0),
): { words: string[]; end: Session } {
  const words: string[] = []
  let session = begun
  for (const received of messages) {
    const step = take(session, received, wish, 0)
    session = step.session
    words.push(...sentIn(step))
  }
  return { words, end: session }
}
function sentIn({ send, notices }: Step): string[] {
  const ends = notices.flatMap((one) => (one.kind === 'over' ? [`!${one.reason}`] : []))
  return [...send.map((one) => encodeMessage(one) && one.name), ...ends]
}

test.each([
  ['none', {}, [], false],
  ['one that starts the reading', { inputs: [2] }, [2], false],
  ['two that are listened to', { inputs: [1, 2], toldInputs: [1, 2] }, [1, 2], true],
] as const)('inputs are switched on and listened to as ordered: %s', (_what, more, on, isTold) => {
  const wants = order(more)
  const greeted = take(beginSession(0), greeting(), wants, 0)
  const { send } = take(greeted.session, zebra, wants, 0)
  const config = send.find(({ name }) => name === 'SET_READER_CONFIG')
  const ports = config === undefined ? [] : findAll(config, 'GPIPortCurrentState')
  expect(ports.map((one) => [numberIn(one, 'Port'), one.fields['Enabled']])).toEqual(on.map((port) => [port, true]))
  const events = config && find(config, 'ReaderEventNotificationSpec')
  const told = events ? findAll(events, 'EventNotificationState').map((one) => numberIn(one, 'ReaderEventType')) : []
  expect(told).toContain(2)
  expect(told.includes(1)).toBe(isTold)
})

const asUsual = [
  'GET_READER_CAPABILITIES',
  'SET_READER_CONFIG',
  'GET_READER_CONFIG',
  'ENABLE_EVENTS_AND_REPORTS',
  'GET_REPORT',
  'GET_ROSPECS',
]
const setUp = [...asUsual, 'ADD_ROSPEC', 'ENABLE_ROSPEC', 'START_ROSPEC']
const until = (...specs: Parameter[]) => [
  greeting(),
  zebra,
  answer('SET_READER_CONFIG'),
  answer('GET_READER_CONFIG'),
  answer('GET_ROSPECS', ...specs),
]
const added = [answer('ADD_ROSPEC'), answer('ENABLE_ROSPEC'), answer('START_ROSPEC')]

for (const [name, messages, words, phase, wish] of [
  ['a new reader is set up', [...until(), ...added], setUp, 'reading', undefined],
  [
    'an Impinj is asked for its own parameters first',
    [
      ...[greeting(), impinj, extended, answer('SET_READER_CONFIG'), answer('GET_READER_CONFIG')],
      ...[answer('GET_ROSPECS'), ...added],
    ],
    [setUp[0], 'CUSTOM_MESSAGE', ...setUp.slice(1)],
    'reading',
    undefined,
  ],
  ['our ROSpec still runs: nothing is changed', until(present(wanted.id, 2)), asUsual, 'reading', undefined],
  [
    'our ROSpec was stopped: it is started',
    [...until(present(wanted.id, 1)), answer('START_ROSPEC')],
    [...asUsual, 'START_ROSPEC'],
    'reading',
    undefined,
  ],
  [
    'our ROSpec was disabled',
    [...until(present(wanted.id, 0)), answer('ENABLE_ROSPEC'), answer('START_ROSPEC')],
    [...asUsual, 'ENABLE_ROSPEC', 'START_ROSPEC'],
    'reading',
    undefined,
  ],
  [
    'those of others are deleted, ours stays',
    [...until(present(1, 2), present(wanted.id, 2)), answer('DELETE_ROSPEC')],
    [...asUsual, 'DELETE_ROSPEC'],
    'reading',
    undefined,
  ],
  [
    'those of others are deleted before ours is added',
    [...until(present(1, 2), present(2, 0)), answer('DELETE_ROSPEC'), answer('DELETE_ROSPEC'), ...added],
    [...asUsual, 'DELETE_ROSPEC', 'DELETE_ROSPEC', ...setUp.slice(-3)],
    'reading',
    undefined,
  ],
  ['another client', [greeting(2)], ['!the reader has another client'], 'over', undefined],
  ['a greeting nobody knows', [greeting(77)], ['!the reader refuses us: status 77'], 'over', undefined],
  [
    'a refused ROSpec ends it',
    [...until(), said('ADD_ROSPEC_RESPONSE', {}, refusal)],
    [...asUsual, 'ADD_ROSPEC', '!the reader refuses ADD_ROSPEC: status 101, no'],
    'over',
    undefined,
  ],
  [
    'an ERROR_MESSAGE is a refusal',
    [greeting(), said('ERROR_MESSAGE', {}, refusal)],
    [setUp[0], '!the reader refuses GET_READER_CAPABILITIES: status 101, no'],
    'over',
    undefined,
  ],
  [
    'a keep-alive is answered at any time',
    [greeting(), said('KEEPALIVE'), zebra],
    [setUp[0], 'KEEPALIVE_ACK', setUp[1]],
    'preparing',
    undefined,
  ],
  ['an answer to nothing is let go', [answer('ADD_ROSPEC'), greeting()], [setUp[0]], 'preparing', undefined],
  ['an event before the greeting is no greeting', [happened(done)], [], 'greeting', undefined],
  [
    'LLRP 1.1',
    [
      greeting(),
      said('GET_SUPPORTED_VERSION_RESPONSE', { CurrentVersion: 1, SupportedVersion: 2 }, done),
      answer('SET_PROTOCOL_VERSION'),
    ],
    ['GET_SUPPORTED_VERSION', 'SET_PROTOCOL_VERSION', setUp[0]],
    'preparing',
    order({ wants11: true }),
  ],
  [
    'a reader that knows no 1.1',
    [greeting(), said('ERROR_MESSAGE', {}, refusal), zebra],
    ['GET_SUPPORTED_VERSION', setUp[0], setUp[1]],
    'preparing',
    order({ wants11: true }),
  ],
  [
    'the reader ends our ROSpec: it is started again',
    [
      ...until(present(wanted.id, 2)),
      happened(parameter('ROSpecEvent', { Event: 1, ROSpecID: wanted.id })),
      answer('START_ROSPEC'),
    ],
    [...asUsual, 'START_ROSPEC'],
    'reading',
    undefined,
  ],
  [
    'the reader ends that of somebody else',
    [...until(present(wanted.id, 2)), happened(parameter('ROSpecEvent', { Event: 1, ROSpecID: 5 }))],
    asUsual,
    'reading',
    undefined,
  ],
  [
    'the reader closes the connection',
    [...until(present(wanted.id, 2)), happened(parameter('ConnectionCloseEvent'))],
    [...asUsual, '!closed by the reader'],
    'over',
    undefined,
  ],
] as const) {
  test(name, () => {
    const { words: all, end } = talk(messages, wish)
    expect([all, end.phase]).toEqual([[...words], phase])
  })
}

test('a session of 1.1 says so in every message, the question for it included', () => {
  const wish = order({ wants11: true })
  const versions: number[] = []
  let session = beginSession(0)
  for (const received of [
    greeting(),
    said('GET_SUPPORTED_VERSION_RESPONSE', { CurrentVersion: 1, SupportedVersion: 2 }, done),
    answer('SET_PROTOCOL_VERSION'),
    zebra,
  ]) {
    const step = take(session, received, wish, 0)
    session = step.session
    versions.push(...step.send.map(({ version }) => version))
  }
  expect(versions).toEqual([2, 2, 2, 2])
})

test('held reports are asked for only where the reader can hold them', () => {
  for (const can of [true, false]) {
    const capabilities = answer('GET_READER_CAPABILITIES', maker(161), holding(can))
    const configured = take(talk([greeting()]).end, capabilities, order(), 0).send[0]
    expect(configured && find(configured, 'EventsAndReports') !== undefined).toBe(can)
  }
})

const reading = talk(until(present(wanted.id, 2))).end
for (const [name, session, wish, nowMs, words] of [
  ['no greeting', beginSession(0), order(), 3000, ['!the reader does not greet']],
  ['not yet', beginSession(0), order(), 2999, []],
  ['no answer', talk([greeting()]).end, order(), 5000, ['!the reader does not answer GET_READER_CAPABILITIES']],
  ['three keep-alives may be missing', reading, order(), 7000, []],
  ['and no more', reading, order(), 7001, ['!the reader missed 3 keep-alives']],
  ['what waits for more is fetched', reading, order({ fetchEveryMs: 1000 }), 1000, ['GET_REPORT']],
  ['but not sooner', reading, order({ fetchEveryMs: 1000 }), 999, []],
] as const) {
  test(`time goes by: ${name}`, () => expect(sentIn(tick(session, wish, nowMs))).toEqual([...words]))
}

test('a stop says good-bye, once, and waits a second for the answer', () => {
  const step = close(reading, 100)
  expect(sentIn(step)).toEqual(['CLOSE_CONNECTION'])
  expect(sentIn(close(step.session, 200))).toEqual([])
  expect(sentIn(tick(step.session, order(), 1099))).toEqual([])
  expect(sentIn(tick(step.session, order(), 1100))).toEqual(['!the reader does not close the connection'])
  expect(sentIn(take(step.session, said('CLOSE_CONNECTION_RESPONSE', {}, done), order(), 300))).toEqual([
    '!closed as we asked',
  ])
})

test('the number of a ROSpec follows its content', () => {
  const capabilities = {
    isImpinj: false,
    canHold: true,
    canWarnOfFullBuffer: false,
    powers: new Map([
      [1, 10],
      [5, 20],
      [9, 30],
    ]),
    antennas: 4,
    hopTable: undefined,
  }
  const idOf = (more: object) => roSpecOf(options(more), capabilities).id
  const all = [{}, { session: 2 }, { reportEveryTags: 5 }, { gpi: { port: 1 } }, { antennas: [{ port: 2 }] }].map(idOf)
  expect(new Set(all).size).toBe(all.length)
  expect(idOf({ keepaliveSeconds: 9 })).toBe(idOf({}))
})

for (const [limit, index] of [
  [25, 5],
  [30, 9],
  [20, 5],
  [5, 1],
] as const) {
  test(`${limit} dBm is power level ${index}`, () => {
    const powers = new Map([
      [1, 10],
      [9, 30],
      [5, 20],
    ])
    const { spec } = roSpecOf(options({ antennas: [{ port: 3, transmitPowerDbm: limit }] }), {
      isImpinj: false,
      canHold: true,
      canWarnOfFullBuffer: false,
      powers,
      antennas: 4,
      hopTable: 4,
    })
    const path = ['AISpec', 'InventoryParameterSpec', 'AntennaConfiguration', 'RFTransmitter']
    const found = path.reduce((at, next) => at && find(at, next), 'type' in spec ? spec : undefined)
    expect([numberIn(found, 'TransmitPowerIndex'), numberIn(found, 'HopTableID')]).toEqual([index, 4])
  })
}

test('another power is another ROSpec, put in the place of the one that runs; the same again is left alone', () => {
  const levels = [10, 20, 30].map((dbm, i) =>
    parameter('TransmitPowerLevelTableEntry', { Index: i + 1, TransmitPowerValue: 100 * dbm }),
  )
  const band = parameter('RegulatoryCapabilities', {}, parameter('UHFBandCapabilities', {}, ...levels))
  const general = parameter('GeneralDeviceCapabilities', { MaxSupportedAntennas: 2, FirmwareVersion: '1' })
  let wish = new Map<number, number>()
  const retuned = order({ roSpecFor: (capabilities) => roSpecOf(options(), capabilities, wish) })
  const own = parameter('AntennaConfiguration', { AntennaID: 2 }, parameter('RFTransmitter', { TransmitPowerIndex: 3 }))
  const { end } = talk(
    [
      ...[greeting(), answer('GET_READER_CAPABILITIES', general, holding(true), band), answer('SET_READER_CONFIG')],
      ...[answer('GET_READER_CONFIG', own), answer('GET_ROSPECS'), ...added],
    ],
    retuned,
  )
  expect([end.phase, [...end.ownPowers]]).toEqual(['reading', [[2, 30]]])
  expect(sentIn(tick(end, retuned, 100))).toEqual([])
  wish = new Map([[2, 20]])
  const asking = tick(end, retuned, 100)
  expect(sentIn(asking)).toEqual(['GET_REPORT', 'GET_ROSPECS'])
  const running = present(end.roSpec?.id ?? 0, 2)
  const swapped = talk([answer('GET_ROSPECS', running), answer('DELETE_ROSPEC'), ...added], retuned, asking.session)
  expect(swapped.words).toEqual(['DELETE_ROSPEC', 'ADD_ROSPEC', 'ENABLE_ROSPEC', 'START_ROSPEC'])
  expect([swapped.end.phase, swapped.end.asked, swapped.end.roSpec?.wanted]).toEqual(['reading', undefined, wish])
  expect(sentIn(tick(swapped.end, retuned, 200))).toEqual([])
})
