import { spawn } from 'node:child_process'
import type { EdgeAlert } from '../../shared/record.ts'
import type { Log } from '../log.ts'
import { aborted } from '../wait.ts'
import type { CommandOutput } from './options.ts'
import type { CountOutput, Output, OutputResult } from './output.ts'
import { waitingStates } from './waiting.ts'

const mostWaiting = 100

/**
 * Runs one program at a time, with the arguments of the configuration and the alert in its environment: nothing that came
 * over the network becomes a program, an argument or a line for a shell. It gets no other variable but PATH.
 */
export function openCommandOutput(
  options: CommandOutput,
  { log, count }: { readonly log: Pick<Log, 'warn'>; readonly count: CountOutput },
): Output {
  const { id } = options
  const waiting = waitingStates(mostWaiting)
  let wake = () => {}
  return {
    id,
    drive(record) {
      // Said when the gateway begins to judge: nothing that this program switched on is over.
      if (record.state === 'cleared' && record.raisedAt === undefined) return
      const lost = waiting.put(record)
      if (lost !== undefined) count(id, lost)
      wake()
    },
    async run(signal) {
      while (!signal.aborted) {
        const record = waiting.take()
        if (record === undefined) {
          const woken = new AbortController()
          wake = () => woken.abort()
          await aborted(AbortSignal.any([signal, woken.signal]))
          continue
        }
        const { result, why } = await runOnce(options, record, signal)
        count(id, result)
        if (result !== 'done')
          log.warn({ output: id, rule: record.rule, result, why }, 'the program of an output failed')
      }
    },
  }
}

/** Resolves when the program has ended, or was killed with all that it started. */
function runOnce(
  { command, args, timeoutMs }: CommandOutput,
  record: EdgeAlert,
  signal: AbortSignal,
): Promise<{ readonly result: OutputResult; readonly why: string }> {
  return new Promise((resolve) => {
    // A group of its own, so that it can be killed whole.
    const child = spawn(command, args, { shell: false, detached: true, stdio: 'ignore', env: environmentOf(record) })
    let result: OutputResult = 'failed'
    const kill = () => {
      if (child.pid === undefined) return
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch {
        // it ended just now
      }
    }
    const timer = setTimeout(() => {
      result = 'timed-out'
      kill()
    }, timeoutMs)
    signal.addEventListener('abort', kill, { once: true })
    const end = (why: string) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', kill)
      resolve({ result, why })
    }
    child.once('error', (error) => end(error.message))
    child.once('exit', (code, killedBy) => {
      if (code === 0) result = 'done'
      end(killedBy === null ? `exit code ${code}` : `killed by ${killedBy}`)
    })
  })
}

function environmentOf({ rule, subject, state, at, value, readPoint }: EdgeAlert): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    WAREPULSE_RULE: rule,
    WAREPULSE_SUBJECT: subject,
    WAREPULSE_STATE: state,
    WAREPULSE_AT: String(at),
    ...(value === undefined ? {} : { WAREPULSE_VALUE: String(value) }),
    ...(readPoint === undefined ? {} : { WAREPULSE_READ_POINT: readPoint }),
  }
}
