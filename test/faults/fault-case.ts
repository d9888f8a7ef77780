import { highest, type Verdict } from './oracle.ts'

export type Tier = 'commit' | 'full'

export interface RunOptions {
  readonly seed: number
  readonly tier: Tier
  /** Says where it is, for people who watch. */
  readonly note: (text: string) => void
}

export interface Outcome {
  /** How it is known that the fault happened; undefined: it could not be made to happen here, and `proof` says why. */
  readonly injected: boolean
  readonly proof: string
  readonly verdict: Verdict
  /** Processes killed by SIGKILL. */
  readonly kills?: number
}

/** One fault of the catalogue: injects it, proves that it happened, and lets the one oracle judge. */
export interface FaultCase {
  /** `F2` … `F47`. */
  readonly fault: string
  /** What is injected, and what must hold. */
  readonly title: string
  /** The gentlest tier that runs it. */
  readonly tier: Tier
  /** Commands it calls; without them it is not injected. */
  readonly needs?: readonly string[]
  /** Mounts file systems. */
  readonly needsRoot?: boolean
  run(options: RunOptions): Promise<Outcome>
}

/** A fault that is not injected, and why. */
export interface NotInjected {
  readonly fault: string
  readonly title: string
  readonly why: string
}

/** Further broken promises found by the case itself. */
export function withProblems(verdict: Verdict, problems: readonly (string | false | undefined)[]): Verdict {
  return { ...verdict, problems: [...problems.filter((problem) => typeof problem === 'string'), ...verdict.problems] }
}

/** One fault shown in several scenes. */
export function addedUp(outcomes: readonly Outcome[]): Outcome {
  const sum = (of: (outcome: Outcome) => number) => outcomes.reduce((all, one) => all + of(one), 0)
  return {
    injected: outcomes.every(({ injected }) => injected),
    proof: outcomes.map(({ proof }) => proof).join('; '),
    verdict: {
      records: sum(({ verdict }) => verdict.records),
      lost: sum(({ verdict }) => verdict.lost),
      duplicated: sum(({ verdict }) => verdict.duplicated),
      declared: sum(({ verdict }) => verdict.declared),
      peaks: highest(outcomes.map(({ verdict }) => verdict.peaks)),
      problems: outcomes.flatMap(({ verdict }) => verdict.problems),
    },
    kills: sum(({ kills = 0 }) => kills),
  }
}
