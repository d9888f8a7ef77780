import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { z } from 'zod'
import { Alert } from '../../shared/api.ts'
import { MaintenanceWindow } from '../../shared/maintenance.ts'
import { runsOnGateway } from '../../shared/rule.ts'
import { keptLogSchema, keptSchema, openKept } from '../database/kept.ts'
import { keptInStep } from '../database/kept-in-step.ts'
import { type Migration, openDatabase, transaction } from '../database/open.ts'
import { goodsSchema, openGoodsState, packedSchema } from '../goods/keep.ts'
import { noChanges } from '../goods/state.ts'
import type { AlertQueries } from '../http/read-models.ts'
import type { Conclusions } from '../inventory/conclusions.ts'
import type { JournalEntry } from '../journal/journal.ts'
import type { Projection } from '../journal/projection.ts'
import type { Fact, TellBoards } from '../push/fact.ts'
import { nextRaiseAt } from './deadlines.ts'
import { fold, type Stock } from './fold.ts'
import { followingStock, type Wait } from './following-stock.ts'
import { ToldSpells } from './goods/climate/judge.ts'
import { StoredPage } from './goods/climate/parts.ts'
import { SensorsOfPlaces, StoredPath } from './goods/climate/path.ts'
import { readWays } from './goods/climate/rehearse.ts'
import { StoredDue } from './goods/due.ts'
import { type Reading, takeReading } from './goods/read.ts'
import { hasGoodsRules } from './goods/rules.ts'
import { actsOf, alertsPage, noticesPage, raisedWithin, ringsWithin } from './queries.ts'
import { reportOf } from './report.ts'
import {
  type AlertChanges,
  type AlertState,
  EdgeWord,
  OpenAlert,
  StoredCount,
  StoredPast,
  StoredRule,
  StoredSign,
  StoredWatch,
  ToldPassage,
  UnreadRule,
} from './state.ts'

export interface Alerts extends Projection, AlertQueries {
  /** When the next on-delay runs out, Unix ms; undefined: none runs. */
  nextRaiseAt(): number | undefined
  /** All alerts that are not over, and the rules of gateways, as facts, to seed boards and gateways at start. */
  standing(): readonly Fact[]
}

const migrations: readonly Migration[] = [
  `
  CREATE TABLE progress (one INTEGER PRIMARY KEY CHECK (one = 1), "offset" INTEGER NOT NULL, now INTEGER NOT NULL) STRICT;
  INSERT INTO progress VALUES (1, 0, 0);
  ${['rule', 'watch', 'sign', 'open', 'edge', 'zone'].map((table) => keptSchema(table)).join('\n')}
  CREATE TABLE alert (
    id TEXT PRIMARY KEY, site TEXT NOT NULL, state TEXT NOT NULL, raised_at TEXT NOT NULL, alert TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX alert_site ON alert (site, raised_at, id);
  -- Who did what to which alert, and why; never changed.
  CREATE TABLE act (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, by TEXT NOT NULL, alert TEXT NOT NULL, act TEXT NOT NULL, comment TEXT
  ) STRICT;
  `,
  'ALTER TABLE progress ADD COLUMN watched_from INTEGER NOT NULL DEFAULT 0',
  keptSchema('map_version'),
  ['rule', 'watch', 'sign', 'open', 'edge', 'zone', 'map_version'].map(keptLogSchema).join('\n'),
  `
  ${['window', 'time_zone'].flatMap((table) => [keptSchema(table), keptLogSchema(table)]).join('\n')}
  ALTER TABLE act ADD COLUMN until INTEGER;
  ALTER TABLE act ADD COLUMN assigned_to TEXT;
  CREATE INDEX act_alert ON act (alert, id);
  -- What people away from the board may want to hear, oldest first; the newest ones are kept.
  CREATE TABLE notice (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, notice TEXT NOT NULL) STRICT;
  `,
  [keptSchema('past'), keptLogSchema('past')].join('\n'),
  `
  -- A place in the feed is one in the journal: the same in a projection that was built anew.
  ALTER TABLE notice ADD COLUMN "offset" INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE notice ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
  UPDATE notice SET number = id;
  CREATE UNIQUE INDEX notice_place ON notice ("offset", number);
  `,
  `
  ${goodsSchema}
  ${['due', 'count', 'unread'].flatMap((table) => [keptSchema(table), keptLogSchema(table)]).join('\n')}
  `,
  ['unordered', 'slot_zone'].flatMap((table) => [keptSchema(table), keptLogSchema(table)]).join('\n'),
  ['sensor_of_place', 'path', 'page', 'told_spell']
    .flatMap((table) => [keptSchema(table), keptLogSchema(table)])
    .join('\n'),
  packedSchema,
  [keptSchema('ended'), keptLogSchema('ended')].join('\n'),
]
const Progress = z.object({ offset: z.int(), now: z.int(), watchedFrom: z.int() })
const AlertRow = z.object({ alert: z.string() })

