import { z } from 'zod'
import { keptSchema, openKept } from '../database/kept.ts'
import { type Migration, openDatabase, transaction } from '../database/open.ts'
import type { GatewayQueries } from '../http/read-models.ts'
import type { JournalEntry } from '../journal/journal.ts'
import type { Projection } from '../journal/projection.ts'
import type { Fact, TellBoards } from '../push/fact.ts'
import { fold } from './fold.ts'
import { gapSchema, openGapTable } from './gap-table.ts'
import {
  KeptFlow,
  KeptGateway,
  KeptLimits,
  KeptSensor,
  type SupervisionChanges,
  type SupervisionState,
} from './state.ts'
import { viewGateway, viewSensor } from './views.ts'

export interface Supervision extends Projection, GatewayQueries {
  /** The whole present state as facts, to seed boards at start. */
  standing(): readonly Fact[]
}

const migrations: readonly Migration[] = [
  `
  CREATE TABLE progress (one INTEGER PRIMARY KEY CHECK (one = 1), "offset" INTEGER NOT NULL) STRICT;
  INSERT INTO progress VALUES (1, 0);
  ${['gateway', 'sensor', 'limits', 'flow'].map((table) => keptSchema(table)).join('\n')}
  ${gapSchema}
  `,
  'ALTER TABLE progress ADD COLUMN now INTEGER NOT NULL DEFAULT 0',
  keptSchema('map_version'),
]
const Progress = z.object({ offset: z.int(), now: z.int() })

/** Opens the projection of the street itself: gateways and their devices, what sensors say now, what is missing. */
export async function openSupervision(options: {
  readonly path: string
  readonly tell: TellBoards
}): Promise<Supervision> {
  const database = openDatabase({ path: options.path, migrations, durability: 'normal' })
  const state: SupervisionState = {
    now: 0,
    gateways: openKept(database, 'gateway', KeptGateway),
    sensors: openKept(database, 'sensor', KeptSensor),
    limits: openKept(database, 'limits', KeptLimits),
    mapVersions: openKept(database, 'map_version', z.int()),
    flows: openKept(database, 'flow', KeptFlow),
  }
  const kept = [state.gateways, state.sensors, state.limits, state.mapVersions, state.flows]
  const gaps = openGapTable(database)
  const putProgress = database.prepare('UPDATE progress SET "offset" = ?, now = ?')
  const readProgress = () => Progress.parse(database.prepare('SELECT "offset", now FROM progress').get())
  let { offset } = readProgress()
  state.now = readProgress().now
  /** A commit failed: the memory is ahead of the file. */
  let dirty = false

  const commit = (entries: readonly JournalEntry[], to: number): void => {
    if (dirty) {
      for (const one of kept) one.load()
      state.now = readProgress().now
    }
    dirty = true
    const changes: SupervisionChanges = {
      gateways: new Set(),
      sensors: new Set(),
      flows: new Set(),
      gaps: [],
      refilled: [],
    }
    fold(
      state,
      entries.filter((entry) => entry.offset > offset),
      changes,
    )
    transaction(database, () => {
      for (const one of kept) one.save()
      for (const gap of changes.gaps) gaps.add(gap)
      for (const gap of changes.refilled) gaps.refill(gap)
      putProgress.run(to, state.now)
    })
    for (const one of kept) one.saved()
    dirty = false
    offset = to
    const facts = factsOf(state, changes.gateways, changes.sensors, changes.flows)
    if (facts.length > 0) options.tell(facts)
  }

  return {
    name: 'supervision',
    get offset() {
      return offset
    },
    apply: async (entries, signal) => {
      signal.throwIfAborted()
      const last = entries.at(-1)
      if (last !== undefined && last.offset > offset) commit(entries, last.offset)
    },
    skip: async (to) => {
      if (to > offset) commit([], to)
    },
    gateways: () => [...state.gateways.all].sort(byKey).map(([, gateway]) => viewGateway(gateway)),
    gaps: (site, page) => gaps.page(site, page),
    standing: () => factsOf(state, state.gateways.all.keys(), state.sensors.all.keys(), state.flows.all.keys()),
    close: async () => {
      if (database.isOpen) database.close()
    },
  }
}

function byKey(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1
}

function factsOf(
  state: SupervisionState,
  gateways: Iterable<string>,
  sensors: Iterable<string>,
  flows: Iterable<string>,
): readonly Fact[] {
  const facts: Fact[] = []
  for (const key of gateways) {
    const gateway = state.gateways.get(key)
    if (gateway !== undefined) facts.push({ type: 'gateway', state: viewGateway(gateway) })
  }
  for (const key of sensors) {
    const sensor = state.sensors.get(key)
    if (sensor !== undefined) facts.push({ type: 'sensor', site: sensor.site, now: viewSensor(state, sensor) })
  }
  for (const site of flows) {
    const flow = state.flows.get(site)
    if (flow !== undefined) facts.push({ type: 'flow', site, ...flow })
  }
  return facts
}
