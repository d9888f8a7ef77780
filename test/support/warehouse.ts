import type { Way } from '../../cloud/alerts/goods/climate/rehearse.ts'
import { reportOf } from '../../cloud/alerts/report.ts'
import type {
  AlertQueries,
  GatewayQueries,
  GoodsQueries,
  InventoryQueries,
  PageRequest,
} from '../../cloud/http/read-models.ts'
import type { Stay } from '../../cloud/inventory/stays.ts'
import type {
  Alert,
  GapRow,
  GatewayState,
  Item,
  ItemEvent,
  ItemEvidence,
  Page,
  SiteSummary,
  SlotState,
  StockRow,
} from '../../shared/api.ts'
import { readCode, tagsOfCode } from '../../shared/epc/code.ts'
import type { MaintenanceWindow } from '../../shared/maintenance.ts'
import type { ReaderPower } from '../../shared/reader-power.ts'
import type { Rule } from '../../shared/rule.ts'
import { SiteMap } from '../../shared/site-map.ts'

/** Read models kept in plain arrays: what a test puts in is what they answer, paged and filtered as promised. */
export interface Warehouse {
  maps: SiteMap[]
  slots: (SlotState & { site: string })[]
  stock: (StockRow & { site: string })[]
  items: Item[]
  evidence: ItemEvidence[]
  history: (ItemEvent & { epc: string })[]
  stays: (Stay & { epc: string; site: string })[]
  alerts: Alert[]
  rules: Rule[]
  maintenance: MaintenanceWindow[]
  /** Of any goods. */
  ways: Way[]
  gateways: GatewayState[]
  power: (ReaderPower & { site: string })[]
  gaps: GapRow[]
  setAside: GapRow[]
}

export function emptyWarehouse(): Warehouse {
  return {
    maps: [],
    slots: [],
    stock: [],
    items: [],
    evidence: [],
    history: [],
    stays: [],
    alerts: [],
    rules: [],
    maintenance: [],
    ways: [],
    gateways: [],
    power: [],
    gaps: [],
    setAside: [],
  }
}

/** The cursor is the place of the next row. */
function page<T>(rows: readonly T[], { cursor, limit }: PageRequest): Page<T> {
  const from = cursor === undefined ? 0 : Number(cursor)
  return { items: rows.slice(from, from + limit), next: from + limit < rows.length ? String(from + limit) : null }
}

const without = <T extends { site: string }>({ site: _site, ...row }: T): Omit<T, 'site'> => row

export function inventoryOf(house: Warehouse): InventoryQueries {
  return {
    sites: () => house.maps.map((map) => summary(house, map)),
    map: (site) => house.maps.findLast((map) => map.site === site),
    slots: (site, { zone }, request) =>
      page(
        house.slots.filter((row) => row.site === site && (zone === undefined || row.zone === zone)).map(without),
        request,
      ),
    asOf: () => 'no-map',
    named: (codes) => codes,
    movements: () => ({ items: [], next: null }),
    aggregation: (epc) => ({ epc, sscc: null, parent: null, children: [], leftOut: 0 }),
    proposedAggregations: () => [],
    packedUnits: () => [],
    packedBefore: () => [],
    stock: (site, { sku, slot, zone }, request) =>
      page(
        house.stock
          .filter(
            (row) =>
              row.site === site &&
              (sku === undefined || row.sku === sku) &&
              (slot === undefined || row.slot === slot) &&
              (zone === undefined || row.zone === zone),
          )
          .map(without),
        request,
      ),
    untagged: () => [{ sku: 'LAMP-9', quantity: 3 }],
    items: (site, q, request) =>
      page(
        house.items.filter(
          (item) =>
            item.site === site &&
            (q === undefined ||
              [item.epc, item.sku, item.slot, item.zone].some((text) => text?.toLowerCase().includes(q.toLowerCase()))),
        ),
        request,
      ),
    item: (code) => {
      const read = readCode(code)
      const tags = read.ok ? tagsOfCode(read.value) : []
      return house.items.find(({ epc }) => epc === code || tags.includes(epc))
    },
    evidence: (site, epc) => house.evidence.find((one) => one.epc === epc && one.site === site),
    slotEvidence: () => undefined,
    unknownTags: (_site, request) => page([], request),
    history: (epc, _maySee, request) =>
      page(
        house.history.filter((event) => event.epc === epc).map(({ epc: _epc, ...event }) => event),
        request,
      ),
    stays: (epc, { site }) => house.stays.filter((stay) => stay.epc === epc && stay.site === site),
  }
}

/** Of a house in which nobody said anything about goods. */
export function goodsOf(): GoodsQueries {
  const silent = { sku: null, lot: null, expiresAt: null, hold: null, receivedAt: null, owner: null, homes: [] }
  return {
    itemFacts: (_site, epc) => ({ epc, ...silent }),
    expected: (_site, _filter, request) => page([], request),
    misplaced: (_site, _filter, request) => page([], request),
    ages: (_site, _sku, request) => page([], request),
    shipments: (_site, _filter, request) => page([], request),
    shipment: () => undefined,
    announced: () => [],
    openShipments: () => 0,
    scanStandings: (_site, _shipment, codes) => codes.map(() => 'new'),
    withoutOrder: (_site, request) => page([], request),
  }
}

