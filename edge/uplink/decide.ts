import { close, type Intervals, missing, nothingClosed } from '../../shared/intervals.ts'
import { batchLimits } from '../../shared/wire.ts'
import type { LostTo } from '../spool/spool.ts'

/**
 * What the uplink does next, as a pure function: events in, state and actions out. It numbers nothing and reads no
 * clock; `at` is a monotonic time in ms that the caller gives.
 *
 * Rules: hello first, and no batch before its lease is stored. A bounded window of batches in flight. What is not
 * acknowledged in time is sent again from the oldest hole on (go-back-N). After an outage new records go first and the
 * backlog drains beside them, paced; with too many holes open the oldest is sent first.
 */
export interface UplinkSettings {
  /** Batches in flight. */
  readonly window: number
  readonly batchRecords: number
  /** Pace of the backlog while there is one. */
  readonly drainRecordsPerSecond: number
  /** An ack is missed after the measured round trip, and never before this. */
  readonly leastAckTimeoutMs: number
  readonly mostAckTimeoutMs: number
  /** Missed acks in a row after which the link is taken down. */
  readonly ackTimeoutsToReconnect: number
  readonly helloTimeoutMs: number
  /** Between two hellos on one connection. One without an answer is repeated: the server may come after the broker. */
  readonly helloPauseMs: number
  /** Nothing heard for so long: the link is half open. 1.5 keep-alives. */
  readonly silenceMs: number
}

export const defaultSettings: UplinkSettings = {
  window: 8,
  batchRecords: batchLimits.records,
  drainRecordsPerSecond: 100_000,
  leastAckTimeoutMs: 2_000,
  mostAckTimeoutMs: 60_000,
  ackTimeoutsToReconnect: 4,
  helloTimeoutMs: 10_000,
  helloPauseMs: 1_000,
  silenceMs: 15_000,
}

export interface InFlight {
  readonly from: number
  readonly to: number
  readonly sentAt: number
  /** Sent before: its ack says nothing about the round trip (Karn's rule). */
  readonly isRepeat: boolean
}

export type Range = readonly [from: number, to: number]

export interface UplinkState {
  readonly phase: 'offline' | 'hello' | 'storing' | 'streaming'
  readonly first: number
  readonly next: number
  readonly closed: Intervals
  /** Records from here on are live; older ones that are not closed are the backlog. */
  readonly liveFrom: number
  readonly server: string | undefined
  readonly inFlight: readonly InFlight[]
  /** Asked for and not yet handed to the link. */
  readonly sending: Range | undefined
  readonly highestSent: number
  /** Ranges that a refusal cut a batch into: a batch stays inside one. */
  readonly cuts: readonly Range[]
  /** Set aside, or declared as lost: not sent again. */
  readonly abandoned: Intervals
  readonly roundTripMs: number | undefined
  readonly roundTripDeviationMs: number
  /** Missed acks in a row. */
  readonly missedAcks: number
  readonly batchRecords: number
  /** Records of the backlog that may go now. */
  readonly drainTokens: number
  readonly drainedAt: number
  readonly helloAt: number | undefined
  /** When the first hello was said that has no answer yet. */
  readonly unansweredSince: number | undefined
  /** A hello is wanted as soon as the pause after the last one is over. */
  readonly helloIsDue: boolean
}

export type UplinkEvent =
  | { readonly type: 'connected'; readonly at: number; readonly first: number; readonly next: number }
  | { readonly type: 'disconnected' }
  | { readonly type: 'records'; readonly at: number; readonly first: number; readonly next: number }
  | {
      readonly type: 'ack'
      readonly at: number
      readonly closed: Intervals
      readonly server: string
      readonly lease?: string | undefined
      readonly sayHello?: boolean
    }
  | { readonly type: 'leaseStored'; readonly at: number }
  /** The clock asks for the server's time, which only the answer to a hello tells. */
  | { readonly type: 'timeIsDue'; readonly at: number }
  /** What a `send` came to: a run that is on its way, or nothing. */
  | { readonly type: 'sent'; readonly at: number; readonly run: Range | undefined }
  | { readonly type: 'refused'; readonly at: number; readonly run: Range; readonly reason: string }
  | { readonly type: 'tick'; readonly at: number; readonly heardAt: number }

export type UplinkAction =
  | { readonly type: 'hello' }
  | { readonly type: 'storeLease'; readonly lease: string }
  | { readonly type: 'send'; readonly from: number; readonly to: number }
  | { readonly type: 'acknowledge'; readonly closed: Intervals }
  | { readonly type: 'reconnect'; readonly reason: 'no-ack' | 'no-hello-answer' | 'silent' }
  /** The server cannot read this one record: keep its bytes aside and put a gap in its place. */
  | { readonly type: 'setAside'; readonly sequence: number; readonly reason: string }
  /** The server was restored and lacks what is no longer here. */
  | { readonly type: 'declareLost'; readonly server: string; readonly from: number; readonly to: number }
  | { readonly type: 'missedAck'; readonly batches: number }

