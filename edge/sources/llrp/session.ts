import { findAll, numberIn } from '../../decoders/llrp/find.ts'
import { message, parameter } from '../../decoders/llrp/make.ts'
import type { Fields, Message, Parameter } from '../../decoders/llrp/message.ts'
import { impinjVendor } from '../../decoders/llrp/table.ts'
import { type Capabilities, capabilitiesIn, ownPowersIn } from './capabilities.ts'
import { connectionOf, type Notice, noticesIn, sayingOf, statusOf } from './notices.ts'
import type { RoSpec } from './rospec.ts'

/** What a session is to bring about. */
export interface SessionOrder {
  readonly keepaliveMs: number
  /** Ask for LLRP 1.1 first. */
  readonly wants11: boolean
  /** Reads wait in the reader until there are several: fetch them so often. */
  readonly fetchEveryMs: number | undefined
  /** Inputs of the reader that must be switched on; and those of them whose changes are to be told. */
  readonly inputs: readonly number[]
  readonly toldInputs: readonly number[]
  /** Asked again while it reads: another one is put in its place. */
  readonly roSpecFor: (capabilities: Capabilities) => RoSpec
}

/**
 * One connection to a reader, from its first word to its last, without the connection itself: what has arrived and the
 * time go in, what to send comes out. Times are monotonic milliseconds.
 *
 * greeting → preparing (one request after the other, each answered) → reading → closing → over
 *
 * What the reader has kept is asked for before anything is changed in it, and a ROSpec of ours that it still has is left
 * as it is, running or only to be started.
 */
export interface Session {
  readonly phase: 'greeting' | 'preparing' | 'reading' | 'closing' | 'over'
  /** 1 = LLRP 1.0.1, 2 = LLRP 1.1. */
  readonly version: 1 | 2
  readonly nextId: number
  /** The request whose answer is awaited, and those to come after it. */
  readonly asked: Request | undefined
  readonly plan: readonly Request[]
  readonly askedAtMs: number
  readonly heardAtMs: number
  readonly fetchedAtMs: number
  readonly roSpec: RoSpec | undefined
  readonly capabilities: Capabilities | undefined
  /** dBm by antenna that the reader is set to itself, where it tells. */
  readonly ownPowers: ReadonlyMap<number, number>
}

interface Request {
  readonly name: string
  readonly fields?: Fields
  readonly parameters?: readonly Parameter[]
  /** What comes back; absent: nothing does. */
  readonly answer?: string
  /** The reader may refuse it, and the session goes on without. */
  readonly mayFail?: true
  readonly version?: 2
}

export interface Step {
  readonly session: Session
  readonly send: readonly Message[]
  readonly notices: readonly Notice[]
}

const answerWithinMs = 5000
/** Readers greet at once; one that does not is met sooner by trying again. */
const greetWithinMs = 3000
/** A stop waits no longer for the reader's good-bye. */
const closeWithinMs = 1000
/** Keep-alives that may be missing before the connection is given up. */
const missedKeepalives = 3
const stateOfRoSpec = { disabled: 0, active: 2 } as const
const events = { input: 1, roSpec: 2, bufferWarning: 3, exception: 4, antenna: 8 } as const
const impinjEnableExtensions = 21

export function beginSession(nowMs: number): Session {
  return {
    phase: 'greeting',
    version: 1,
    nextId: 1,
    asked: undefined,
    plan: [],
    askedAtMs: nowMs,
    heardAtMs: nowMs,
    fetchedAtMs: nowMs,
    roSpec: undefined,
    capabilities: undefined,
    ownPowers: new Map(),
  }
}

/** A report came; or, for any other sign of life, the line was held back until now. */
export function heard(session: Session, nowMs: number): Session {
  return { ...session, heardAtMs: nowMs }
}

/** Takes a message that is no report. */
export function take(before: Session, received: Message, order: SessionOrder, nowMs: number): Step {
  const session = heard(before, nowMs)
  switch (received.name) {
    case 'KEEPALIVE':
      return { session, send: [message('KEEPALIVE_ACK', { version: session.version, id: received.id })], notices: [] }
    case 'READER_EVENT_NOTIFICATION':
      return takeEvent(session, received, order, nowMs)
    case 'CLOSE_CONNECTION_RESPONSE':
      return over(session, 'closed as we asked')
    default:
      return takeAnswer(session, received, order, nowMs)
  }
}

