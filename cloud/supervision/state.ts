import { z } from 'zod'
import type { Kept } from '../database/kept.ts'
import type { Keys } from '../database/keys.ts'
import type { KeptPower } from './power.ts'

export const KeptDevice = z.object({
  state: z.enum(['up', 'silent', 'down']),
  /** In this state since; event time. */
  since: z.number(),
  /** Event time of the newest word. */
  at: z.number(),
  reason: z.string().nullable(),
})

/** One gateway as the cloud knows it. */
export const KeptGateway = z.object({
  site: z.string(),
  gateway: z.string(),
  link: z.enum(['online', 'offline', 'never']),
  since: z.number().nullable(),
  lastHeardAt: z.number().nullable(),
  version: z.string().nullable(),
  /** Numbers below `backlogBelow` that have not come yet. */
  backlog: z.int(),
  /** `next` of the newest hello; what comes from there on is live. */
  backlogBelow: z.int().default(0),
  clockSynced: z.boolean().nullable(),
  /** What it newly said of its spool; how fast that grew since the word before. */
  spool: z
    .object({ at: z.number(), waitingBytes: z.number(), boundBytes: z.number(), growthPerMs: z.number() })
    .optional(),
  devices: z.record(z.string(), KeptDevice),
  /** Words about devices beyond the first 1,000, which are not kept. */
  devicesLeftOut: z.int().default(0),
  /** Frozen: two senders use its identity. */
  forked: z.object({ since: z.number(), reason: z.string() }).optional(),
})
export type KeptGateway = z.infer<typeof KeptGateway>

/** The newest value of each quantity of one sensor; quantities may come in messages of their own. */
export const KeptSensor = z.object({
  site: z.string(),
  sensor: z.string(),
  values: z.record(z.string(), z.object({ at: z.number(), value: z.number().nullable() })),
})
export type KeptSensor = z.infer<typeof KeptSensor>

const Limit = z.object({ low: z.number().optional(), high: z.number().optional() })
/** sensor → quantity → permitted range. */
export const KeptLimits = z.record(z.string(), z.record(z.string(), Limit))

/** How far a site's history reaches. */
export const KeptFlow = z.object({ newestAt: z.number(), recordedAt: z.number() })

export interface SupervisionState {
  /** Of the newest tick. */
  now: number
  /** `site/gateway` */
  readonly gateways: Kept<KeptGateway>
  /** `site/sensor` */
  readonly sensors: Kept<KeptSensor>
  readonly sensorKeys: Keys
  /** site */
  readonly limits: Kept<z.infer<typeof KeptLimits>>
  /** site → version of the map in force. */
  readonly mapVersions: Kept<number>
  /** `site/gateway` */
  readonly powers: Kept<KeptPower>
  /** site */
  readonly flows: Kept<z.infer<typeof KeptFlow>>
}

/** What is missing for ever, and why. */
export interface GapFound {
  readonly site: string
  readonly gateway: string
  readonly fromAt: number
  readonly toAt: number
  readonly count: number
  readonly reason: string
  readonly class: string
  readonly recordedAt: number
}

/** A quarantined record that is in history after all. */
export interface GapRefilled {
  readonly site: string
  readonly gateway: string
  /** When it was quarantined. */
  readonly fromAt: number
  readonly reason: string
}

export interface SupervisionChanges {
  /** Keys in the kept maps. */
  readonly gateways: Set<string>
  readonly sensors: Set<string>
  readonly flows: Set<string>
  /** Gateways of whose readers another power is wanted. */
  readonly powers: Set<string>
  readonly gaps: GapFound[]
  /** After the gaps. */
  readonly refilled: GapRefilled[]
}
