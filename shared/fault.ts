/**
 * What can go wrong with the environment or the program. Bad *data* is never a Fault: it is returned as a reason
 * and counted (`shared/decoded.ts`).
 */
export const faultCodes = [
  'bad-input', // a caller (HTTP, command line) sent something that cannot be used
  'config-invalid', // a configuration file or variable does not pass its schema
  'conflict', // two writers, one thing; or a format newer than this program
  'internal', // a bug in this program
  'not-allowed', // who asks may not do this
  'not-found',
  'not-reachable', // a server, port or device does not answer
  'storage-broken', // the disk answered with an error, or the bytes on it are not ours
  'storage-full',
  'timeout',
] as const
export type FaultCode = (typeof faultCodes)[number]

export interface FaultOptions {
  /** Would the same call, made later, have a chance? Retry is a property of the error, not of the caller's mood. */
  readonly retryable?: boolean
  readonly cause?: unknown
}

/**
 * A sentence that the night shift understands (what, where, what to do), a code from a closed list, and whether
 * trying again can help.
 */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly code: FaultCode
  readonly retryable: boolean

  constructor(code: FaultCode, message: string, options: FaultOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? false
  }
}

/** Any thrown value as a Fault: ours as it is, everything else as `internal`, not retryable. */
export function asFault(thrown: unknown, sentence: string): Fault {
  if (thrown instanceof Fault) return thrown
  return new Fault('internal', `${sentence}: ${thrown instanceof Error ? thrown.message : String(thrown)}`, {
    cause: thrown,
  })
}