/** Nothing came, time goes by: asks for what waits in the reader, and gives a reader up that does not answer. */
export function tick(session: Session, order: SessionOrder, nowMs: number): Step {
  const { asked, askedAtMs, heardAtMs, phase } = session
  const patienceMs = phase === 'greeting' ? greetWithinMs : phase === 'closing' ? closeWithinMs : answerWithinMs
  const late = nowMs - askedAtMs >= patienceMs
  if (phase === 'greeting' && late) return over(session, 'the reader does not greet')
  if (phase === 'closing' && late) return over(session, 'the reader does not close the connection')
  if (asked !== undefined && late) return over(session, `the reader does not answer ${asked.name}`)
  if (phase !== 'reading') return { session, send: [], notices: [] }
  if (nowMs - heardAtMs > missedKeepalives * order.keepaliveMs + order.keepaliveMs / 2)
    return over(session, `the reader missed ${missedKeepalives} keep-alives`)
  if (asked === undefined && session.capabilities !== undefined) {
    const roSpec = order.roSpecFor(session.capabilities)
    // What the old one has read is fetched before it is deleted.
    if (roSpec.id !== session.roSpec?.id) return askNext({ ...session, roSpec, plan: [getReport, getRoSpecs] }, nowMs)
  }
  if (order.fetchEveryMs === undefined || nowMs - session.fetchedAtMs < order.fetchEveryMs)
    return { session, send: [], notices: [] }
  return sent({ ...session, fetchedAtMs: nowMs }, { name: 'GET_REPORT' })
}

/** Says good-bye: what the reader sends before it answers is still taken, what it reads after it keeps. */
export function close(session: Session, nowMs: number): Step {
  if (session.phase === 'closing' || session.phase === 'over') return { session, send: [], notices: [] }
  return sent(
    { ...session, phase: 'closing', asked: undefined, plan: [], askedAtMs: nowMs },
    { name: 'CLOSE_CONNECTION' },
  )
}

function takeEvent(session: Session, event: Message, order: SessionOrder, nowMs: number): Step {
  const notices = noticesIn(event)
  const status = connectionOf(event)
  if (session.phase === 'greeting') {
    // Anything else that comes first was held for us; the greeting is still to come.
    if (status === undefined) return { session, send: [], notices }
    if (status !== 'accepted') return withNotices(over(session, status), notices)
    const plan = order.wants11 ? [request('GET_SUPPORTED_VERSION', { mayFail: true, version: 2 })] : []
    const first = { ...session, phase: 'preparing' as const, plan: [...plan, capabilitiesRequest] }
    return withNotices(askNext(first, nowMs), notices)
  }
  if (notices.some(({ kind }) => kind === 'closing')) return withNotices(over(session, 'closed by the reader'), notices)
  const { roSpec } = session
  const ended = notices.some((notice) => notice.kind === 'ended' && notice.roSpec === roSpec?.id)
  if (!ended || roSpec === undefined || roSpec.startsByItself || session.phase !== 'reading')
    return { session, send: [], notices }
  return withNotices(askNext({ ...session, plan: [start(roSpec)] }, nowMs), notices)
}

function takeAnswer(session: Session, answer: Message, order: SessionOrder, nowMs: number): Step {
  const { asked } = session
  if (asked === undefined || (answer.name !== asked.answer && answer.name !== 'ERROR_MESSAGE'))
    return { session, send: [], notices: [] }
  const status = statusOf(answer)
  if (status === 0 && answer.name !== 'ERROR_MESSAGE')
    return askNext(learn({ ...session, asked: undefined }, asked, answer, order), nowMs)
  if (asked.mayFail === true) return askNext({ ...session, asked: undefined }, nowMs)
  const reason = `the reader refuses ${asked.name}: ${sayingOf(answer)}`
  const refused = asked.name === 'ADD_ROSPEC' ? [{ kind: 'refused' as const, reason }] : []
  return withNotices(over(session, reason), refused)
}

/** What an answer changes: the version that is spoken, and what there is to ask next. */
function learn(session: Session, asked: Request, answer: Message, order: SessionOrder): Session {
  switch (asked.name) {
    case 'GET_SUPPORTED_VERSION': {
      if ((numberIn(answer, 'SupportedVersion') ?? 1) < 2) return session
      if (numberIn(answer, 'CurrentVersion') === 2) return { ...session, version: 2 }
      const set = request('SET_PROTOCOL_VERSION', { fields: { ProtocolVersion: 2 }, mayFail: true, version: 2 })
      return { ...session, plan: [set, ...session.plan] }
    }
    case 'SET_PROTOCOL_VERSION':
      return { ...session, version: 2 }
    case 'GET_READER_CAPABILITIES': {
      const capabilities = capabilitiesIn(answer)
      const roSpec = order.roSpecFor(capabilities)
      const extensions = capabilities.isImpinj ? [enableExtensions] : []
      const settings = [...extensions, configuration(capabilities, order), getAntennas]
      return { ...session, capabilities, roSpec, plan: [...settings, enableReports, getReport, getRoSpecs] }
    }
    case 'GET_READER_CONFIG':
      return session.capabilities === undefined
        ? session
        : { ...session, ownPowers: ownPowersIn(answer, session.capabilities) }
    case 'GET_ROSPECS':
      return session.roSpec === undefined ? session : { ...session, plan: mending(answer, session.roSpec) }
    default:
      return session
  }
}

