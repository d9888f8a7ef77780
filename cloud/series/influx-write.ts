import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../shared/clock.ts'
import { Fault } from '../../shared/fault.ts'
import { type InOrder, openKnownSeries } from './known-series.ts'
import { LineBytes } from './line-bytes.ts'
import { writeLine } from './line-protocol.ts'
import type { Point, Rejection } from './series-store.ts'

/** What a server answered to one body of lines. */
export interface WriteAnswer {
  readonly status: number
  readonly body: string
  /** The header `Retry-After` in seconds, as it came. */
  readonly retryAfter: string | undefined
}

export interface LineWriterOptions {
  /** Posts one body of lines, whose bytes are its own until it ends. Network trouble and timeouts throw. */
  readonly post: (body: Uint8Array, signal: AbortSignal) => Promise<WriteAnswer>
  readonly clock: Clock
  /** For messages: which server. */
  readonly server: string
  /** How long one request may take. */
  readonly timeoutMs?: number
}

/** Points in one request: fewer cost the server up to half its speed, more only memory. */
const chunkPoints = 10_000

/** Buffers of requests are used again: so many, and so much of each; 10,000 lines of 200 bytes fit. */
const keptBuffers = { count: 4, bytes: 2 << 20 }

/** A server on this machine is not sent gzip: both would pay for it, and the loopback is as fast as memory. */
export function isOnLoopback(url: string): boolean {
  const { hostname } = new URL(url)
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname)
}

export const writeTimeoutMs = 10_000

/**
 * Writes points to an InfluxDB of any version: in requests of at least 10,000 points when there are that many, series after
 * series, at most two in flight, points of one series always in order. Nothing is buffered or retried here: whoever reads the journal
 * calls again. A line that the server refuses for itself is found by halving and returned; every other refusal throws
 * a retryable Fault, and while a `Retry-After` runs the server is left alone.
 */
export function openLineWriter({ post, clock, server, timeoutMs = writeTimeoutMs }: LineWriterOptions) {
  let leaveAloneUntilMs = 0
  const known = openKnownSeries()
  const free: LineBytes[] = []

  /** Sends the points of these indexes in one request, or in halves down to those at fault. */
  async function send(work: Work, indexes: readonly number[], body = bodyOf(work, indexes)): Promise<void> {
    const answer = await ask(body.view(), work.signal)
    if (answer.status === 204) return
    const reason = refusalOf(answer)
    if (reason === undefined) throw faultOf(answer)
    if (indexes.length === 1 || droppedOf(reason) === indexes.length) {
      for (const index of indexes) work.rejections.push({ index, reason })
      return
    }
    const middle = indexes.length >>> 1
    await send(work, indexes.slice(0, middle))
    await send(work, indexes.slice(middle))
  }

  async function ask(body: Uint8Array, signal: AbortSignal): Promise<WriteAnswer> {
    const waitMs = leaveAloneUntilMs - clock.monotonicMs()
    if (waitMs > 0) {
      throw new Fault('not-reachable', `${server} asked us to wait another ${Math.ceil(waitMs / 1000)} s.`, {
        retryable: true,
      })
    }
    try {
      return await post(body, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]))
    } catch (thrown) {
      throw networkFault(server, thrown, signal)
    }
  }

  function faultOf(answer: WriteAnswer): Fault {
    const seconds = Number(answer.retryAfter)
    const retryAfterMs = answer.retryAfter !== undefined && seconds > 0 ? Math.min(seconds, 3600) * 1000 : 0
    if (retryAfterMs > 0) leaveAloneUntilMs = clock.monotonicMs() + retryAfterMs
    const detail = `${answer.status} ${answer.body.slice(0, 200).trim()}`.trim()
    const later = retryAfterMs > 0 ? ` It asks to wait ${retryAfterMs / 1000} s.` : ''
    if (answer.status === 401 || answer.status === 403) {
      return new Fault('not-allowed', `${server} refuses our credentials (${detail}). Check user or token.${later}`, {
        retryable: true,
      })
    }
    if (answer.status === 404) {
      return new Fault('not-found', `${server} does not know the database or bucket (${detail}).${later}`, {
        retryable: true,
      })
    }
    return new Fault('not-reachable', `${server} takes no points now (${detail}).${later}`, { retryable: true })
  }

  /** Sends the points of one lane, one request after the other; while one is under way the next is written. */
  async function sendLane(work: Work, indexes: readonly number[]): Promise<void> {
    const requests = Math.max(1, Math.floor(indexes.length / chunkPoints))
    const size = Math.ceil(indexes.length / requests)
    const partAt = (from: number) => {
      if (from >= indexes.length) return undefined
      const body = free.pop() ?? new LineBytes()
      return { part: written(work, indexes.slice(from, from + size), body), body }
    }
    let next = partAt(0)
    for (let from = size; next !== undefined; from += size) {
      const { part, body } = next
      const sending = part.length === 0 ? undefined : send(work, part, body)
      sending?.catch(() => undefined) // awaited below, when the next lines stand ready
      // The request leaves, and so does the other lane's, before this thread is busy with the next lines.
      await setImmediate()
      next = partAt(from)
      await sending
      body.reset(keptBuffers.bytes)
      if (free.length < keptBuffers.count) free.push(body)
    }
  }

  /** Writes those that line protocol can say and hands them back; the others are noted with their reason. */
  function written(work: Work, indexes: readonly number[], body: LineBytes): readonly number[] {
    const { points, series, rejections } = work
    const sound: number[] = []
    for (const index of indexes) {
      const point = points[index] as Point
      const reason = known.flawOf(point)
      if (reason !== undefined) rejections.push({ index, reason })
      else {
        writeLine(body, point, series[index]?.prefix)
        sound.push(index)
      }
    }
    return sound
  }

  /** Of points that were found sound before. */
  function bodyOf({ points }: Work, indexes: readonly number[]): LineBytes {
    const body = new LineBytes()
    for (const index of indexes) writeLine(body, points[index] as Point)
    return body
  }

  return async function write(points: readonly Point[], signal: AbortSignal): Promise<readonly Rejection[]> {
    const rejections: Rejection[] = []
    const { lanes, series } = known.inOrder(points, points.length >= 2 * chunkPoints, rejections)
    const work: Work = { points, series, rejections, signal }
    // Both are waited for, so that nothing of a failed write is still under way when it is tried again.
    const results = await Promise.allSettled(lanes.map((indexes) => sendLane(work, indexes)))
    for (const result of results) if (result.status === 'rejected') throw result.reason
    return work.rejections.sort((a, b) => a.index - b.index)
  }
}

