import { z } from 'zod'
import { accepted, type Decoded, refused } from '../../shared/decoded.ts'
import { isObject } from '../decoders/json.ts'
import type { Delivery, LinkReport } from '../sources/source.ts'

/** A capture as it lies on disk: docs/capture-format.md. One JSON object a line; the first tells whose it is. */
export const CaptureHeader = z.looseObject({
  warepulse: z.literal('capture'),
  version: z.literal(1),
  startedAt: z.int().describe('Unix ms'),
  by: z.string().optional().describe('version of the gateway software'),
  source: z.looseObject({ type: z.string(), id: z.string() }).describe('options of the source, without its secrets'),
})
export type CaptureHeader = z.infer<typeof CaptureHeader>

/** What came through the door: bytes, or a word about the connection. `ms`: monotonic, of the recording gateway. */
export type CaptureEntry =
  | { readonly type: 'delivery'; readonly ms: number; readonly delivery: Delivery }
  | { readonly type: 'link'; readonly ms: number; readonly report: LinkReport & { readonly at: number } }

const Line = z.looseObject({
  ms: z.number(),
  at: z.int().nonnegative(),
  text: z.string().optional(),
  hex: z
    .string()
    .regex(/^(?:[0-9A-Fa-f]{2})*$/)
    .optional(),
  channel: z.string().optional(),
  retained: z.boolean().optional(),
  deviceClock: z.object({ counts: z.enum(['utc', 'uptime']), offsetMs: z.number() }).optional(),
  link: z
    .object({
      device: z.string(),
      state: z.enum(['up', 'silent', 'down']),
      reason: z.string().optional(),
      clockOffsetMs: z.number().optional(),
    })
    .optional(),
})

const encoder = new TextEncoder()
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const secretKey = /^(?:username|password|secret|token)$|File$/

/** Options as a file may hold them that goes to other people: no credentials, no names of files that hold some. */
export function withoutSecrets<T>(options: T): T {
  return stripped(options) as T
}

function stripped(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/^([a-z]+:\/\/)[^@/]*@/, '$1')
  if (Array.isArray(value)) return value.map(stripped)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !secretKey.test(key))
      .map(([key, member]) => [key, stripped(member)]),
  )
}

export function headerLine(header: CaptureHeader): string {
  return `${JSON.stringify(header)}\n`
}

export function deliveryLine(ms: number, { bytes, ...rest }: Delivery): string {
  const { monotonicMs: _, ...told } = rest
  return `${JSON.stringify({ ms: rounded(ms), ...told, ...textOrHex(bytes) })}\n`
}

export function linkLine(ms: number, { at, ...link }: LinkReport & { readonly at: number }): string {
  return `${JSON.stringify({ ms: rounded(ms), at, link })}\n`
}

/** The first line of a capture; anything else is refused. Never throws. */
export function readHeader(line: string): Decoded<CaptureHeader> {
  const json = parsed(line)
  if (!json.ok) return json
  if (!isObject(json.value) || json.value['warepulse'] !== 'capture') return refused('format', 'not a capture')
  const header = CaptureHeader.safeParse(json.value)
  if (header.success) return accepted(header.data)
  return json.value['version'] === 1
    ? refused('schema', header.error.issues[0]?.path.join('.'))
    : refused('unsupported', `version ${String(json.value['version'])} of the format`)
}

/** Any other line. Never throws. */
export function readEntry(line: string): Decoded<CaptureEntry> {
  const json = parsed(line)
  if (!json.ok) return json
  const read = Line.safeParse(json.value)
  if (!read.success) return refused('schema', read.error.issues[0]?.path.join('.'))
  const { ms, at, text, hex, link, channel, retained, deviceClock } = read.data
  if (link !== undefined) {
    const { device, state, reason, clockOffsetMs } = link
    const report = {
      device,
      state,
      at,
      ...(reason === undefined ? {} : { reason }),
      ...(clockOffsetMs === undefined ? {} : { clockOffsetMs }),
    }
    return accepted({ type: 'link', ms, report })
  }
  const bytes = text === undefined ? bytesOf(hex) : encoder.encode(text)
  if (bytes === undefined) return refused('schema', 'neither text nor hex nor link')
  const delivery = {
    bytes,
    at,
    ...(channel === undefined ? {} : { channel }),
    ...(retained === undefined ? {} : { retained }),
    ...(deviceClock === undefined ? {} : { deviceClock }),
  }
  return accepted({ type: 'delivery', ms, delivery })
}

function parsed(line: string): Decoded<unknown> {
  try {
    return accepted(JSON.parse(line))
  } catch {
    return refused('json')
  }
}

/** Microseconds: finer than any device is told apart, and short. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000
}

/** Text where the bytes are UTF-8 to the last of them, so that people can read and compare it. */
function textOrHex(bytes: Uint8Array): { readonly text: string } | { readonly hex: string } {
  try {
    const text = strict.decode(bytes)
    // Binary protocols are often valid UTF-8 by accident.
    if (!hasControls(text)) return { text }
  } catch {
    // not UTF-8
  }
  return {
    hex: Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
      .join('')
      .toUpperCase(),
  }
}

function hasControls(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) return true
  }
  return false
}

function bytesOf(hex: string | undefined): Uint8Array | undefined {
  if (hex === undefined) return undefined
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}
