import type { Transferable } from 'node:worker_threads'
import { asFault, Fault, type FaultCode } from '../../shared/fault.ts'

/** What one thread can be asked by another; arguments and answers are what structured clone carries. */
export type Calls = object

/** The same calls, made from another thread. */
export type Remote<T extends Calls> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never
}

/** Either end of a pair of ports, or a worker as its maker sees it. */
export interface Port {
  postMessage(message: unknown, transfer?: readonly Transferable[]): void
  on(event: 'message', listener: (message: unknown) => void): unknown
}

/** A conversation between two threads: each may ask the other. Messages of one direction arrive in their order. */
export interface Line<Theirs extends Calls> {
  /** Rejects with the Fault they threw, or with `not-reachable` when the line ends before the answer. */
  ask<N extends keyof Theirs & string>(
    name: N,
    args: ArgumentsOf<Theirs, N>,
    transfer?: readonly Transferable[],
  ): Promise<AnswerOf<Theirs, N>>
  /** Waits for no answer; what they throw is theirs to handle. */
  tell<N extends keyof Theirs & string>(name: N, args: ArgumentsOf<Theirs, N>, transfer?: readonly Transferable[]): void
  /** Nobody answers any more: what is asked, now or later, rejects. Safe to call twice. */
  end(): void
}

type ArgumentsOf<T, N extends keyof T> = T[N] extends (...args: infer A) => unknown ? A : never
type AnswerOf<T, N extends keyof T> = T[N] extends (...args: never[]) => infer R ? Awaited<R> : never

type Message =
  | { readonly type: 'ask'; readonly id: number; readonly name: string; readonly args: readonly unknown[] }
  | { readonly type: 'tell'; readonly name: string; readonly args: readonly unknown[] }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | {
      readonly type: 'fault'
      readonly id: number
      readonly code: FaultCode
      readonly message: string
      readonly retryable: boolean
    }

/** Opens one end. `ours` is what the other end may call; by its own methods only, so no name reaches a prototype. */
export function openLine<Theirs extends Calls>(port: Port, ours: Calls): Line<Theirs> {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let asked = 0
  let ended = false

  async function answer(id: number, name: string, args: readonly unknown[]): Promise<void> {
    try {
      port.postMessage({ type: 'answer', id, value: await call(ours, name, args) } satisfies Message)
    } catch (thrown) {
      const { code, message, retryable } = asFault(thrown, `${name} failed`)
      port.postMessage({ type: 'fault', id, code, message, retryable } satisfies Message)
    }
  }

  port.on('message', (raw) => {
    const message = raw as Message
    if (message.type === 'ask') void answer(message.id, message.name, message.args)
    else if (message.type === 'tell') void call(ours, message.name, message.args)
    else {
      const asker = waiting.get(message.id)
      waiting.delete(message.id)
      if (message.type === 'answer') asker?.resolve(message.value)
      else asker?.reject(new Fault(message.code, message.message, { retryable: message.retryable }))
    }
  })

  return {
    ask(name, args, transfer) {
      if (ended) return Promise.reject(endedFault())
      const id = ++asked
      const asker = Promise.withResolvers<unknown>()
      waiting.set(id, asker)
      port.postMessage({ type: 'ask', id, name, args } satisfies Message, transfer)
      return asker.promise as Promise<never>
    },
    tell(name, args, transfer) {
      if (!ended) port.postMessage({ type: 'tell', name, args } satisfies Message, transfer)
    },
    end() {
      ended = true
      for (const { reject } of waiting.values()) reject(endedFault())
      waiting.clear()
    },
  }
}

/** Calls of another thread as functions of this one. */
export function remote<T extends Calls>(line: Line<T>, names: readonly string[]): Remote<T> {
  const calls = Object.fromEntries(
    names.map((name) => [name, (...args: readonly unknown[]) => line.ask(name as never, args as never)]),
  )
  return calls as unknown as Remote<T>
}

function call(ours: Calls, name: string, args: readonly unknown[]): unknown {
  const own = Object.hasOwn(ours, name) ? (ours as Readonly<Record<string, unknown>>)[name] : undefined
  if (typeof own !== 'function') throw new Fault('internal', `This thread knows no call ${name}.`)
  return own.apply(ours, args)
}

function endedFault(): Fault {
  return new Fault('not-reachable', 'This part of the cloud has stopped.', { retryable: true })
}
