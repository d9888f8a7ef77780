import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import path from 'node:path'
import fastifyStatic from '@fastify/static'
import Fastify, { type FastifyReply } from 'fastify'
import { Server } from 'socket.io'
import { reportOf } from '../../cloud/alerts/report.ts'
import type {
  Alert,
  AlertActRow,
  BoardAsOf,
  GapRow,
  GatewayState,
  Item,
  ItemEvent,
  ItemEvidence,
  SeriesAnswer,
  SiteSummary,
  StockRow,
} from '../../shared/api.ts'
import type {
  BoardDelta,
  BoardHeartbeat,
  BoardSnapshot,
  BoardTrend,
  SensorNow,
  WatchReply,
  WatchRequest,
} from '../../shared/board.ts'
import { packMap, packSnapshot } from '../../shared/board-packed.ts'
import { describeEpc } from '../../shared/epc/describe.ts'
import type { ItemFacts } from '../../shared/goods.ts'
import type { MaintenanceWindow } from '../../shared/maintenance.ts'
import type { SiteMap } from '../../shared/site-map.ts'
import { sayWhy, type Why } from '../../shared/why.ts'
import { plain, whyEn } from '../../shared/why-en.ts'
import { planWarehouse } from '../../simulators/world/plan.ts'
import { warehouseSizes } from '../../simulators/world/size.ts'
import { freePort } from './ports.ts'
import { untouched } from './warehouse.ts'

/**
 * A warehouse that exists only for the board: real shapes, real sockets, the demo's own map (2 halls, 2,400 slots, 4
 * gates, 30 sensors) and stock that moves. The street behind the real server is tested elsewhere; here it must be easy
 * to bring about every state of a page.
 */
export interface BoardServer {
  readonly url: string
  readonly key: string
  readonly map: SiteMap
  /** Of a thing that is in a slot. */
  readonly epc: string
  /** Changes a slot now, as a delta. */
  setSlot(code: string, state: 'empty' | 'occupied' | 'unknown', items: number): void
  setGateway(gateway: string, link: GatewayState['link']): void
  setDevice(gateway: string, device: string, state: 'up' | 'silent'): void
  /** Counts up the revision without telling anybody: the next delta leaves a gap. */
  skipRevision(): void
  raise(alert: Alert): void
  /** Stops listening and drops every connection; `resume` listens on the same port again. */
  cut(): Promise<void>
  resume(): Promise<void>
  close(): Promise<void>
}

export interface BoardServerOptions {
  readonly port?: number
  /** Moves goods about by itself, ten times a second. */
  readonly moving?: boolean
  readonly sites?: 'one' | 'none'
  readonly timeZone?: string
}

const root = path.join(import.meta.dirname, '../../dist/board')
const siteId = 'harbour'