export function alertsOf(house: Warehouse): AlertQueries {
  return {
    alerts: (site, { state }, request) =>
      page(
        house.alerts.filter(
          (alert) =>
            alert.site === site &&
            (state === undefined || (state === 'open' ? alert.state !== 'normal' : alert.state === state)),
        ),
        request,
      ),
    alert: (id) => house.alerts.find((alert) => alert.id === id),
    acts: () => [],
    notices: (site, request) =>
      page(
        house.alerts
          .filter((alert) => alert.site === site)
          .map((alert) => ({ event: 'ringing', at: alert.raisedAt, alert })),
        request,
      ),
    alertReport: (site, { fromMs, toMs }, asked = {}) => {
      const ofSite = house.alerts.filter((alert) => alert.site === site)
      const isWithin = ({ raisedAt }: Alert) => Date.parse(raisedAt) >= fromMs && Date.parse(raisedAt) < toMs
      const open = ofSite.filter(({ state }) => state !== 'normal')
      return reportOf({ fromMs, toMs, raised: ofSite.filter(isWithin), rings: [], ringsFromMs: fromMs, open, ...asked })
    },
    maintenance: () => house.maintenance,
    rules: () => house.rules,
    ways: async () => house.ways,
  }
}

export function gatewaysOf(house: Warehouse): GatewayQueries {
  return {
    gateways: () => house.gateways,
    power: (site) => house.power.filter((one) => one.site === site),
    gaps: (site, request) =>
      page(
        house.gaps.filter((gap) => gap.site === site),
        request,
      ),
  }
}

function summary(house: Warehouse, map: SiteMap): SiteSummary {
  return {
    site: map.site,
    name: map.name,
    timeZone: map.timeZone,
    mapVersion: map.version,
    slots: map.slots.length,
    items: house.items.filter((item) => item.site === map.site).length,
  }
}

/** A site with two zones and four slots, A1 A2 in zone A and B1 B2 in zone B. */
export function smallMap(site: string, version = 1): SiteMap {
  const zone = (id: string, x: number) => ({ id, name: `Zone ${id}`, x, y: 0, width: 10, depth: 10 })
  const slot = (id: string, zone: string, x: number) => ({ id, zone, x, y: 0, width: 1, depth: 1 })
  return SiteMap.parse({
    version,
    site,
    name: 'Harbour DC',
    timeZone: 'Europe/Amsterdam',
    width: 20,
    depth: 10,
    zones: [zone('A', 0), zone('B', 10)],
    slots: [slot('A1', 'A', 0), slot('A2', 'A', 1), slot('B1', 'B', 10), slot('B2', 'B', 11)],
    readPoints: [
      { id: 'r1.1', gateway: 'gw1', device: 'r1', kind: 'slot', zone: 'A', slots: ['A1'], x: 0, y: 0 },
      { id: 'gate.1', gateway: 'gw1', device: 'gate', kind: 'gate', zone: 'B', x: 15, y: 0 },
    ],
    sensors: [
      { id: 't1', name: 'Cold room', gateway: 'gw1', zone: 'A', x: 1, y: 1, limits: { temperature: { high: 8 } } },
      { id: 't2', name: 'Dock', gateway: 'gw1', zone: 'B', x: 11, y: 1 },
    ],
  })
}

/** An alert that rang once, and nobody did anything about it. */
export const untouched = {
  worst: null,
  silence: null,
  silencedUntil: null,
  isLatching: false,
  assignedTo: null,
  rangAt: '2026-01-01T00:00:00.000Z',
  times: 1,
  escalation: 0,
} as const satisfies Partial<Alert>

export function someAlert(id: string, site: string, changes: Partial<Alert> = {}): Alert {
  return {
    id,
    site,
    rule: 'cold',
    name: 'Cold room too warm',
    severity: 1,
    subject: 't1',
    zone: 'A',
    state: 'active',
    raisedAt: '2026-01-01T00:00:00.000Z',
    clearedAt: null,
    acknowledgedAt: null,
    acknowledgedBy: null,
    value: 9.5,
    quantity: 'temperature',
    whatToDo: 'Check door 4',
    ...untouched,
    ...changes,
  }
}

export function someItem(epc: string, site: string, changes: Partial<Item> = {}): Item {
  return {
    epc,
    sku: 'BOLT-M8',
    site,
    zone: 'A',
    slot: 'A1',
    state: 'present',
    rival: null,
    since: '2026-01-01T00:00:00.000Z',
    lastSeenAt: '2026-01-01T00:01:00.000Z',
    readPoint: 'r1.1',
    confidence: 0.9,
    why: 'Read once by r1.1, which covers only slot A1.',
    whyCoded: [{ code: 'read', times: 1, by: 'r1.1', covers: 'slot', zone: 'A', slot: 'A1' }],
    ...changes,
  }
}

export function someGateway(gateway: string, site: string, changes: Partial<GatewayState> = {}): GatewayState {
  return {
    site,
    gateway,
    link: 'online',
    lastHeardAt: '2026-01-01T00:00:00.000Z',
    since: '2026-01-01T00:00:00.000Z',
    version: '0.1.0',
    backlog: 0,
    clockSynced: true,
    devices: [],
    ...changes,
  }
}