export interface Decision {
  readonly state: UplinkState
  readonly actions: readonly UplinkAction[]
}

/** `lostTo`: what earlier runs declared lost, and to which server. */
export function startUplink(settings: UplinkSettings, lostTo?: LostTo): UplinkState {
  return {
    phase: 'offline',
    first: 1,
    next: 1,
    closed: nothingClosed,
    liveFrom: 1,
    server: lostTo?.server,
    inFlight: [],
    sending: undefined,
    highestSent: 0,
    cuts: [],
    abandoned: lostTo?.lost ?? nothingClosed,
    roundTripMs: undefined,
    roundTripDeviationMs: 0,
    missedAcks: 0,
    batchRecords: settings.batchRecords,
    drainTokens: 0,
    drainedAt: 0,
    helloAt: undefined,
    unansweredSince: undefined,
    helloIsDue: false,
  }
}

export function decide(before: UplinkState, event: UplinkEvent, settings: UplinkSettings): Decision {
  const taken = take(before, event, settings)
  return 'at' in event ? sendMore(taken, event.at, settings) : taken
}

function take(state: UplinkState, event: UplinkEvent, settings: UplinkSettings): Decision {
  switch (event.type) {
    case 'connected':
      return sayHello({ ...offline(state), first: event.first, next: event.next }, event.at)
    case 'disconnected':
      return { state: offline(state), actions: [] }
    case 'records':
      return { state: { ...state, first: event.first, next: event.next }, actions: [] }
    case 'ack':
      return takeAck(state, event, settings)
    case 'leaseStored':
      if (state.phase !== 'storing') return { state, actions: [] }
      return { state: { ...state, phase: 'streaming', drainedAt: event.at }, actions: [] }
    case 'timeIsDue':
      if (state.phase !== 'streaming' || event.at - (state.helloAt ?? event.at) < settings.helloPauseMs) {
        return { state, actions: [] }
      }
      return sayHello(state, event.at)
    case 'sent':
      return { state: takeSent(state, event), actions: [] }
    case 'refused':
      return takeRefusal(state, event)
    case 'tick':
      return takeTick(state, event, settings)
  }
}

function offline(state: UplinkState): UplinkState {
  return {
    ...state,
    phase: 'offline',
    inFlight: [],
    sending: undefined,
    missedAcks: 0,
    helloAt: undefined,
    unansweredSince: undefined,
    helloIsDue: false,
  }
}

function sayHello(state: UplinkState, at: number): Decision {
  return {
    state: {
      ...state,
      phase: 'hello',
      inFlight: [],
      sending: undefined,
      helloAt: at,
      unansweredSince: state.unansweredSince ?? at,
      helloIsDue: false,
    },
    actions: [{ type: 'hello' }],
  }
}

function takeAck(state: UplinkState, event: Extract<UplinkEvent, { type: 'ack' }>, settings: UplinkSettings): Decision {
  if (state.phase === 'hello' && event.lease !== undefined) return takeHelloAnswer(state, event, event.lease, settings)
  if (state.phase !== 'streaming') return { state, actions: [] }
  if (event.sayHello === true || event.server !== state.server) {
    // Our lease was retired, or another server speaks: only a new hello tells where we are.
    if (state.helloAt === undefined || event.at - state.helloAt >= settings.helloPauseMs) {
      return sayHello(state, event.at)
    }
    // Too soon after the last one: the tick says it.
    return { state: { ...state, phase: 'hello', helloIsDue: true, inFlight: [], sending: undefined }, actions: [] }
  }
  let closed = close(state.closed, 1, event.closed.committed)
  for (const [from, to] of event.closed.ranges) closed = close(closed, from, to)
  const inFlight = state.inFlight.filter(({ from, to }) => missing(closed, from, to).length > 0)
  const answered = state.inFlight.filter(({ from, to }) => missing(closed, from, to).length === 0)
  const timed = answered.findLast(({ isRepeat }) => !isRepeat)
  const progressed: UplinkState = {
    ...state,
    closed,
    inFlight,
    cuts: state.cuts.filter(([from, to]) => missing(closed, from, to).length > 0),
    ...(answered.length === 0
      ? {}
      : { missedAcks: 0, batchRecords: Math.min(state.batchRecords * 2, settings.batchRecords) }),
    ...(timed === undefined ? {} : roundTrip(state, event.at - timed.sentAt)),
  }
  return { state: progressed, actions: [{ type: 'acknowledge', closed }] }
}