export async function openBoardServer(options: BoardServerOptions = {}): Promise<BoardServer> {
  if (!existsSync(path.join(root, 'index.html'))) throw new Error('build the board first: npm run build:board')
  const random = mulberry(42)
  const map = generateMap(options.timeZone ?? 'Europe/Amsterdam')
  const world = new World(map, random)
  const key = 'F3KD-9Q2M'
  const sessions = new Set<string>()
  let keyUsed = false
  let [server, port] = await listen(options.port ?? (await freePort()))

  async function listen(wanted: number) {
    const app = Fastify({ forceCloseConnections: true })
    const isIn = (cookie: string | undefined) => sessions.has(/sid=([0-9a-f]+)/.exec(cookie ?? '')?.[1] ?? '')
    app.addHook('onRequest', async (request, reply) => {
      reply.header(
        'content-security-policy',
        "default-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'",
      )
      if (
        request.url.startsWith('/api/') &&
        !request.url.startsWith('/api/v1/session') &&
        !isIn(request.headers.cookie)
      ) {
        return problem(reply, 401, 'not-allowed', 'Sign in first.')
      }
    })
    app.get('/api/v1/session', (request, reply) =>
      isIn(request.headers.cookie)
        ? { user: 'demo', role: 'supervisor' }
        : problem(reply, 401, 'not-allowed', 'Sign in first.'),
    )
    app.post<{ Body: { key?: string } }>('/api/v1/session', (request, reply) => {
      if (request.body.key !== key || keyUsed) return problem(reply, 401, 'not-allowed', 'This key is not valid.')
      keyUsed = true
      const id = randomBytes(16).toString('hex')
      sessions.add(id)
      return reply
        .header('set-cookie', `sid=${id}; Path=/; HttpOnly; SameSite=Strict`)
        .send({ user: 'demo', role: 'supervisor' })
    })
    app.get('/api/v1/sites', () => ({ items: options.sites === 'none' ? [] : [world.summary()], next: null }))
    app.get(`/api/v1/sites/${siteId}/board/snapshot`, () => packSnapshot(world.snapshot()))
    app.get(`/api/v1/sites/${siteId}/board/map`, () => packMap(map))
    app.get<{ Querystring: { slot?: string; sku?: string } }>(`/api/v1/sites/${siteId}/stock`, ({ query }) => ({
      items: world.stock(query),
      next: null,
    }))
    app.get<{ Querystring: { q?: string; limit?: string } }>(`/api/v1/sites/${siteId}/items`, ({ query }) => ({
      items: world.items(query.q ?? '').slice(0, Number(query.limit ?? 100)),
      next: null,
    }))
    app.get<{ Querystring: { at: string } }>(
      `/api/v1/sites/${siteId}/board/as-of`,
      ({ query }, reply) =>
        world.asOf(Date.parse(query.at)) ?? problem(reply, 404, 'not-found', 'The ledger does not go back so far.'),
    )
    app.get(`/api/v1/sites/${siteId}/board/trend`, () => world.trend())
    app.get(`/api/v1/sites/${siteId}/walls`, () => ({ items: [{ id: '00000000000000aa', name: 'main' }], next: null }))
    app.post<{ Body: { name: string } }>(`/api/v1/sites/${siteId}/walls`, ({ body }, reply) =>
      reply.code(201).send({ id: '00000000000000bb', name: body.name, key: 'wpw_made-for-the-test' }),
    )
    app.post<{ Body: { slot: string; codes: string[] } }>(`/api/v1/sites/${siteId}/counts`, ({ body }, reply) =>
      reply.code(202).send(world.count(body.slot, body.codes)),
    )
    app.get('/readyz', () => ({
      ready: true,
      journalTail: 4711,
      projections: [{ name: 'inventory', lag: 3 }],
      troubles: [],
    }))
    app.get('/api/v1/audit', () => ({
      items: [
        {
          number: 1,
          at: '2026-11-23T02:00:00.000Z',
          who: 'demo',
          from: '127.0.0.1',
          act: 'POST /api/v1/session',
          subject: '',
          outcome: 'done',
        },
      ],
      next: null,
    }))
    app.get(`/api/v1/sites/${siteId}/gaps`, () => ({ items: world.gaps, next: null }))
    app.get(`/api/v1/sites/${siteId}/set-aside`, () => ({ items: [], next: null }))
    app.get('/api/v1/alerts/:id/acts', () => ({ items: acts, next: null }))
    app.get(`/api/v1/sites/${siteId}/maintenance`, () => ({ items: windows, next: null }))
    app.get(`/api/v1/sites/${siteId}/alerts/report`, ({ query }) => {
      const { from, to } = query as { readonly from: string; readonly to: string }
      const [fromMs, toMs] = [Date.parse(from), Date.parse(to)]
      const open = world.snapshot().alerts
      return reportOf({ fromMs, toMs, raised: [...open, ...world.past], rings: [], ringsFromMs: fromMs, open })
    })
    app.get(`/api/v1/sites/${siteId}/alerts`, () => ({ items: world.past, next: null }))
    app.get<{ Params: { epc: string } }>('/api/v1/items/:epc', ({ params }, reply) => {
      const item = world.item(params.epc)
      return item === undefined
        ? problem(reply, 404, 'not-found', 'No such item.')
        : { ...item, forms: describeEpc(item.epc) }
    })
    app.get<{ Params: { epc: string } }>('/api/v1/items/:epc/history', ({ params }) => ({
      items: world.history(params.epc),
      next: null,
    }))
    app.get<{ Params: { epc: string } }>(
      `/api/v1/sites/${siteId}/items/:epc/evidence`,
      ({ params }, reply) => world.evidence(params.epc) ?? problem(reply, 404, 'not-found', 'No such item.'),
    )
    app.get<{ Params: { epc: string } }>(
      `/api/v1/sites/${siteId}/items/:epc/facts`,
      ({ params: { epc } }): ItemFacts => ({
        ...{ epc, sku: null, lot: 'L-7', expiresAt: '2020-01-01T00:00:00.000Z', hold: 'recall' },
        ...{ receivedAt: null, owner: null, homes: ['A01-01-3'] },
      }),
    )
    app.get<{ Querystring: { sensor: string; quantity: string; from: string; to: string; every: string } }>(
      `/api/v1/sites/${siteId}/series`,
      ({ query }) => world.series(query),
    )
    app.post<{ Params: { id: string } }>(
      '/api/v1/alerts/:id/acknowledge',
      ({ params }, reply) => world.acknowledge(params.id) ?? problem(reply, 404, 'not-found', 'No such alert.'),
    )
    await app.register(fastifyStatic, { root })
    app.setNotFoundHandler((request, reply) =>
      request.url.startsWith('/api/')
        ? problem(reply, 404, 'not-found', 'Nothing here.')
        : reply.sendFile('index.html'),
    )
    const io = new Server(app.server, { transports: ['websocket'], serveClient: false })
    const live = io.of('/live')
    live.use((socket, next) => next(isIn(socket.handshake.headers.cookie) ? undefined : new Error('not-allowed')))
    live.on('connection', (socket) => {
      socket.on('watch', (request: WatchRequest, answer: (reply: WatchReply) => void) => {
        void socket.join(request.site)
        answer({ ok: true, revision: world.revision })
      })
    })
    await app.listen({ port: wanted, host: '127.0.0.1' })
    const address = app.server.address()
    return [{ app, io, live }, typeof address === 'object' && address !== null ? address.port : wanted] as const
  }

  const flush = () => {
    const delta = world.takeDelta()
    if (delta !== null) server.live.to(siteId).emit('delta', delta)
  }
  const timers = [
    setInterval(() => {
      if (options.moving) world.move()
      flush()
    }, 100),
    setInterval(() => server.live.to(siteId).emit('heartbeat', world.heartbeat()), 2000),
    setInterval(() => world.measure(), 1000),
  ]
  const stop = async () => {
    await server.io.close()
    await server.app.close()
  }
  let isOpen = true
  return {
    url: `http://127.0.0.1:${port}`,
    key,
    map,
    epc: world.anyEpc,
    setSlot(code, state, items) {
      world.setSlot(code, state, items)
      flush()
    },
    setGateway(gateway, link) {
      world.setGateway(gateway, link)
      flush()
    },
    setDevice(gateway, device, state) {
      world.setDevice(gateway, device, state)
      flush()
    },
    skipRevision() {
      world.revision++
    },
    raise(alert) {
      world.raise(alert)
      flush()
      server.live.to(siteId).emit('alert', alert)
    },
    async cut() {
      if (!isOpen) return
      isOpen = false
      await stop()
    },
    async resume() {
      if (isOpen) return
      ;[server, port] = await listen(port)
      isOpen = true
    },
    async close() {
      for (const timer of timers) clearInterval(timer)
      if (isOpen) await stop()
      isOpen = false
    },
  }
}

