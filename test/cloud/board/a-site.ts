import type { Alert, GatewayState } from '../../../shared/api.ts'
import type { BoardDelta, BoardSnapshot } from '../../../shared/board.ts'
import type { SiteMap } from '../../../shared/site-map.ts'
import { untouched } from '../../support/warehouse.ts'

/** Two halls of two slots each; the north hall hangs on `gw-n`, the south hall on `gw-s`, whose second slot nobody reads. */
export function aMap(change: Partial<SiteMap> = {}): SiteMap {
  const zone = (id: string, y: number) => ({
    id,
    name: `Hall ${id}`,
    kind: 'storage' as const,
    x: 0,
    y,
    width: 10,
    depth: 4,
  })
  const slot = (id: string, zone: string, x: number, y: number) => ({ id, zone, x, y, width: 1, depth: 1, level: 0 })
  return {
    version: 1,
    site: 'dc',
    name: 'Harbour DC',
    timeZone: 'Europe/Amsterdam',
    width: 10,
    depth: 9,
    zones: [zone('north', 0), zone('south', 5)],
    slots: [
      slot('N-1', 'north', 1, 1),
      slot('N-2', 'north', 3, 1),
      slot('S-1', 'south', 1, 6),
      slot('S-2', 'south', 3, 6),
    ],
    readPoints: [
      { id: 'n.1', gateway: 'gw-n', device: 'reader-n1', kind: 'slot', zone: 'north', slots: ['N-1'], x: 1.5, y: 1 },
      { id: 'n.2', gateway: 'gw-n', device: 'reader-n2', kind: 'zone', zone: 'north', slots: [], x: 5, y: 2 },
      { id: 's.1', gateway: 'gw-s', device: 'reader-s', kind: 'slot', zone: 'south', slots: ['S-1'], x: 1.5, y: 6 },
      {
        id: 'g.1',
        gateway: 'gw-s',
        device: 'gate-1',
        kind: 'gate',
        zone: 'south',
        slots: [],
        side: 'inside',
        x: 9,
        y: 8,
      },
      {
        id: 'g.2',
        gateway: 'gw-s',
        device: 'gate-1',
        kind: 'gate',
        zone: 'south',
        slots: [],
        side: 'outside',
        x: 10,
        y: 8,
      },
    ],
    sensors: [
      {
        id: 'climate-1',
        name: 'Climate 1',
        gateway: 'gw-n',
        zone: 'north',
        x: 5,
        y: 3,
        limits: { temperature: { low: 2, high: 8 } },
      },
    ],
    skus: [{ sku: 'HB-M8', name: 'Hex bolt M8' }],
    ...change,
  }
}

export function aSnapshot(change: Partial<BoardSnapshot> = {}): BoardSnapshot {
  return {
    site: 'dc',
    revision: 100,
    asOf: 1_000,
    now: 2_000,
    map: aMap(),
    slots: { slot: [0, 1, 2, 3], state: [1, 0, 1, 2], items: [3, 0, 1, 0], asOf: [900, 800, 700, 0] },
    sensors: [{ sensor: 'climate-1', at: 950, values: { temperature: 4.2 }, outside: [] }],
    alerts: [],
    gateways: [aGateway('gw-n'), aGateway('gw-s')],
    shipments: [],
    counters: {
      itemsOnSite: 4,
      arrivedToday: 0,
      departedToday: 0,
      movedToday: 0,
      tagReadsPerSecond: 0,
      misplaced: null,
      uncertain: null,
    },
    ...change,
  }
}

export function aDelta(from: number, to: number, change: Partial<BoardDelta> = {}): BoardDelta {
  return { site: 'dc', from, to, asOf: 1_000 + to, ...change }
}

export function aGateway(gateway: string, change: Partial<GatewayState> = {}): GatewayState {
  return {
    site: 'dc',
    gateway,
    link: 'online',
    lastHeardAt: '2026-03-01T10:00:00.000Z',
    since: '2026-03-01T08:00:00.000Z',
    version: '0.1.0',
    backlog: 0,
    clockSynced: true,
    devices: [],
    ...change,
  }
}

export function silent(device: string): GatewayState['devices'][number] {
  return { device, state: 'silent', since: '2026-03-01T09:00:00.000Z', reason: null }
}

export function anAlert(id: string, change: Partial<Alert> = {}): Alert {
  return {
    id,
    site: 'dc',
    rule: 'r',
    name: 'Too warm',
    severity: 2,
    subject: 'climate-1',
    zone: 'north',
    state: 'active',
    raisedAt: '2026-03-01T10:00:00.000Z',
    clearedAt: null,
    acknowledgedAt: null,
    acknowledgedBy: null,
    value: null,
    quantity: null,
    whatToDo: '',
    ...untouched,
    ...change,
  }
}