function takeHelloAnswer(
  state: UplinkState,
  event: Extract<UplinkEvent, { type: 'ack' }>,
  lease: string,
  settings: UplinkSettings,
): Decision {
  // The answer to a hello is the whole truth, even where it takes back what an earlier ack said.
  const { closed, server } = event
  const isSameServer = server === state.server
  const abandoned = isSameServer ? state.abandoned : nothingClosed
  const known = closed.ranges.reduce((sum, [from, to]) => close(sum, from, to), close(abandoned, 1, closed.committed))
  const lost = missing(known, 1, state.first - 1)
  const backlog = missing(closed, state.first, state.next - 1).reduce((sum, [from, to]) => sum + to - from + 1, 0)
  return {
    state: {
      ...state,
      phase: 'storing',
      unansweredSince: undefined,
      server,
      closed,
      abandoned: lost.reduce((sum, [from, to]) => close(sum, from, to), abandoned),
      liveFrom: backlog > settings.batchRecords ? state.next : state.first,
      missedAcks: 0,
      drainTokens: Number.MAX_SAFE_INTEGER, // a full bucket
    },
    actions: [
      { type: 'storeLease', lease },
      { type: 'acknowledge', closed },
      ...lost.map(([from, to]): UplinkAction => ({ type: 'declareLost', server, from, to })),
    ],
  }
}

/** Jacobson's smoothed round trip (RFC 6298). */
function roundTrip(state: UplinkState, sampleMs: number): Pick<UplinkState, 'roundTripMs' | 'roundTripDeviationMs'> {
  if (state.roundTripMs === undefined) return { roundTripMs: sampleMs, roundTripDeviationMs: sampleMs / 2 }
  const deviation = Math.abs(state.roundTripMs - sampleMs)
  return {
    roundTripMs: state.roundTripMs + (sampleMs - state.roundTripMs) / 8,
    roundTripDeviationMs: state.roundTripDeviationMs + (deviation - state.roundTripDeviationMs) / 4,
  }
}

/** How long an ack may take: the round trip with its spread, doubled for each one missed in a row. */
export function ackTimeoutMs(state: UplinkState, settings: UplinkSettings): number {
  const measured = (state.roundTripMs ?? 0) + 4 * state.roundTripDeviationMs
  const patient = Math.max(settings.leastAckTimeoutMs, measured) * 2 ** state.missedAcks
  return Math.min(patient, settings.mostAckTimeoutMs)
}

function takeSent(state: UplinkState, { at, run }: Extract<UplinkEvent, { type: 'sent' }>): UplinkState {
  if (state.sending === undefined) return state
  if (run === undefined) return { ...state, sending: undefined }
  const [from, to] = run
  if (from < state.sending[0] || to > state.sending[1]) return state // of a connection that is gone
  return {
    ...state,
    sending: undefined,
    inFlight: [...state.inFlight, { from, to, sentAt: at, isRepeat: from <= state.highestSent }],
    highestSent: Math.max(state.highestSent, to),
    drainTokens: from < state.liveFrom ? state.drainTokens - (to - from + 1) : state.drainTokens,
  }
}

function takeRefusal(state: UplinkState, event: Extract<UplinkEvent, { type: 'refused' }>): Decision {
  // A late refusal of a larger batch says nothing about the smaller one that is in flight now.
  const batch = state.inFlight.find(({ from, to }) => from === event.run[0] && to === event.run[1])
  if (batch === undefined) return { state, actions: [] }
  const { from, to } = batch
  const inFlight = state.inFlight.filter((other) => other !== batch)
  const cuts = state.cuts.filter(([low]) => low !== from)
  if (from === to) {
    return {
      state: { ...state, inFlight, cuts, abandoned: close(state.abandoned, from, to) },
      actions: [{ type: 'setAside', sequence: from, reason: event.reason }],
    }
  }
  const middle = Math.floor((from + to) / 2)
  return {
    state: { ...state, inFlight, cuts: [...cuts, [from, middle], [middle + 1, to]] },
    actions: [],
  }
}

