import { z } from 'zod'
import { keptLogSchema, keptSchema, openKept } from '../database/kept.ts'
import { keptInStep } from '../database/kept-in-step.ts'
import { Keys } from '../database/keys.ts'
import { type Migration, openDatabase, transaction } from '../database/open.ts'
import type { GatewayQueries } from '../http/read-models.ts'
import type { Projection } from '../journal/projection.ts'
import type { Fact, TellBoards } from '../push/fact.ts'
import { fold } from './fold.ts'
import { gapSchema, openGapTable } from './gap-table.ts'
import { KeptPower, ordersOf } from './power.ts'
import { viewPower } from './power-view.ts'
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
  ['gateway', 'sensor', 'limits', 'flow', 'map_version'].map(keptLogSchema).join('\n'),
  keptSchema('power') + keptLogSchema('power'),
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
    sensorKeys: new Keys((site, sensor) => `${site}/${sensor}`),
    limits: openKept(database, 'limits', KeptLimits),
    mapVersions: openKept(database, 'map_version', z.int()),
    powers: openKept(database, 'power', KeptPower),
    flows: openKept(database, 'flow', KeptFlow),
  }
  const kept = [state.gateways, state.sensors, state.limits, state.mapVersions, state.powers, state.flows]
  const gaps = openGapTable(database)
  const putProgress = database.prepare('UPDATE progress SET "offset" = ?, now = ?')
  const readProgress = () => Progress.parse(database.prepare('SELECT "offset", now FROM progress').get())
  const { offset, now } = readProgress()
  state.now = now
  const projecting = keptInStep<SupervisionChanges>({
    offset,
    reload: () => {
      for (const one of kept) one.load()
      state.now = readProgress().now
    },
    fold: (entries) => {
      const changes: SupervisionChanges = {
        gateways: new Set(),
        sensors: new Set(),
        flows: new Set(),
        powers: new Set(),
        gaps: [],
        refilled: [],
      }
      fold(state, entries, changes)
      return changes
    },
    save: (changes, to) => {
      transaction(database, () => {
        for (const one of kept) one.save()
        for (const gap of changes.gaps) gaps.add(gap)
        for (const gap of changes.refilled) gaps.refill(gap)
        putProgress.run(to, state.now)
      })
      for (const one of kept) one.saved()
    },
    tell: (changes) => {
      const facts = factsOf(state, changes)
      if (facts.length > 0) options.tell(facts)
    },
  })

  return {
    name: 'supervision',
    get offset() {
      return projecting.offset
    },
    apply: projecting.apply,
    skip: projecting.skip,
    gateways: () => [...state.gateways.all].sort(byKey).map(([, gateway]) => viewGateway(gateway)),
    gaps: (site, page) => gaps.page(site, page),
    power: (site) =>
      [...state.powers.all]
        .filter(([, power]) => power.site === site)
        .sort(byKey)
        .flatMap(([key, power]) => viewPower(power, state.gateways.get(key))),
    standing: () =>
      factsOf(state, {
        gateways: state.gateways.all.keys(),
        sensors: state.sensors.all.keys(),
        flows: state.flows.all.keys(),
        powers: state.powers.all.keys(),
      }),
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
  { gateways, sensors, flows, powers }: Readonly<Record<'gateways' | 'sensors' | 'flows' | 'powers', Iterable<string>>>,
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
  for (const key of powers) {
    const power = state.powers.get(key)
    if (power === undefined) continue
    const { site, gateway } = power
    facts.push({ type: 'power', site, gateway, orders: ordersOf(power) })
  }
  return facts
}
