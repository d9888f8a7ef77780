import { randomBytes } from 'node:crypto'
import { Registry } from '@prometheus-io/client'
import { pino } from 'pino'
import { type GatewayAccounts, openGatewayAccounts } from '../../cloud/accounts/gateways.ts'
import { openPeople, type People } from '../../cloud/accounts/people.ts'
import type { Role } from '../../cloud/accounts/roles.ts'
import { type Audit, openAudit } from '../../cloud/audit/open.ts'
import { openDrafts } from '../../cloud/drafts/open.ts'
import type { HttpParts } from '../../cloud/http/parts.ts'
import type { Readiness } from '../../cloud/http/read-models.ts'
import type { OwnRecord } from '../../cloud/journal/own-record.ts'
import { OwnRecord as OwnRecordSchema } from '../../cloud/journal/own-record.ts'
import { NotifyConfig } from '../../cloud/notify/config.ts'
import { openNotify } from '../../cloud/notify/open.ts'
import { openPush, type Push, type PushOptions } from '../../cloud/push/open.ts'
import { openExcursion } from '../../cloud/series/excursion.ts'
import type { LatestValue } from '../../cloud/series/roll-ups.ts'
import type { Bucket, RangeQuery } from '../../cloud/series/series-store.ts'
import { hearingOf } from '../../cloud/tuning/hearing.ts'
import type { Clock } from '../../shared/clock.ts'
import { alertsOf, emptyWarehouse, gatewaysOf, goodsOf, inventoryOf, type Warehouse } from './warehouse.ts'

/** A clock that stands until a test moves it. */
export function standingClock(at: number): Clock & { at: number } {
  return {
    at,
    now() {
      return this.at
    },
    monotonicMs() {
      return this.at
    },
  }
}

export const realClock: Clock = { now: () => Date.now(), monotonicMs: () => performance.now() }

export interface Bench {
  readonly parts: HttpParts
  readonly house: Warehouse
  readonly people: People
  readonly audit: Audit
  readonly push: Push
  readonly clock: Clock & { at: number }
  /** What was appended, in order. */
  readonly journalled: { readonly site: string | undefined; readonly records: readonly OwnRecord[] }[]
  readonly asked: RangeQuery[]
  readonly buckets: Bucket[]
  readonly latest: LatestValue[]
  readonly gatewayAccounts: GatewayAccounts
  /** `site/gateway` of gateways that may connect. */
  readonly inForce: () => readonly string[]
  readonly disconnected: string[]
  readiness: Readiness
  /** `Authorization` of a fresh token with this role. */
  bearer(role: Role, site?: string): { readonly authorization: string }
  close(): void
}

/** HTTP's neighbours, small and honest: people and push are the real ones, the others keep plain arrays. */
export function makeBench(pushOptions: Partial<PushOptions> = {}, knownPeople?: People): Bench {
  const clock = standingClock(Date.UTC(2026, 0, 1))
  const house = emptyWarehouse()
  const people = knownPeople ?? openPeople(':memory:', { clock, randomBytes })
  const audit = openAudit(':memory:')
  const drafts = openDrafts(':memory:')
  const push = openPush({ clock: realClock, ...pushOptions })
  const journalled: Bench['journalled'] = []
  const notify = openNotify({
    path: ':memory:',
    config: NotifyConfig.parse({}),
    feed: { notices: async (cursor) => ({ items: [], next: cursor ?? '' }), timeZone: async () => undefined },
    clock: realClock,
    random: () => 0.5,
    log: { warn: () => {} },
  })
  const gatewayAccounts = openGatewayAccounts(':memory:', { clock, randomBytes })
  const disconnected: string[] = []
  const asked: RangeQuery[] = []
  const buckets: Bucket[] = []
  const latest: LatestValue[] = []
  const bench: Bench = {
    house,
    people,
    audit,
    push,
    clock,
    journalled,
    asked,
    buckets,
    latest,
    gatewayAccounts,
    inForce: () =>
      gatewayAccounts
        .list()
        .filter(({ revokedAt }) => revokedAt === undefined)
        .map(({ site, gateway }) => `${site}/${gateway}`),
    disconnected,
    readiness: { journalTail: 7, projections: [{ name: 'stock', lag: 0 }], troubles: [] },
    parts: {
      clock,
      inventory: inventoryOf(house),
      goods: goodsOf(),
      alerts: alertsOf(house),
      gateways: gatewaysOf(house),
      tuning: { hearing: async () => hearingOf([], 30) },
      setAside: { setAside: async (site) => house.setAside.filter((row) => row.site === site) },
      people,
      audit,
      drafts,
      notify,
      push,
      registry: new Registry(),
      log: pino({ level: 'silent' }),
      refreshMetrics: async () => {},
      readiness: async () => bench.readiness,
      series: {
        async range(query) {
          asked.push(query)
          return buckets.filter(({ at }) => at >= query.fromMs && at < query.toMs).slice(0, query.limit)
        },
        async excursion({ low, high, holdMs, ...query }) {
          asked.push({ ...query, limit: 0 })
          const found = openExcursion({ low, high }, query.quantity === 'temperature', { ...query, holdMs })
          for (const { at, mean } of buckets) found.add(at, mean)
          return found.take()
        },
        latest: () => latest,
      },
      documents: { rulesOnGateways: () => [] },
      journal: {
        async appendOwn(site, records) {
          journalled.push({ site, records: records.map((record) => OwnRecordSchema.parse(record)) })
          return journalled.length
        },
      },
      gatewayAccounts,
      broker: {
        async disconnect({ site, gateway }) {
          disconnected.push(`${site}/${gateway}`)
        },
      },
    },
    bearer(role, site = '*') {
      const { secret } = people.makeToken({ name: `${role} of ${site}`, grants: [{ site, role }] })
      return { authorization: `Bearer ${secret}` }
    },
    close() {
      push.close()
      people.close()
      gatewayAccounts.close()
      audit.close()
      drafts.close()
      void notify.close()
    },
  }
  return bench
}