interface Work extends Pick<InOrder, 'series'> {
  readonly points: readonly Point[]
  readonly rejections: Rejection[]
  readonly signal: AbortSignal
}

/**
 * The server's reason, if it refused the lines themselves. Only InfluxDB's own JSON counts: a proxy or captive portal
 * that answers 400 must not make us set aside good points.
 */
function refusalOf({ status, body }: WriteAnswer): string | undefined {
  if (status === 413) return 'too large'
  if (status !== 400 && status !== 422) return undefined
  let answer: unknown
  try {
    answer = JSON.parse(body)
  } catch {
    return undefined
  }
  if (typeof answer !== 'object' || answer === null) return undefined
  const reason = 'error' in answer ? answer.error : 'message' in answer ? answer.message : undefined
  return typeof reason === 'string' ? reason : undefined
}

/** How many points a "partial write" left out; with all of them, halving would only ask thousands of times. */
function droppedOf(reason: string): number | undefined {
  const dropped = /\bdropped=(\d+)\b/.exec(reason)?.[1]
  return dropped === undefined ? undefined : Number(dropped)
}

/** Whatever kept an answer from coming, as a retryable Fault. */
export function networkFault(server: string, thrown: unknown, signal: AbortSignal): Fault {
  if (thrown instanceof Fault) return thrown
  if (signal.aborted)
    return new Fault('timeout', `Interrupted while ${server} was at work.`, { retryable: true, cause: thrown })
  const name = thrown instanceof Error ? thrown.name : ''
  if (name === 'TimeoutError' || name === 'AbortError') {
    const message = `${server} did not answer in time.`
    return new Fault('timeout', message, { retryable: true, cause: thrown })
  }
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown
  const detail = cause instanceof Error ? cause.message || cause.name : String(cause)
  return new Fault('not-reachable', `${server} cannot be reached (${detail}).`, { retryable: true, cause: thrown })
}
