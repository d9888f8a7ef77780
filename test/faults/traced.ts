import { readFileSync } from 'node:fs'

/** A fault that strace puts into system calls: `pwrite64` `signal=KILL` `7` kills at the seventh pwrite64. */
export interface Injection {
  readonly call: string
  /** `signal=KILL` or `error=EIO`, `error=ENOSPC` … */
  readonly fault: string
  /** strace's `when`: `7`, `7+`, `3+5`. It counts the calls of each thread by itself. */
  readonly when: string
}

export const told = ({ call, fault, when }: Injection) => `${call}:${fault}:when=${when}`

/** Arguments before a command that run it under strace with the injection, or (`attached`) before `-p`; what happened is written to `trace`. */
export function underStrace(injection: Injection, trace: string, attached = false): readonly string[] {
  const { call, fault } = injection
  // Far faster, as other calls do not stop; but strace 6.1 then injects no signals, and cannot attach.
  const quick = fault.startsWith('signal=') || attached ? [] : ['--seccomp-bpf']
  return ['-f', ...quick, '-q', '-o', trace, '-e', `trace=${call}`, '-e', `inject=${told(injection)}`]
}

/** One thread of libuv's pool, so that the n-th call is the n-th call of the process. */
export const oneThread = { UV_THREADPOOL_SIZE: '1' }

/** Did it happen, by strace's own word? An error is marked; a kill ends the trace of the process. */
export function wasInjected({ fault }: Injection, trace: string): boolean {
  let text: string
  try {
    text = readFileSync(trace, 'utf8')
  } catch {
    return false
  }
  return fault.startsWith('signal=KILL') ? text.includes('+++ killed by SIGKILL +++') : text.includes('(INJECTED)')
}
