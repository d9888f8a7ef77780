import { find, type NamedParameter, numberIn } from '../../decoders/llrp/find.ts'
import type { Message } from '../../decoders/llrp/message.ts'

/** What the reader or the session has to say to whoever holds the connection. */
export type Notice =
  | { readonly kind: 'reading' }
  | { readonly kind: 'over'; readonly reason: string }
  /** The reader does not take our ROSpec. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The reader's clock at this moment, ms; an event that it has held for us tells an older one. */
  | { readonly kind: 'time'; readonly counts: 'utc' | 'uptime'; readonly stampMs: number; readonly isGreeting: boolean }
  /** A ROSpec has ended. */
  | { readonly kind: 'ended'; readonly roSpec: number }
  /** The reader has found a cable at one of its ports, or misses it. */
  | { readonly kind: 'antenna'; readonly port: number; readonly isConnected: boolean }
  /** Something that people should know; the reader goes on. */
  | { readonly kind: 'trouble'; readonly sentence: string }
  | { readonly kind: 'closing' }

/** What a READER_EVENT_NOTIFICATION tells, its time first. */
export function noticesIn(event: Message): readonly Notice[] {
  const data = find(event, 'ReaderEventNotificationData')
  if (data === undefined) return []
  return [...timeIn(data), ...data.parameters.flatMap((one) => ('type' in one ? noticeOf(one) : []))]
}

function timeIn(data: NamedParameter): readonly Notice[] {
  const isGreeting = find(data, 'ConnectionAttemptEvent') !== undefined
  const utc = numberIn(find(data, 'UTCTimestamp'), 'Microseconds')
  if (utc !== undefined) return [{ kind: 'time', counts: 'utc', stampMs: utc / 1000, isGreeting }]
  const uptime = numberIn(find(data, 'Uptime'), 'Microseconds')
  return uptime === undefined ? [] : [{ kind: 'time', counts: 'uptime', stampMs: uptime / 1000, isGreeting }]
}

function noticeOf(event: NamedParameter): readonly Notice[] {
  switch (event.name) {
    case 'AntennaEvent':
      return [{ kind: 'antenna', port: numberIn(event, 'AntennaID') ?? 0, isConnected: numberIn(event, 'Event') === 1 }]
    case 'ROSpecEvent':
      return numberIn(event, 'Event') === 1 ? [{ kind: 'ended', roSpec: numberIn(event, 'ROSpecID') ?? 0 }] : []
    case 'ReportBufferLevelWarningEvent': {
      const percent = numberIn(event, 'PercentFull')
      return [{ kind: 'trouble', sentence: `the buffer of the reader is ${percent} % full` }]
    }
    case 'ReportBufferOverflowErrorEvent':
      return [{ kind: 'trouble', sentence: 'the buffer of the reader overflowed: it has lost reads' }]
    case 'ReaderExceptionEvent':
      return [{ kind: 'trouble', sentence: `the reader reports: ${textOf(event.fields['Message'])}` }]
    case 'ConnectionCloseEvent':
      return [{ kind: 'closing' }]
    default:
      return []
  }
}

/** How the reader greets: `accepted`, or why it does not take us; `undefined` where this is no greeting. */
export function connectionOf(event: Message): string | undefined {
  const data = find(event, 'ReaderEventNotificationData')
  const status = numberIn(data && find(data, 'ConnectionAttemptEvent'), 'Status')
  return status === undefined ? undefined : (greetings[status] ?? `the reader refuses us: status ${status}`)
}

/** Status of a ConnectionAttemptEvent. */
const greetings: readonly string[] = [
  'accepted',
  'the reader holds a connection that it opened itself',
  'the reader has another client',
  'the reader refuses us for reasons of its own',
  'the reader was asked for a connection by another client',
]

/** LLRPStatus of an answer, also where a vendor's message carries it; 0 = done, and where none is given. */
export function statusOf(answer: Message): number {
  const data = answer.fields['Data']
  if (answer.name === 'CUSTOM_MESSAGE' && data instanceof Uint8Array && data.length >= 6)
    return ((data[4] ?? 0) << 8) | (data[5] ?? 0)
  return numberIn(find(answer, 'LLRPStatus'), 'Status') ?? 0
}

/** Status and words of a refusal. */
export function sayingOf(answer: Message): string {
  const words = textOf(find(answer, 'LLRPStatus')?.fields['ErrorDescription'])
  return `status ${statusOf(answer)}${words === '' ? '' : `, ${words}`}`
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 200) : ''
}
