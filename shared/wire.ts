import { z } from 'zod'
import { Hex128 } from './identifier.ts'
import { identifierPattern } from './identifier-pattern.ts'

/** MQTT, protocol version 1: topics, envelopes, bounds. `docs/protocol.md` tells the story. */

export const protocolVersion = 1

export const batchLimits = {
  /** Records in a batch. */
  records: 1000,
  /** UTF-8 JSON of a batch before compression; decompression stops here. */
  bytes: 256 * 1024,
  /** JSON of one record; sources split what is larger. */
  recordBytes: 32 * 1024,
  /** Ranges above the watermark in an ack; with this many holes open the oldest is sent first. */
  ranges: 16,
} as const

export const channels = ['batch', 'hello', 'ack', 'status', 'config'] as const
export type Channel = (typeof channels)[number]

export interface GatewayAddress {
  readonly site: string
  readonly gateway: string
}

export function topicOf(address: GatewayAddress, channel: Channel): string {
  return `warepulse/v1/${address.site}/${address.gateway}/${channel}`
}

/** The address and channel that a topic names, or `undefined` if it is none of ours. */
export function parseTopic(topic: string): (GatewayAddress & { readonly channel: Channel }) | undefined {
  const parts = topic.split('/')
  const [root, version, site, gateway, channel] = parts
  if (parts.length !== 5 || root !== 'warepulse' || version !== 'v1') return undefined
  if (site === undefined || gateway === undefined || channel === undefined) return undefined
  if (!identifierPattern.test(site) || !identifierPattern.test(gateway)) return undefined
  if (!(channels as readonly string[]).includes(channel)) return undefined
  return { site, gateway, channel: channel as Channel }
}

const Sequence = z.int().min(0).max(Number.MAX_SAFE_INTEGER)

/** Envelope of a batch. The records are checked one by one (`checkRecord`), so one bad record costs only itself. */
export const BatchEnvelope = z.looseObject({
  v: z.literal(protocolVersion),
  epoch: Hex128.describe('made with the spool; a wiped gateway starts a new one'),
  lease: z.string().min(1).max(128).describe('from the last hello; the first batch under a new one retires the old'),
  first: Sequence.min(1).describe('sequence number of records[0]; record i has first + i'),
  records: z.array(z.unknown()).min(1).max(batchLimits.records).describe('null = thinned at the edge'),
})
export type BatchEnvelope = z.infer<typeof BatchEnvelope>

/** Sent up at every connect, before any batch. */
export const Hello = z.looseObject({
  v: z.literal(protocolVersion),
  epoch: Hex128,
  first: Sequence.min(1).describe('oldest sequence number still in the spool; = next when it is empty'),
  next: Sequence.min(1).describe('sequence number that the next record will get'),
  version: z.string().max(64).describe('of the gateway software'),
  config: z.int().min(0).describe('version of the configuration in force; 0 = none yet'),
  boot: Hex128,
  startedAt: z.int().min(0),
  clockSynced: z.boolean(),
})
export type Hello = z.infer<typeof Hello>

/**
 * The only receipt there is: what is committed to the journal (or closed by quarantine or gap).
 * The ack that answers a hello carries `now` and `lease` as well.
 */
export const Ack = z.looseObject({
  epoch: Hex128,
  committed: Sequence.describe('everything up to and including this is closed; 0 = nothing yet'),
  ranges: z
    .array(z.tuple([Sequence, Sequence]))
    .max(batchLimits.ranges)
    .default([]),
  server: z.string().min(1).max(64).describe('changes when the journal was restored from a backup'),
  now: z.int().optional().describe('server wall time, Unix ms'),
  lease: z.string().min(1).max(128).optional(),
  sayHello: z
    .literal(true)
    .optional()
    .describe('the lease named in a batch is not in force: say hello before the next'),
  forked: z
    .string()
    .optional()
    .describe('two senders use this identity: nothing is taken, and nothing may be forgotten, until people decide'),
  refused: z
    .looseObject({ first: Sequence.optional(), sha256: z.string(), reason: z.string() })
    .optional()
    .describe('a batch that could not be read at all: the edge halves it and tries again'),
})
export type Ack = z.infer<typeof Ack>

/** Presence: retained nowhere; `offline` is the last will. */
export const GatewayStatus = z.looseObject({ state: z.enum(['online', 'offline']) })
export type GatewayStatus = z.infer<typeof GatewayStatus>