function takeTick(
  state: UplinkState,
  { at, heardAt }: Extract<UplinkEvent, { type: 'tick' }>,
  settings: UplinkSettings,
): Decision {
  if (state.phase === 'offline') return { state, actions: [] }
  if (at - heardAt > settings.silenceMs) {
    return { state: offline(state), actions: [{ type: 'reconnect', reason: 'silent' }] }
  }
  if (state.phase === 'hello') {
    if (at - (state.unansweredSince ?? at) > settings.helloTimeoutMs) {
      return { state: offline(state), actions: [{ type: 'reconnect', reason: 'no-hello-answer' }] }
    }
    const pauseMs = state.helloIsDue ? settings.helloPauseMs : 2 * settings.helloPauseMs
    if (at - (state.helloAt ?? at) >= pauseMs) return sayHello(state, at)
    return { state, actions: [] }
  }
  const oldest = Math.min(...state.inFlight.map(({ sentAt }) => sentAt))
  if (at - oldest <= ackTimeoutMs(state, settings)) return { state, actions: [] }
  const missed: UplinkAction = { type: 'missedAck', batches: state.inFlight.length }
  const missedAcks = state.missedAcks + 1
  if (missedAcks >= settings.ackTimeoutsToReconnect) {
    return { state: offline(state), actions: [missed, { type: 'reconnect', reason: 'no-ack' }] }
  }
  // Go back: everything that is not closed is to be sent again, in smaller pieces and one at a time at first.
  const batchRecords = Math.max(Math.floor(state.batchRecords / 2), Math.min(50, settings.batchRecords))
  return { state: { ...state, inFlight: [], missedAcks, batchRecords }, actions: [missed] }
}

/** Adds the next `send`, if there is something to send and room for it. */
function sendMore({ state, actions }: Decision, at: number, settings: UplinkSettings): Decision {
  if (state.phase !== 'streaming' || state.sending !== undefined) return { state, actions }
  const paced = refillTokens(state, at, settings)
  const range = nextRange(paced, settings)
  if (range === undefined) return { state: paced, actions }
  return {
    state: { ...paced, sending: range },
    actions: [...actions, { type: 'send', from: range[0], to: range[1] }],
  }
}

function refillTokens(state: UplinkState, at: number, settings: UplinkSettings): UplinkState {
  const rate = settings.drainRecordsPerSecond
  const bucket = Math.max(settings.batchRecords, rate / 4)
  const drainTokens = Math.min(bucket, state.drainTokens + ((at - state.drainedAt) * rate) / 1000)
  return { ...state, drainTokens, drainedAt: at }
}

/** New live records wait for more of them while so many batches are in flight: full batches under load. */
const liveRecordsPerBatchInFlight = 32

function nextRange(state: UplinkState, settings: UplinkSettings): Range | undefined {
  const window = state.missedAcks > 0 ? 1 : settings.window
  if (state.inFlight.length >= window) return undefined
  const open = openRanges(state)
  const oldest = open[0]
  if (oldest === undefined) return undefined
  // The server keeps only so many ranges: a send that would open one more must wait for the oldest hole.
  if (state.closed.ranges.length + state.inFlight.length >= batchLimits.ranges - 1) return cut(state, oldest)

  const backlog = oldest[0] < state.liveFrom ? oldest : undefined
  const live = open.find(([, to]) => to >= state.liveFrom)
  const liveInFlight = state.inFlight.filter(({ from }) => from >= state.liveFrom).length
  const share = Math.max(1, window - 1) // the other kind always finds a slot
  if (live !== undefined && (backlog === undefined || liveInFlight < share)) {
    const range = cut(state, [Math.max(live[0], state.liveFrom), live[1]])
    const mayGrow = live[1] === state.next - 1 && piecesAt(state, range[0]).length === 0
    const count = range[1] - range[0] + 1
    const enough = Math.min(liveInFlight * liveRecordsPerBatchInFlight, state.batchRecords)
    if (!mayGrow || count >= enough) return range
  }
  const drainInFlight = state.inFlight.length - liveInFlight
  if (backlog === undefined || drainInFlight >= share || state.drainTokens <= 0) return undefined
  return cut(state, [backlog[0], Math.min(backlog[1], state.liveFrom - 1)])
}

/** What is neither closed, nor in flight, nor given up; ascending. */
function openRanges(state: UplinkState): readonly Range[] {
  let done = state.closed
  for (const { from, to } of state.inFlight) done = close(done, from, to)
  for (const [from, to] of state.abandoned.ranges) done = close(done, from, to)
  done = close(done, 1, state.abandoned.committed)
  return missing(done, state.first, state.next - 1)
}

function piecesAt(state: UplinkState, sequence: number): readonly Range[] {
  return state.cuts.filter(([low, high]) => sequence >= low && sequence <= high)
}

/** Shortens a range to one batch. */
function cut(state: UplinkState, [from, to]: Range): Range {
  const ends = piecesAt(state, from).map(([, high]) => high)
  return [from, Math.min(to, from + state.batchRecords - 1, ...ends)]
}
