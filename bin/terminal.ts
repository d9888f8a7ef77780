import { asFault, Fault } from '../shared/fault.ts'

/** Colours and moving lines only where a person looks at a terminal; honours NO_COLOR. */
export interface Terminal {
  readonly interactive: boolean
  line(text?: string): void
  /** Rewrites the present line; a plain terminal gets nothing. */
  progress(text: string): void
  error(text: string): void
  strong(text: string): string
  dim(text: string): string
  good(text: string): string
}

export function openTerminal(
  out: NodeJS.WriteStream,
  err: NodeJS.WriteStream,
  environment: Readonly<Record<string, string | undefined>>,
): Terminal {
  const interactive = out.isTTY === true && environment['TERM'] !== 'dumb'
  const coloured = interactive && (environment['NO_COLOR'] ?? '') === ''
  const style = (code: number) => (text: string) => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text)
  let pending = false
  const endProgress = () => {
    if (pending) out.write('\r\u001b[2K')
    pending = false
  }
  return {
    interactive,
    line(text = '') {
      endProgress()
      out.write(`${text}\n`)
    },
    progress(text) {
      if (!interactive) return
      out.write(`\r\u001b[2K${text}`)
      pending = true
    },
    error(text) {
      endProgress()
      err.write(`${text}\n`)
    },
    strong: style(1),
    dim: style(2),
    good: style(32),
  }
}

/** 0 ok, 1 failed, 2 usage, 3 invalid configuration, 4 cannot reach. */
export function exitCodeOf(thrown: unknown): number {
  if (!(thrown instanceof Fault)) return 1
  if (thrown.code === 'config-invalid') return 3
  if (thrown.code === 'not-reachable' || thrown.code === 'timeout') return 4
  return thrown.code === 'bad-input' ? 2 : 1
}

/** One sentence for people; the stack only for a bug of ours. */
export function tellFault(terminal: Terminal, thrown: unknown): void {
  const fault = asFault(thrown, 'Something went wrong that should not')
  terminal.error(fault.message)
  if (fault.code === 'internal' && fault.cause instanceof Error) terminal.error(fault.cause.stack ?? '')
}