/** From the ROSpecs that a reader has to the one that is wanted, running. */
function mending(answer: Message, wanted: RoSpec): readonly Request[] {
  const present = findAll(answer, 'ROSpec')
  const ours = present.find((spec) => numberIn(spec, 'ROSpecID') === wanted.id)
  const deleted = present
    .filter((spec) => spec !== ours)
    .map((spec) => request('DELETE_ROSPEC', { fields: { ROSpecID: numberIn(spec, 'ROSpecID') ?? 0 } }))
  const fields = { ROSpecID: wanted.id }
  const added = ours === undefined ? [request('ADD_ROSPEC', { parameters: [wanted.spec] })] : []
  const state = ours === undefined ? stateOfRoSpec.disabled : numberIn(ours, 'CurrentState')
  const enabled = state === stateOfRoSpec.disabled ? [request('ENABLE_ROSPEC', { fields })] : []
  const started = state === stateOfRoSpec.active || wanted.startsByItself ? [] : [start(wanted)]
  return [...deleted, ...added, ...enabled, ...started]
}

function request(name: string, more: Omit<Request, 'name' | 'answer'> = {}): Request {
  return { name, answer: `${name}_RESPONSE`, ...more }
}

const capabilitiesRequest = request('GET_READER_CAPABILITIES')
const getRoSpecs = request('GET_ROSPECS')
/** RequestedData 3: antenna configuration; AntennaID 0: of all. */
const getAntennas = request('GET_READER_CONFIG', {
  fields: { AntennaID: 0, RequestedData: 3, GPIPortNum: 0, GPOPortNum: 0 },
  mayFail: true,
})
const enableReports: Request = { name: 'ENABLE_EVENTS_AND_REPORTS' }
const getReport: Request = { name: 'GET_REPORT' }
const enableExtensions: Request = {
  name: 'CUSTOM_MESSAGE',
  fields: { VendorID: impinjVendor, Subtype: impinjEnableExtensions, Data: new Uint8Array(4) },
  answer: 'CUSTOM_MESSAGE',
  mayFail: true,
}

function start({ id }: RoSpec): Request {
  return request('START_ROSPEC', { fields: { ROSpecID: id } })
}

function configuration(capabilities: Capabilities, { keepaliveMs, inputs, toldInputs }: SessionOrder): Request {
  const wanted = [
    events.roSpec,
    events.exception,
    events.antenna,
    ...(capabilities.canWarnOfFullBuffer ? [events.bufferWarning] : []),
    ...(toldInputs.length > 0 ? [events.input] : []),
  ]
  const notifications = wanted.map((ReaderEventType) =>
    parameter('EventNotificationState', { ReaderEventType, NotificationEnabled: true }),
  )
  return request('SET_READER_CONFIG', {
    parameters: [
      parameter('ReaderEventNotificationSpec', {}, ...notifications),
      parameter('KeepaliveSpec', { Trigger: 1, Interval: keepaliveMs }),
      ...inputs.map((Port) => parameter('GPIPortCurrentState', { Port, Enabled: true, State: 2 })),
      ...(capabilities.canHold ? [parameter('EventsAndReports', { HoldEventsAndReportsUponReconnect: true })] : []),
    ],
  })
}

/** Sends what needs no answer, and the next request that does. With nothing left the reader reads. */
function askNext(session: Session, nowMs: number): Step {
  const send: Message[] = []
  let { nextId } = session
  for (const [i, next] of session.plan.entries()) {
    send.push(messageOf(next, session.version, nextId))
    nextId += 1
    if (next.answer === undefined) continue
    const plan = session.plan.slice(i + 1)
    return { session: { ...session, nextId, asked: next, askedAtMs: nowMs, plan }, send, notices: [] }
  }
  const reading = { ...session, nextId, asked: undefined, plan: [], phase: 'reading' as const, heardAtMs: nowMs }
  return { session: reading, send, notices: session.phase === 'reading' ? [] : [{ kind: 'reading' }] }
}

function sent(session: Session, said: Request): Step {
  const send = [messageOf(said, session.version, session.nextId)]
  return { session: { ...session, nextId: session.nextId + 1 }, send, notices: [] }
}

function messageOf({ name, fields, parameters, version }: Request, spoken: 1 | 2, id: number): Message {
  return message(name, { version: version ?? spoken, id }, fields, parameters)
}

function over(session: Session, reason: string): Step {
  const ended = { ...session, phase: 'over' as const, asked: undefined, plan: [] }
  return { session: ended, send: [], notices: [{ kind: 'over', reason }] }
}

function withNotices(step: Step, notices: readonly Notice[]): Step {
  return { ...step, notices: [...notices, ...step.notices] }
}
