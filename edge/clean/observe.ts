import type { Observation } from '../../shared/record.ts'
import { markOf } from '../clock/stamp.ts'
import type { TagRead } from '../decoders/reading.ts'

export interface ObserveOptions {
  /** Reads of one tag at one read point within this time become one observation. */
  readonly windowMs: number
  /** Tags being watched at once; with more, the one that waits longest is let go early, with all its reads. */
  readonly openWindows: number
}

/** A tag that is being watched at one read point. Event times are the reads'; `closesAtMs` is the gateway's own time. */
interface Window {
  readonly readPoint: string
  readonly epc: string
  startedAt: number
  lastAt: number
  closesAtMs: number
  /** What was read since the last observation; none yet → undefined. */
  pending: Pending | undefined
}

interface Pending {
  firstAt: number
  lastAt: number
  count: number
  antenna: number
  rssiDbm: number | undefined
  tid: string | undefined
  /** As in a TagRead: stamps that can be believed are never merged with those that cannot. */
  unsyncedIn: string | undefined
}

/** Open windows in the order in which they close. Changed in place by the functions of this file. */
export interface ObserveState {
  readonly windows: Map<string, Window>
}

export function nothingObserved(): ObserveState {
  return { windows: new Map() }
}

/**
 * Takes one tag read; calls `emit` for every observation that it completes. `nowMs` is the gateway's monotonic time.
 *
 * - The first read of a tag that was not seen for a whole window is an observation of its own at once, so that boards
 *   move immediately. The following ones are merged and emitted when their window ends.
 * - Windows are cut in event time, so a slow link or a replay merges as the moment itself would have.
 * - A read from before the window (out of order) is merged if it is less than one window too old, else it is an
 *   observation of its own: nothing is lost, nothing spans more than two windows.
 * - The counts of what is emitted add up to the counts of what was taken once everything is flushed.
 */
export function observe(
  state: ObserveState,
  read: TagRead,
  readPoint: string,
  nowMs: number,
  options: ObserveOptions,
  emit: (observation: Observation) => void,
): void {
  const key = `${readPoint} ${read.epc}`
  const window = state.windows.get(key)
  if (window === undefined) {
    if (state.windows.size >= options.openWindows) closeOldest(state, emit)
    emit(observation(readPoint, read.epc, pendingOf(read)))
    state.windows.set(key, {
      readPoint,
      epc: read.epc,
      startedAt: read.at,
      lastAt: read.at,
      closesAtMs: nowMs + options.windowMs,
      pending: undefined,
    })
    return
  }

  if (window.pending !== undefined && window.pending.unsyncedIn !== read.unsyncedIn) emitPending(window, emit)
  if (read.at <= window.startedAt - options.windowMs) {
    emit(observation(readPoint, read.epc, pendingOf(read)))
    return
  }
  if (read.at < window.startedAt + options.windowMs) {
    merge(window, read)
    return
  }

  // The window is over. A tag that never paused for a whole window goes on in the next one; another starts afresh.
  emitPending(window, emit)
  const paused = read.at - window.lastAt >= options.windowMs
  if (paused) emit(observation(readPoint, read.epc, pendingOf(read)))
  else window.pending = pendingOf(read)
  window.startedAt = read.at
  window.lastAt = read.at
  reorder(state, key, window, nowMs + options.windowMs)
}

/**
 * Ends every window whose time is over: emits what is pending; a window in which nothing was read leaves the state.
 * The next window begins where this one ended, so it changes no observation how often this is called, if it is called
 * before every read.
 */
export function flush(
  state: ObserveState,
  nowMs: number,
  options: ObserveOptions,
  emit: (observation: Observation) => void,
): void {
  for (const [key, window] of state.windows) {
    if (window.closesAtMs > nowMs) return // all that follow close later
    if (window.pending === undefined) state.windows.delete(key)
    else {
      emitPending(window, emit)
      reorder(state, key, window, window.closesAtMs + options.windowMs)
    }
  }
}

/** Ends all windows, as before a stop. */
export function flushAll(state: ObserveState, emit: (observation: Observation) => void): void {
  for (const window of state.windows.values()) emitPending(window, emit)
  state.windows.clear()
}

function closeOldest(state: ObserveState, emit: (observation: Observation) => void): void {
  for (const [key, window] of state.windows) {
    emitPending(window, emit)
    state.windows.delete(key)
    return
  }
}

/** Every window lasts equally long, so the one that was touched last closes last: insertion order is closing order. */
function reorder(state: ObserveState, key: string, window: Window, closesAtMs: number): void {
  window.closesAtMs = closesAtMs
  state.windows.delete(key)
  state.windows.set(key, window)
}

function merge(window: Window, read: TagRead): void {
  window.lastAt = Math.max(window.lastAt, read.at)
  const pending = window.pending
  if (pending === undefined) {
    window.pending = pendingOf(read)
    return
  }
  pending.firstAt = Math.min(pending.firstAt, read.at)
  pending.lastAt = Math.max(pending.lastAt, read.at)
  pending.count += read.count
  pending.tid ??= read.tid
  if (read.rssiDbm !== undefined && (pending.rssiDbm === undefined || read.rssiDbm > pending.rssiDbm)) {
    pending.rssiDbm = read.rssiDbm
    pending.antenna = read.antenna
  }
}

function pendingOf(read: TagRead): Pending {
  return {
    firstAt: read.at,
    lastAt: read.at,
    count: read.count,
    antenna: read.antenna,
    rssiDbm: read.rssiDbm,
    tid: read.tid,
    unsyncedIn: read.unsyncedIn,
  }
}

function emitPending(window: Window, emit: (observation: Observation) => void): void {
  if (window.pending === undefined) return
  emit(observation(window.readPoint, window.epc, window.pending))
  window.pending = undefined
}

function observation(readPoint: string, epc: string, reads: Pending): Observation {
  return {
    kind: 'observation',
    at: reads.lastAt,
    firstAt: reads.firstAt,
    readPoint,
    epc,
    count: reads.count,
    ...(reads.rssiDbm === undefined ? {} : { peakRssiDbm: reads.rssiDbm }),
    antenna: reads.antenna,
    ...(reads.tid === undefined ? {} : { tid: reads.tid }),
    ...markOf(reads.unsyncedIn),
  }
}
