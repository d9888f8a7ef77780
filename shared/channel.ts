import { z } from 'zod'
import { Alert, Iso } from './api.ts'
import { Identifier } from './identifier.ts'
import { Schedule } from './rules/common.ts'

/** Where alerts are told to people who are not at the board, and what became of each message. */

/** Every week, or every n-th one: two people who take turns are two channels with the same `everyWeeks`. */
export const Duty = Schedule.extend({
  everyWeeks: z.int().min(1).max(52).default(1),
  firstDay: z.iso.date().optional().describe('a day of the first week of duty; weeks begin on Monday'),
})
export type Duty = z.infer<typeof Duty>

const common = {
  name: z.string().trim().min(1).max(100),
  enabled: z.boolean().default(true),
  language: z.enum(['en', 'zh-cn']).default('en').describe('of the messages'),
  leastSeverity: z.int().min(1).max(4).default(4).describe('2: of severity 1 and 2 only'),
  zones: z.array(Identifier).max(100).optional().describe('only alerts of these zones; without it all'),
  events: z
    .array(z.enum(['ringing', 'escalated', 'acknowledged', 'over']))
    .min(1)
    .default(['ringing', 'escalated', 'over']),
  quiet: z
    .array(Schedule)
    .max(20)
    .default([])
    .describe('hours in which nothing but severity 1 is sent; the rest waits for their end'),
  duty: z.array(Duty).max(50).default([]).describe('the only hours in which it receives anything; none: always'),
}

const secret = z.string().min(8).max(512)
const HttpUrl = z.url({ protocol: /^https?$/ }).max(2000)

/** A program of one's own: Standard Webhooks, signed with HMAC-SHA256. */
const Webhook = z.strictObject({
  ...common,
  kind: z.literal('webhook'),
  url: HttpUrl,
  secret: secret.optional().describe('key of the signature; without it one is made'),
})
/** Robots of groups: the address is the secret; DingTalk and Feishu may ask for a signature as well. */
const Robot = z.strictObject({
  ...common,
  kind: z.enum(['wecom', 'dingtalk', 'feishu', 'slack', 'teams']),
  url: HttpUrl,
  secret: secret.optional().describe('of the signature that DingTalk and Feishu may ask for'),
})
const Ntfy = z.strictObject({
  ...common,
  kind: z.literal('ntfy'),
  url: HttpUrl.describe('of the topic, e.g. https://ntfy.example/warehouse'),
  secret: secret.optional().describe('access token'),
})
/** Another program by way of a broker: the alert as data, at QoS 1, not retained. */
const Mqtt = z.strictObject({
  ...common,
  kind: z.literal('mqtt'),
  url: z
    .url({ protocol: /^mqtts?$/ })
    .max(2000)
    .refine(isTopicAddress, 'an address is needed that ends in a topic without wildcards, and holds no password')
    .describe('of the topic, e.g. mqtts://warepulse@broker.example:8883/warehouse/alerts'),
  secret: secret.optional().describe('password of the name in the address'),
})
const Mail = z.strictObject({
  ...common,
  kind: z.literal('email'),
  to: z.array(z.email().max(254)).min(1).max(20),
})

/** As people write it down. A secret that is not said stays the one there is. */
export const ChannelBody = z.discriminatedUnion('kind', [Webhook, Robot, Ntfy, Mqtt, Mail])
export type ChannelBody = z.infer<typeof ChannelBody>
export type Channel = ChannelBody & { readonly site: string; readonly id: string }

/** As it is shown: no secret, and of an address of a robot only where it is, for the rest of it is one. */
export const ChannelView = z.object({
  id: Identifier,
  ...common,
  kind: z.enum(['webhook', 'wecom', 'dingtalk', 'feishu', 'slack', 'teams', 'ntfy', 'mqtt', 'email']),
  target: z.string().describe('host of the address, with the topic of a broker, or who gets the mail'),
  hasSecret: z.boolean(),
  waiting: z.int().describe('messages that are not delivered yet'),
})
export type ChannelView = z.infer<typeof ChannelView>

export const DeliveryState = z
  .enum(['waiting', 'delivered', 'spared', 'given-up'])
  .describe('`spared`: it was over before the quiet hours were')
export type DeliveryState = z.infer<typeof DeliveryState>

/** One message to one channel. */
export const DeliveryRow = z.object({
  id: z.string().describe('the receiver sees it as `webhook-id`: the same for every attempt'),
  channel: Identifier,
  event: z.enum(['ringing', 'escalated', 'acknowledged', 'over', 'flood', 'test']),
  alert: z.string().nullable().describe('null: of several, or a test'),
  title: z.string(),
  at: Iso.describe('of what it tells'),
  state: DeliveryState,
  dueAt: Iso.nullable().describe('of the next attempt; null: there is none'),
  attempts: z.int(),
  reason: z.string().nullable().describe('what the last attempt said, or why it was given up'),
  doneAt: Iso.nullable(),
})
export type DeliveryRow = z.infer<typeof DeliveryRow>

/** One attempt to deliver. */
export const AttemptRow = z.object({
  at: Iso,
  tookMs: z.int(),
  outcome: z.enum(['delivered', 'refused', 'failed', 'blocked']),
  status: z.int().nullable().describe('of HTTP or SMTP'),
  said: z.string(),
})
export type AttemptRow = z.infer<typeof AttemptRow>

/** Something to tell: an alert's transition, several alerts at once, or a test. */
export const Message = z.discriminatedUnion('event', [
  z.object({ event: z.enum(['ringing', 'escalated', 'acknowledged', 'over']), at: z.number(), alert: Alert }),
  z.object({ event: z.literal('flood'), at: z.number(), alerts: z.array(Alert), more: z.int() }),
  z.object({ event: z.literal('test'), at: z.number(), by: z.string() }),
])
export type Message = z.infer<typeof Message>

/** MQTT 3.1.1, 4.7: what is published to has no wildcard. */
function isTopicAddress(address: string): boolean {
  const url = URL.parse(address)
  if (url === null || url.password !== '' || url.hash !== '' || url.search !== '') return false
  return /^\/[^+#\0]{1,512}$/.test(decodeURIComponent(url.pathname))
}
