/** One thing that was looked at, and what to do about it. */
export interface Finding {
  readonly check:
    | 'configuration'
    | 'file'
    | 'serial port'
    | 'network'
    | 'login'
    | 'disk'
    | 'spool'
    | 'clock'
    | 'gateway'
    | 'port'
    | 'cloud'
  /** Key of the configuration, path or address. */
  readonly subject: string
  /** `look`: it works, and may not for long. `unreachable`: nobody answers there. */
  readonly verdict: 'fine' | 'look' | 'wrong' | 'unreachable'
  /** For people: what was found, and unless it is fine, what to do. */
  readonly sentence: string
}

/** 0 nothing is wrong, 1 something is, 4 the only trouble is what does not answer. */
export function exitCodeFor(findings: readonly Finding[]): 0 | 1 | 4 {
  if (findings.some(({ verdict }) => verdict === 'wrong')) return 1
  return findings.some(({ verdict }) => verdict === 'unreachable') ? 4 : 0
}