function problem(reply: FastifyReply, status: number, code: string, detail: string) {
  return reply
    .code(status)
    .type('application/problem+json')
    .send({ type: 'about:blank', title: code, status, code, detail })
}

class World {
  revision = 1000
  readonly past: Alert[] = []
  readonly gaps: GapRow[] = [
    ...[
      { class: 'observation', count: 12_400, reason: 'spool-full', gateway: 'gw-1', from: '2026-11-22T23:10:00.000Z' },
      { class: 'quarantine', count: 1, reason: 'schema: values', gateway: 'gw-2', from: '2026-11-23T02:00:00.000Z' },
      { class: 'set-aside', count: 3, reason: 'inventory: no such place', gateway: null },
    ].map((row): GapRow => {
      const to = '2026-11-23T02:00:00.000Z'
      return { site: siteId, from: to, to, recordedAt: to, ...row }
    }),
  ]
  readonly #map: SiteMap
  readonly #random: () => number
  readonly #state: number[]
  readonly #goods: { epc: string; sku: string; slot: number; since: number }[] = []
  readonly #asOf: number[]
  readonly #sensors = new Map<string, SensorNow>()
  readonly #alerts = new Map<string, Alert>()
  readonly #gateways = new Map<string, GatewayState>()
  readonly #counters = {
    itemsOnSite: 0,
    arrivedToday: 412,
    departedToday: 385,
    movedToday: 96,
    tagReadsPerSecond: 0,
    misplaced: 3,
    uncertain: 14,
  }
  #changed = {
    slots: new Set<number>(),
    sensors: new Set<string>(),
    alerts: new Set<string>(),
    gateways: new Set<string>(),
    from: 1000,
  }

  constructor(map: SiteMap, random: () => number) {
    this.#map = map
    this.#random = random
    const now = Date.now()
    this.#state = map.slots.map(() => (random() < 0.68 ? 1 : 0))
    this.#asOf = map.slots.map(() => now - Math.floor(random() * 3_600_000))
    for (let n = 0; n < 26; n++) this.#state[1420 + n] = 2
    for (const [slot, state] of this.#state.entries()) {
      if (state !== 1) continue
      for (let n = 0; n <= random() * 6; n++) {
        const sku = map.skus[Math.floor(random() * map.skus.length)]?.sku ?? 'X'
        const serial = this.#goods.length.toString(16).toUpperCase().padStart(8, '0')
        this.#goods.push({
          epc: `3034257BF468D480${serial}`,
          sku,
          slot,
          since: now - Math.floor(random() * 20 * 3_600_000),
        })
      }
    }
    this.#counters.itemsOnSite = this.#goods.length
    for (const gateway of ['gw-north', 'gw-south']) {
      const devices = new Set([
        ...map.readPoints.filter((point) => point.gateway === gateway).map(({ device }) => device),
      ])
      const since = new Date(now - 9 * 3_600_000).toISOString()
      const state = {
        site: siteId,
        gateway,
        link: 'online',
        lastHeardAt: new Date(now).toISOString(),
        since,
        version: '0.1.0',
        backlog: 0,
        clockSynced: true,
      } as const
      this.#gateways.set(gateway, {
        ...state,
        devices: [...devices].map((device) => ({ device, state: 'up', since, reason: null })),
      })
    }
    this.measure()
    const cold = map.sensors.find(({ zone }) => zone === 'cold-room')
    const base = { site: siteId, clearedAt: null, acknowledgedAt: null, acknowledgedBy: null } as const
    this.#alerts.set('a1', {
      ...base,
      id: 'a1',
      rule: 'cold-room',
      name: 'Cold room too warm',
      severity: 1,
      subject: cold?.id ?? 'x',
      zone: 'cold-room',
      state: 'active',
      raisedAt: new Date(now - 4 * 60_000).toISOString(),
      value: 9.4,
      quantity: 'temperature',
      whatToDo:
        'Check that door 4 is closed, then look at the compressor. Move the goods to cold room 2 after 30 minutes.',
      ...untouched,
    })
    this.#alerts.set('a2', {
      ...base,
      id: 'a2',
      rule: 'humid',
      name: 'Humidity high',
      severity: 3,
      subject: 'hall-south-t4',
      zone: 'hall-south',
      state: 'acknowledged',
      acknowledgedAt: new Date(now - 12 * 60_000).toISOString(),
      acknowledgedBy: 'Li Wei',
      raisedAt: new Date(now - 31 * 60_000).toISOString(),
      value: 78,
      quantity: 'humidity',
      whatToDo: 'Open the roof vents on the lee side.',
      ...untouched,
    })
    for (const [n, name] of ['Gate silent', 'Cold room too warm', 'Gateway not heard'].entries()) {
      const raisedAt = new Date(now - (n + 2) * 3_600_000).toISOString()
      const clearedAt = new Date(now - (n + 2) * 3_600_000 + 420_000).toISOString()
      this.past.push({
        ...base,
        id: `p${n}`,
        rule: 'r',
        name,
        severity: n + 1,
        subject: ['gate-3', cold?.id ?? '', 'gw-south'][n] ?? '',
        zone: null,
        state: 'normal',
        raisedAt,
        clearedAt,
        acknowledgedAt: clearedAt,
        acknowledgedBy: 'Li Wei',
        value: null,
        quantity: null,
        whatToDo: '',
        ...untouched,
        ...(n === 1 && { isPast: true }),
      })
    }
  }

  summary(): SiteSummary {
    return {
      site: siteId,
      name: this.#map.name,
      timeZone: this.#map.timeZone,
      mapVersion: this.#map.version,
      slots: this.#map.slots.length,
      items: this.#goods.length,
    }
  }

  snapshot(): BoardSnapshot {
    const slot = this.#map.slots.map((_, index) => index)
    return {
      site: siteId,
      revision: this.revision,
      asOf: Date.now() - 200,
      now: Date.now(),
      map: this.#map,
      slots: { slot, state: this.#state, items: slot.map((index) => this.#count(index)), asOf: this.#asOf },
      sensors: [...this.#sensors.values()],
      alerts: [...this.#alerts.values()],
      gateways: [...this.#gateways.values()],
      shipments: [],
      counters: { ...this.#counters, tagReadsPerSecond: 35.2 },
    }
  }

  /** Two hours of a ledger in which every thing that is here now came at its time and stayed. */
  asOf(at: number): BoardAsOf | undefined {
    const ledgerSince = Math.floor(Date.now() / 60_000 - 120) * 60_000
    if (at < ledgerSince) return undefined
    const then = this.#goods.filter(({ since }) => since <= at)
    const items = this.#map.slots.map(() => 0)
    for (const { slot } of then) if (slot >= 0) items[slot] = (items[slot] ?? 0) + 1
    return {
      site: siteId,
      at: new Date(at).toISOString(),
      ledgerSince: new Date(ledgerSince).toISOString(),
      mapVersion: this.#map.version,
      items,
      itemsOnSite: then.length,
    }
  }

  /** A steady day: two in and one out every five minutes. */
  trend(): BoardTrend {
    const now = Date.now()
    const minutes = Array.from({ length: 120 }, (_, n) => n)
    const at = minutes.map((n) => Math.floor(now / 60_000 - 119 + n) * 60_000)
    const { arrivedToday, departedToday, movedToday } = this.#counters
    return {
      site: siteId,
      now,
      at,
      arrivedToday: minutes.map((n) => arrivedToday - Math.floor((119 - n) / 2.5)),
      departedToday: minutes.map((n) => departedToday - Math.floor((119 - n) / 5)),
      movedToday: minutes.map((n) => movedToday - Math.floor((119 - n) / 3 + 2 * Math.sin(n / 9))),
      sensorsOutside: minutes.map((n) => (n > 70 ? 1 : 0)),
      misplaced: minutes.map((n) => (n < 20 ? null : 1 + Math.floor(n / 50))),
      uncertain: minutes.map((n) => (n < 20 ? null : 12 + (n % 5))),
    }
  }

  takeDelta(): BoardDelta | null {
    const { slots, sensors, alerts, gateways, from } = this.#changed
    if (slots.size + sensors.size + alerts.size + gateways.size === 0) return null
    const slot = [...slots]
    const pick = <T>(keys: Set<string>, all: ReadonlyMap<string, T>): T[] =>
      [...keys].flatMap((key) => all.get(key) ?? [])
    this.revision += slots.size + sensors.size + alerts.size + gateways.size
    const skipped = this.revision - from
    this.#changed = {
      slots: new Set(),
      sensors: new Set(),
      alerts: new Set(),
      gateways: new Set(),
      from: this.revision,
    }
    return {
      site: siteId,
      from: skipped > 0 ? this.revision - slots.size - sensors.size - alerts.size - gateways.size : from,
      to: this.revision,
      asOf: Date.now() - 200,
      slots: {
        slot,
        state: slot.map((at) => this.#state[at] ?? 2),
        items: slot.map((at) => this.#count(at)),
        asOf: slot.map((at) => this.#asOf[at] ?? 0),
      },
      sensors: pick(sensors, this.#sensors),
      alerts: pick(alerts, this.#alerts),
      gateways: pick(gateways, this.#gateways),
      counters: { ...this.#counters, tagReadsPerSecond: Math.round(330 + 60 * this.#random()) / 10 },
    }
  }

  heartbeat(): BoardHeartbeat {
    return {
      site: siteId,
      revision: this.revision,
      asOf: Date.now() - 200,
      now: Date.now(),
      lagMs: 300 + Math.floor(this.#random() * 400),
    }
  }

  move(): void {
    if (this.#random() > 0.35) return
    const thing = this.#goods[Math.floor(this.#random() * this.#goods.length)]
    const target = Math.floor(this.#random() * this.#map.slots.length)
    if (thing === undefined || this.#state[target] === 2) return
    const source = thing.slot
    thing.slot = target
    thing.since = Date.now()
    this.#counters.movedToday++
    for (const slot of [source, target]) this.#touch(slot, this.#count(slot) > 0 ? 1 : 0)
  }

  setSlot(code: string, state: 'empty' | 'occupied' | 'unknown', items: number): void {
    const at = this.#map.slots.findIndex(({ id }) => id === code)
    for (const thing of this.#goods.filter(({ slot }) => slot === at)) thing.slot = -1
    for (let n = 0; n < items; n++) {
      const thing = this.#goods.find(({ slot }) => slot === -1) ?? this.#goods[n]
      if (thing !== undefined) thing.slot = at
    }
    this.#touch(at, ['empty', 'occupied', 'unknown'].indexOf(state))
  }

  #touch(slot: number, state: number): void {
    this.#state[slot] = state
    this.#asOf[slot] = Date.now()
    this.#changed.slots.add(slot)
  }

  setGateway(gateway: string, link: GatewayState['link']): void {
    const state = this.#gateways.get(gateway)
    if (state === undefined) return
    this.#gateways.set(gateway, { ...state, link, since: new Date().toISOString() })
    this.#changed.gateways.add(gateway)
  }

  setDevice(gateway: string, device: string, to: 'up' | 'silent'): void {
    const state = this.#gateways.get(gateway)
    if (state === undefined) return
    const since = new Date().toISOString()
    const reason = to === 'silent' ? 'no answer for 30 s' : null
    const devices = state.devices.map((one) => (one.device === device ? { device, state: to, since, reason } : one))
    this.#gateways.set(gateway, { ...state, devices })
    this.#changed.gateways.add(gateway)
  }

  /** What was scanned is there from now on. */
  count(slot: string, codes: readonly string[]) {
    const at = this.#map.slots.findIndex(({ id }) => id === slot)
    const there = this.#goods.filter((thing) => thing.slot === at).map(({ epc }) => epc)
    const known = codes.filter((code) => this.#goods.some(({ epc }) => epc === code))
    for (const thing of this.#goods) {
      if (!known.includes(thing.epc) || thing.slot === at) continue
      const from = thing.slot
      thing.slot = at
      for (const changed of [from, at]) if (changed >= 0) this.#touch(changed, this.#count(changed) > 0 ? 1 : 0)
    }
    return {
      found: there.filter((epc) => codes.includes(epc)),
      missing: there.filter((epc) => !codes.includes(epc)),
      unexpected: known.filter((epc) => !there.includes(epc)),
      unknown: codes.filter((code) => !known.includes(code)),
      offset: 1,
    }
  }

  raise(alert: Alert): void {
    this.#alerts.set(alert.id, alert)
    this.#changed.alerts.add(alert.id)
  }

  acknowledge(id: string): Alert | undefined {
    const alert = this.#alerts.get(id)
    if (alert === undefined) return undefined
    const next: Alert = {
      ...alert,
      state: 'acknowledged',
      acknowledgedAt: new Date().toISOString(),
      acknowledgedBy: 'demo',
    }
    this.raise(next)
    return next
  }

  measure(): void {
    const now = Date.now()
    for (const [n, place] of this.#map.sensors.entries()) {
      if (this.#random() < 0.5 && this.#sensors.has(place.id)) continue
      const values = valuesAt(place.zone, n, now)
      const outside = Object.entries(place.limits).flatMap(([quantity, { low, high }]) => {
        const value = values[quantity]
        return value !== undefined && (value > (high ?? Infinity) || value < (low ?? -Infinity)) ? [quantity] : []
      })
      this.#sensors.set(place.id, { sensor: place.id, at: now - (n === 12 ? 26 * 60_000 : 400), values, outside })
      this.#changed.sensors.add(place.id)
    }
    for (const [id, state] of this.#gateways)
      if (state.link === 'online') this.#gateways.set(id, { ...state, lastHeardAt: new Date(now).toISOString() })
  }

  stock({ slot, sku }: { slot?: string; sku?: string }): StockRow[] {
    const groups = Map.groupBy(
      this.#goods.filter(
        (thing) =>
          thing.slot >= 0 &&
          (sku === undefined || thing.sku === sku) &&
          (slot === undefined || this.#map.slots[thing.slot]?.id === slot),
      ),
      (thing) => `${thing.slot} ${thing.sku}`,
    )
    return [...groups.values()].flatMap(([first, ...others]) => {
      const place = first === undefined ? undefined : this.#map.slots[first.slot]
      if (first === undefined || place === undefined) return []
      return [
        {
          slot: place.id,
          zone: place.zone,
          sku: first.sku,
          quantity: others.length + 1,
          untagged: 0,
          countedAt: null,
          asOf: new Date(first.since).toISOString(),
          confidence: 0.6 + 0.38 * this.#random(),
        },
      ]
    })
  }

  items(q: string): Item[] {
    const wanted = q.toLowerCase()
    return this.#goods.flatMap((thing) => {
      const item = this.#itemOf(thing)
      return [item.epc, item.sku, item.slot, item.zone].some((text) => text?.toLowerCase().includes(wanted))
        ? [item]
        : []
    })
  }

  item(epc: string): Item | undefined {
    const thing = this.#goods.find((candidate) => candidate.epc === epc)
    return thing === undefined ? undefined : this.#itemOf(thing)
  }

  #itemOf(thing: { epc: string; sku: string; slot: number; since: number }): Item {
    const place = this.#map.slots[thing.slot]
    return {
      epc: thing.epc,
      sku: thing.sku,
      site: siteId,
      zone: place?.zone ?? null,
      slot: place?.id ?? null,
      state: 'present',
      rival: null,
      since: new Date(thing.since).toISOString(),
      lastSeenAt: new Date(this.#asOf[thing.slot] ?? thing.since).toISOString(),
      readPoint: 'rack-n01.3',
      confidence: 0.94,
      ...this.#readAt(place),
    }
  }

  #readAt(place: { readonly zone: string; readonly id: string } | undefined): Pick<Item, 'why' | 'whyCoded'> {
    const [zone, slot] = [place?.zone ?? null, place?.id ?? null]
    return coded({ code: 'read', times: 38, by: 'rack-n01.3', covers: slot === null ? 'nothing' : 'slot', zone, slot })
  }

  get anyEpc(): string {
    return this.#goods[0]?.epc ?? ''
  }

  evidence(epc: string): ItemEvidence | undefined {
    const item = this.item(epc)
    if (item === undefined) return undefined
    const { site, zone, slot, since, lastSeenAt } = item
    const rival = { zone, slot: this.#map.slots.find(({ id }) => id !== slot)?.id ?? null }
    const rule = coded({ code: 'between', at: { zone, slot }, rival, share: 0.7 })
    const changes = [coded({ code: 'word-at-once' }), coded({ code: 'silence-ends-it', silentMs: 60_000 })]
    return {
      ...{ epc, site, state: 'uncertain', zone, slot, rival, since, lastReadAt: lastSeenAt, goneSince: null },
      rule: rule.why,
      ruleCoded: rule.whyCoded,
      wouldChange: changes.map(({ why }) => why),
      wouldChangeCoded: changes.flatMap(({ whyCoded }) => whyCoded),
      heardAt: [{ zone, slot, usualDbm: -58, lead: 0 }],
      nearSlots: [],
      ...{ weighed: 2, from: since },
      reads: [
        { at: lastSeenAt, readPoint: 'rack-n01.3', basis: 'slot', zone, slot, count: 3, peakRssiDbm: -58.5 },
        { at: since, readPoint: 'handheld-4', basis: 'scan', zone, slot, count: 1, peakRssiDbm: null },
      ],
    }
  }

  history(epc: string): ItemEvent[] {
    const item = this.item(epc)
    if (item === undefined) return []
    const at = (minutes: number) => new Date(Date.parse(item.since) - minutes * 60_000).toISOString()
    return [
      {
        at: at(0),
        recordedAt: at(0),
        kind: 'moved',
        from: 'dock',
        to: item.slot,
        readPoint: 'rack-n01.3',
        lastReadAt: null,
        parent: null,
        late: false,
        ...coded({ code: 'read', times: 38, by: 'rack-n01.3', covers: 'slot', zone: item.zone, slot: item.slot }),
      },
      {
        at: at(41),
        recordedAt: at(38),
        kind: 'scanned',
        from: 'dock',
        to: 'dock',
        readPoint: null,
        lastReadAt: null,
        parent: null,
        late: true,
        ...{ why: 'Counted by handheld 4.', whyCoded: [] }, // of a version that had no codes
      },
      {
        at: at(58),
        recordedAt: at(58),
        kind: 'arrived',
        from: null,
        to: 'dock',
        readPoint: 'gate-2.1',
        lastReadAt: null,
        parent: null,
        late: false,
        ...coded({ code: 'passed', way: 'in', by: 'gate-2', sure: 0.97 }),
      },
    ]
  }

  series({
    sensor,
    quantity,
    from,
    to,
    every,
  }: {
    sensor: string
    quantity: string
    from: string
    to: string
    every: string
  }): SeriesAnswer {
    const n = this.#map.sensors.findIndex(({ id }) => id === sensor)
    const zone = this.#map.sensors[n]?.zone ?? ''
    const points: SeriesAnswer['points'] = []
    const everyMs = Number(every.replace('s', '')) * 1000
    for (let at = Date.parse(from); at < Date.parse(to); at += everyMs) {
      const age = Date.now() - at
      if (age > 3 * 3_600_000 && age < 3.6 * 3_600_000) continue // the gateway was away
      const mean = valuesAt(zone, n, at)[quantity] ?? 0
      points.push({ at: new Date(at).toISOString(), count: 6, min: mean - 0.25, max: mean + 0.3, mean, last: mean })
    }
    return { sensor, quantity, unit: 'CEL', everyMs, points, gaps: [], next: null }
  }

  #count(slot: number): number {
    let count = 0
    for (const thing of this.#goods) if (thing.slot === slot) count++
    return count
  }
}

function coded(why: Why): Pick<Item, 'why' | 'whyCoded'> {
  return { why: sayWhy(whyEn, why, plain) ?? '', whyCoded: [why] }
}

const acts: readonly AlertActRow[] = [
  { at: '2026-11-23T02:10:00.000Z', by: 'Li Wei', act: 'acknowledge', comment: null, until: null, to: null },
  {
    at: '2026-11-23T02:12:00.000Z',
    by: 'Li Wei',
    act: 'shelve',
    comment: 'The fitter is here',
    until: '2026-11-23T03:12:00.000Z',
    to: null,
  },
]
const windows: readonly MaintenanceWindow[] = [
  { id: 'w1', site: siteId, reason: 'Defrosting', from: Date.UTC(2026, 10, 23, 2), zone: 'cold-room' },
  { id: 'w2', site: siteId, reason: 'New lamps', from: Date.UTC(2026, 10, 23, 2), to: Date.UTC(2026, 10, 23, 6) },
]

/** Smooth and without memory, so that history and the present agree. */
function valuesAt(zone: string, n: number, at: number): Record<string, number> {
  const wave = Math.sin(at / 1_700_000 + n) + 0.3 * Math.sin(at / 210_000 + 2 * n)
  if (zone === 'cold-room')
    return { temperature: round(n === 0 ? 9.2 + 0.5 * wave : 4.1 + 0.7 * wave), humidity: round(62 + 3 * wave) }
  return {
    temperature: round(19.5 + (n % 4) + 1.1 * wave),
    humidity: round(48 + 2 * (n % 7) + 4 * wave + (n === 16 ? 22 : 0)),
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function generateMap(timeZone: string): SiteMap {
  return planWarehouse({ site: siteId, name: 'Harbour DC', timeZone, seed: 42, size: warehouseSizes.demo }).map
}

/** Small seeded generator: the same story every time. */
function mulberry(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
