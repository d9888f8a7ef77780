import type { EdgeAlert } from '../../shared/record.ts'

/** Something at the gateway that is switched by what its rules find: a light, a horn, a relay, a screen. */
export interface Output {
  readonly id: string
  /**
   * Takes the newest state of a rule and subject. Never waits, never throws: what cannot be done at once stands in a bounded
   * queue, in which a newer state of the same rule and subject takes the place of the older one.
   */
  drive(record: EdgeAlert): void
  /** Works until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>
}

/** What became of what an output was told; `replaced` by a newer state, `dropped` for want of room. */
export const outputResults = ['done', 'failed', 'timed-out', 'replaced', 'dropped'] as const
export type OutputResult = (typeof outputResults)[number]
export type CountOutput = (id: string, result: OutputResult) => void

export function keyOf({ rule, subject }: EdgeAlert): string {
  return `${rule}/${subject}`
}
