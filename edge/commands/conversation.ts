import type { Dialect, ReaderSettings } from './dialect.ts'

/** A command that is not answered by then is sent again. */
export const answerWithinMs = 1000
/** A polled round may take so long between two of its frames. */
export const roundWithinMs = 3000
/** A reader that reads by itself says something at least so often, tags or not; else it is started anew. */
export const saysSomethingWithinMs = 3000
/** After a round that failed (a missing antenna) the next one waits. */
export const failedPauseMs = 500
const mostTries = 3
const unansweredUntilSetUpAgain = 3

/** What is said to one reader, from the moment its line opened. Times are monotonic milliseconds; nothing is read here. */
export interface Conversation {
  /** What to send now, if anything. */
  due(nowMs: number): Uint8Array | undefined
  /** A whole frame came. */
  heard(frame: Uint8Array, nowMs: number): void
}

/**
 * Sets the reader up, then makes it read. One command at a time, the next when it is answered; one that is not answered
 * is tried three times and then passed over, for a reader that does not take a setting may still read. A reader that
 * falls silent is set up again from the beginning: it may have lost its power, and its settings with it.
 */
export function conversation(dialect: Dialect, settings: ReaderSettings): Conversation {
  const setUp = dialect.setUp(settings)
  const script = [...setUp, ...dialect.inventory(settings)]
  let step = 0
  let tries = 0
  let unanswered = 0
  let isAwaiting = false
  let dueAtMs = Number.NEGATIVE_INFINITY

  const isRound = () => dialect.isPolled && step >= setUp.length

  function advance(nowMs: number, pauseMs = 0): void {
    step += 1
    tries = 0
    isAwaiting = false
    dueAtMs = nowMs + pauseMs
    if (unanswered >= unansweredUntilSetUpAgain) {
      unanswered = 0
      step = 0
    }
    if (step < script.length) return
    if (dialect.isPolled) step = setUp.length
    else dueAtMs = nowMs + saysSomethingWithinMs
  }

  function passOver(nowMs: number): void {
    if (isRound()) unanswered += 1
    else if (tries < mostTries) return
    advance(nowMs)
  }

  return {
    due(nowMs) {
      if (nowMs < dueAtMs) return undefined
      if (isAwaiting) passOver(nowMs)
      if (step === script.length) {
        if (nowMs < dueAtMs) return undefined
        step = 0
      }
      tries += 1
      isAwaiting = true
      dueAtMs = nowMs + (isRound() ? roundWithinMs : answerWithinMs)
      return script[step]
    },
    heard(frame, nowMs) {
      const sent = script[step]
      if (sent === undefined) {
        dueAtMs = nowMs + saysSomethingWithinMs
        return
      }
      if (!isAwaiting) return
      const reply = dialect.judge(frame, sent)
      if (isRound()) unanswered = 0
      if (reply !== 'other') advance(nowMs, reply === 'failed' && isRound() ? failedPauseMs : 0)
      else if (isRound()) dueAtMs = nowMs + roundWithinMs
    },
  }
}
