import fc from 'fast-check'
import { hexOf } from '../support/framing.ts'
import { inputsLike } from './inputs.ts'
import type { FuzzTarget } from './target.ts'

export interface FuzzResult {
  readonly target: string
  readonly inputs: number
  readonly accepted: number
  readonly refused: number
  readonly seconds: number
  /** The longest that one input took. */
  readonly slowestMs: number
  /** The least input that breaks a promise, and which; absent where all held. */
  readonly broken?: { readonly hex: string; readonly why: string }
}

/** Gives a target so many inputs. The same seed gives the same ones. */
export function fuzz(target: FuzzTarget, { inputs, seed }: { inputs: number; seed: number }): FuzzResult {
  const counts = { accepted: 0, refused: 0 }
  let slowestMs = 0
  const startedMs = performance.now()
  const timed = (bytes: Uint8Array) => {
    const beforeMs = performance.now()
    const outcome = target.take(bytes)
    return { outcome, tookMs: performance.now() - beforeMs }
  }
  const property = fc.property(inputsLike(target.good), (bytes) => {
    const { outcome, tookMs } = timed(bytes)
    counts[outcome]++
    // What the machine did meanwhile is not the input's: only an input that is slow again is slow.
    if (tookMs > slowestMs) slowestMs = Math.max(slowestMs, Math.min(tookMs, timed(bytes).tookMs))
  })
  const details = fc.check(property, { numRuns: inputs, seed })
  const [bytes] = details.counterexample ?? []
  const broken =
    bytes === undefined ? {} : { broken: { hex: hexOf(bytes), why: String(details.errorInstance ?? 'broken') } }
  const seconds = (performance.now() - startedMs) / 1000
  return { target: target.name, inputs: details.numRuns, ...counts, seconds, slowestMs, ...broken }
}