/** Whoever reads them and was away for longer has lost the older ones. */
const noticesKept = 20_000

/**
 * Opens the alert projection: rules, the conditions they watch, and the life of every alert. Where rules on goods are in
 * force it waits for the stock, whose `conclusions` they are judged by; without those they find nothing.
 */
export async function openAlerts(options: {
  readonly path: string
  readonly tell: TellBoards
  readonly conclusions?: Conclusions
  /** How it waits for the stock. */
  readonly wait?: Wait
}): Promise<Alerts> {
  const { conclusions } = options
  const database = openDatabase({ path: options.path, migrations, durability: 'normal' })
  const goods = openGoodsState(database)
  const state: AlertState = {
    goods: goods.state,
    dues: openKept(database, 'due', StoredDue),
    counts: openKept(database, 'count', StoredCount),
    unread: openKept(database, 'unread', UnreadRule),
    unordered: openKept(database, 'unordered', ToldPassage),
    slotZones: openKept(database, 'slot_zone', z.record(z.string(), z.string())),
    sensorsOfPlaces: openKept(database, 'sensor_of_place', SensorsOfPlaces),
    paths: openKept(database, 'path', StoredPath),
    pages: openKept(database, 'page', StoredPage),
    toldSpells: openKept(database, 'told_spell', ToldSpells),
    slotsSpokenOf: new Map(),
    raisedByRule: undefined,
    goodsChanged: noChanges(),
    judgedMatchings: new Map(),
    toldTidiedAt: 0,
    nextDueAt: 0,
    goodsRules: undefined,
    rules: openKept(database, 'rule', StoredRule),
    watches: openKept(database, 'watch', StoredWatch),
    pasts: openKept(database, 'past', StoredPast),
    signs: openKept(database, 'sign', StoredSign, 'signAt'),
    open: openKept(database, 'open', OpenAlert),
    ended: openKept(database, 'ended', Alert),
    edge: openKept(database, 'edge', EdgeWord),
    zones: openKept(database, 'zone', z.record(z.string(), z.string())),
    timeZones: openKept(database, 'time_zone', z.string()),
    windows: openKept(database, 'window', MaintenanceWindow),
    mapVersions: openKept(database, 'map_version', z.int()),
    now: 0,
    watchedFrom: 0,
    concerning: new Map(),
  }
  const kept = [
    goods,
    state.dues,
    state.counts,
    state.unread,
    state.unordered,
    state.slotZones,
    state.sensorsOfPlaces,
    state.paths,
    state.pages,
    state.toldSpells,
    state.rules,
    state.watches,
    state.pasts,
    state.signs,
    state.open,
    state.ended,
    state.edge,
    state.zones,
    state.timeZones,
    state.windows,
    state.mapVersions,
  ]
  const putAlert = database.prepare(
    'INSERT OR REPLACE INTO alert (id, site, state, raised_at, alert) VALUES (?, ?, ?, ?, ?)',
  )
  const addAct = database.prepare(
    'INSERT INTO act (at, by, alert, act, comment, until, assigned_to) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const addNotice = database.prepare('INSERT INTO notice ("offset", number, at, notice) VALUES (?, ?, ?, ?)')
  const trimNotices = database.prepare('DELETE FROM notice WHERE id <= (SELECT max(id) FROM notice) - ?')
  const putProgress = database.prepare('UPDATE progress SET "offset" = ?, now = ?, watched_from = ?')
  const getAlert = database.prepare('SELECT alert FROM alert WHERE id = ?')
  const readProgress = (): number => {
    const row = database.prepare('SELECT "offset", now, watched_from AS watchedFrom FROM progress').get()
    const progress = Progress.parse(row)
    state.now = progress.now
    state.goods.now = progress.now
    state.watchedFrom = progress.watchedFrom
    return progress.offset
  }
  const offset = readProgress()
  const projecting = keptInStep<AlertChanges>({
    offset,
    reload: () => {
      for (const one of kept) one.load()
      state.concerning.clear()
      state.goodsRules = undefined
      state.judgedMatchings.clear()
      state.slotsSpokenOf.clear()
      state.raisedByRule = undefined
      state.nextDueAt = 0
      readProgress()
    },
    fold: (entries) => {
      const changes: AlertChanges = { alerts: new Map(), acts: [], rules: new Set(), notices: [], feed: [] }
      const turning = { state, hash: sha256of128, changes }
      for (const reading of readings) takeReading(turning, reading, entries[0]?.recordedAt ?? state.now)
      fold(state, entries, sha256of128, changes, stockFor(entries))
      return changes
    },
    save: (changes, to) => {
      transaction(database, () => {
        for (const one of kept) one.save()
        for (const alert of changes.alerts.values()) {
          putAlert.run(alert.id, alert.site, alert.state, alert.raisedAt, JSON.stringify(alert))
        }
        for (const { at, by, alert, act, comment, until, to: whom } of changes.acts) {
          addAct.run(at, by, alert, act, comment ?? null, until ?? null, whom ?? null)
        }
        for (const { offset, number, notice } of changes.feed)
          addNotice.run(offset, number, notice.at, JSON.stringify(notice))
        if (changes.feed.length > 0) trimNotices.run(noticesKept)
        putProgress.run(to, state.now, state.watchedFrom)
      })
      readings = []
      for (const one of kept) one.saved()
    },
    mayWait: ({ alerts, acts }, entries) =>
      alerts.size === 0 && acts.length === 0 && entries.every(({ origin }) => origin === 'gateway'),
    tell: ({ alerts, rules }) => {
      if (alerts.size > 0) options.tell([...alerts.values()].map((alert) => ({ type: 'alert', alert })))
      if (rules.size > 0) options.tell([...rules].map(gatewayRules))
    },
  })
  /** What rules that are new read from the ledger, to be taken over with the next entries. */
  let readings: readonly Reading[] = []
  const stockFor = (entries: readonly JournalEntry[]): Stock | undefined => {
    const last = entries.at(-1)
    if (conclusions === undefined || last === undefined) return undefined
    const rows = hasGoodsRules(state) ? conclusions.between(projecting.offset, last.offset) : []
    return { conclusions, rows: Map.groupBy(rows, ({ offset: of }) => of) }
  }
  const applying = followingStock({
    state,
    conclusions,
    projecting,
    wait: options.wait,
    take: (read) => {
      readings = read
    },
  })
  const gatewayRules = (site: string): Fact => {
    const rules = [...state.rules.all.values()].map(({ rule }) => rule)
    return { type: 'gateway-rules', site, rules: rules.filter((rule) => rule.site === site && runsOnGateway(rule)) }
  }

  return {
    name: 'alerts',
    get offset() {
      return projecting.offset
    },
    apply: applying,
    skip: projecting.skip,
    alerts: (site, filter, page) => alertsPage(database, site, filter, page),
    alert: (id) => {
      const row = getAlert.get(id)
      return row === undefined ? undefined : Alert.parse(JSON.parse(AlertRow.parse(row).alert))
    },
    acts: (id) => actsOf(database, id),
    maintenance: () => [...state.windows.all.values()],
    notices: (site, page) => noticesPage(database, site, page),
    alertReport: (site, { fromMs, toMs }, asked = {}) => {
      const raised = raisedWithin(database, site, fromMs, toMs)
      if (raised === undefined) return 'too-many'
      const { rings, fromMs: ringsFromMs } = ringsWithin(database, site, fromMs, toMs)
      const open = [...state.open.all.values()].map(({ alert }) => alert).filter((alert) => alert.site === site)
      return reportOf({ fromMs, toMs, raised, rings, ringsFromMs, open, ...asked })
    },
    rules: () => [...state.rules.all.values()].map(({ rule }) => rule),
    ways: async (rule, fromMs) => {
      if (conclusions === undefined) return []
      return readWays(state, conclusions, rule, { fromMs, offset: projecting.offset }, () => nextTurn())
    },
    nextRaiseAt: () => nextRaiseAt(state),
    standing: () => {
      const open = [...state.open.all.values()].map(({ alert }) => alert)
      const sites = new Set(
        [...state.rules.all.values()]
          .map(({ rule }) => rule)
          .filter(runsOnGateway)
          .map(siteOf),
      )
      return [
        ...open
          .sort((a, b) => (a.raisedAt + a.id < b.raisedAt + b.id ? -1 : 1))
          .map((alert) => ({ type: 'alert' as const, alert })),
        ...[...sites].map(gatewayRules),
      ]
    },
    close: async () => {
      if (!database.isOpen) return
      projecting.flush()
      database.close()
    },
  }
}

function siteOf({ site }: { readonly site: string }): string {
  return site
}

/** The first 128 bits of SHA-256, in hex. */
function sha256of128(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
