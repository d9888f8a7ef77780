import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import type { InputError, Problem } from '../../shared/api.ts'
import { Fault, type FaultCode } from '../../shared/fault.ts'

/** How each Fault is said over HTTP. */
const answers: Readonly<Record<FaultCode, { readonly status: number; readonly title: string }>> = {
  'bad-input': { status: 400, title: 'The request cannot be used' },
  'config-invalid': { status: 400, title: 'The configuration is not valid' },
  conflict: { status: 409, title: 'It conflicts with what is there' },
  internal: { status: 500, title: 'Something in this program failed' },
  'not-allowed': { status: 403, title: 'Not allowed' },
  'not-found': { status: 404, title: 'Not found' },
  'not-reachable': { status: 503, title: 'A part of the system does not answer' },
  'storage-broken': { status: 503, title: 'The storage does not work' },
  'storage-full': { status: 503, title: 'The storage is full' },
  timeout: { status: 503, title: 'It took too long' },
}

export interface ProblemDetails {
  readonly status?: number
  readonly title?: string
  readonly detail?: string
  readonly errors?: readonly InputError[]
}

/** An RFC 9457 document; `code` is stable, the words are for people. */
export function problem(code: FaultCode, details: ProblemDetails = {}): Problem {
  const { status, title } = answers[code]
  return {
    type: `urn:warepulse:problem:${code}`,
    title: details.title ?? title,
    status: details.status ?? status,
    code,
    ...(details.detail !== undefined && { detail: details.detail }),
    ...(details.errors !== undefined && { errors: [...details.errors] }),
  }
}

/** A Fault that lists what is wrong with the input, place by place. */
export class InputFault extends Fault {
  readonly errors: readonly InputError[]

  constructor(message: string, errors: readonly InputError[]) {
    super('bad-input', message)
    this.errors = errors
  }
}

/** Asked too often: the answer is 429 and says when to come again. */
export class TooMany extends Fault {
  readonly waitMs: number

  constructor(message: string, waitMs: number) {
    super('not-allowed', message, { retryable: true })
    this.waitMs = waitMs
  }
}

/**
 * What the caller is told about anything that was thrown. A sentence of ours passes when it is about the request;
 * of what broke inside, only the kind is told: paths, statements and stacks stay in the log, under `reference`.
 */
export function problemOf(thrown: unknown, reference: string): Problem {
  if (thrown instanceof InputFault) return problem('bad-input', { detail: thrown.message, errors: thrown.errors })
  if (thrown instanceof TooMany)
    return problem('not-allowed', { status: 429, title: 'Too many requests', detail: thrown.message })
  if (thrown instanceof Fault) {
    const { status } = answers[thrown.code]
    return problem(thrown.code, { detail: status < 500 ? thrown.message : `Reference in the log: ${reference}.` })
  }
  if (hasZodFastifySchemaValidationErrors(thrown)) {
    return problem('bad-input', {
      errors: thrown.validation.map((issue) => ({
        path: `${thrown.validationContext ?? ''}${issue.instancePath}`,
        message: issue.message ?? 'invalid',
      })),
    })
  }
  if (thrown instanceof Error && thrown.name === 'TimeoutError') return problem('timeout')
  const status = statusOf(thrown)
  if (status === 429) {
    return problem('not-allowed', { status, title: 'Too many requests', detail: 'Slow down; see Retry-After.' })
  }
  if (status !== undefined && status >= 400 && status < 500 && thrown instanceof Error) {
    return problem('bad-input', { status, detail: thrown.message })
  }
  return problem('internal', { detail: `Reference in the log: ${reference}.` })
}

/** The status that Fastify itself gave its errors: too large, wrong media type, broken JSON. */
function statusOf(thrown: unknown): number | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('statusCode' in thrown)) return undefined
  return typeof thrown.statusCode === 'number' ? thrown.statusCode : undefined
}
