import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Clock, Random } from '../shared/clock.ts'
import { Fault } from '../shared/fault.ts'
import type { GatewayAddress } from '../shared/wire.ts'
import { type GatewayAccounts, openGatewayAccounts } from './accounts/gateways.ts'
import { openPeople, type People } from './accounts/people.ts'
import { watchReleases } from './accounts/releases.ts'
import { watchRevocations } from './accounts/revocations.ts'
import type { RandomBytes } from './accounts/secret.ts'
import { openAlerts } from './alerts/open.ts'
import type { Broker } from './broker/broker.ts'
import { openBroker } from './broker/open.ts'
import { refusalTeller } from './broker/refusal-log.ts'
import type { CloudConfig } from './config.ts'
import { dataFiles } from './data-files.ts'
import { lockDataDirectory } from './database/lock.ts'
import { openHttp } from './http/open.ts'
import { setAsideQueries } from './http/set-aside.ts'
import { openIntake } from './intake/intake.ts'
import { type Inventory, openInventory } from './inventory/open.ts'
import { type Following, follow } from './journal/follow.ts'
import type { Journal } from './journal/journal.ts'
import type { Projection } from './journal/projection.ts'
import { openSetAside } from './journal/set-aside.ts'
import { openJournal } from './journal/sqlite.ts'
import { watchTroubles } from './journal/trouble-watch.ts'
import { registryOf } from './metrics.ts'
import { openPush } from './push/open.ts'
import { openSeries } from './series/catalogue.ts'
import { openSeriesProjection } from './series/projection.ts'
import { openSupervision, type Supervision } from './supervision/open.ts'
import { startTicks } from './ticks.ts'

export interface CloudSurroundings {
  readonly clock: Clock
  readonly random: Random
  readonly randomBytes: RandomBytes
  readonly log: Logger
  readonly version: string
  /** Where the board was built to; undefined: API only. */
  readonly boardDirectory: string | undefined
}

/** A cloud that runs. */
export interface Cloud {
  /** `http://host:port` of board and API. */
  readonly url: string
  /** What gateways connect to. */
  readonly brokerUrl: string
  readonly journal: Journal
  readonly inventory: Inventory
  readonly supervision: Supervision
  readonly gatewayAccounts: GatewayAccounts
  readonly people: People
  /** Nobody has ever signed in on this data directory: print a link. */
  readonly isFirstRun: boolean
  /** Stops upstream first, so that everything taken is journalled and applied as far as it got; safe to call twice. */
  close(): Promise<void>
}

/**
 * How many journal records a projection is handed at a time: large requests are what makes InfluxDB fast, short turns
 * keep this thread free for sockets.
 */
const recordsAtATime = { influx: 20_000, here: 5000 }

/** Opens the cloud downstream first: read models, boards, journal's followers, then the doors. */
export async function openCloud(config: CloudConfig, surroundings: CloudSurroundings): Promise<Cloud> {
  const { clock, random, randomBytes, log } = surroundings
  const open = new AsyncDisposableStack()
  const closing = new AbortController()
  try {
    open.defer(lockDataDirectory(config.dataDirectory))
    const file = (name: keyof typeof dataFiles) => join(config.dataDirectory, dataFiles[name])

    const isFirstRun = !existsSync(file('people'))
    const people = openPeople(file('people'), { clock, randomBytes })
    open.defer(() => people.close())
    const gatewayAccounts = openGatewayAccounts(file('gatewayAccounts'), { clock, randomBytes })
    open.defer(() => gatewayAccounts.close())

    const push = openPush({ clock })
    open.defer(() => push.close())
    const { tell } = push
    const inventory = open.adopt(await openInventory({ path: file('inventory'), tell }), (room) => room.close())
    const alerts = open.adopt(await openAlerts({ path: file('alerts'), tell }), (room) => room.close())
    const supervision = open.adopt(await openSupervision({ path: file('supervision'), tell }), (room) => room.close())
    const { store, offsetPath } = await openSeries(config.series, config.dataDirectory, clock)
    open.adopt(store, (room) => room.close())
    const series = open.adopt(await openSeriesProjection({ store, offsetPath, log }), (room) => room.close())
    push.seed([...inventory.standing(), ...alerts.standing(), ...supervision.standing()])

    const journal = open.adopt(await openJournal({ path: file('journal'), clock, random }), (room) => room.close())
    refuseForeignReadModels([inventory, alerts, supervision, series], journal, config.dataDirectory)
    const setAside = openSetAside(file('setAside'))
    open.defer(() => setAside.close())
    const following = new Map<string, Following>()
    for (const projection of [inventory, alerts, supervision, series]) {
      following.set(
        projection.name,
        follow(journal, projection, {
          signal: closing.signal,
          clock,
          random,
          maxRecords: projection === series && store.kind !== 'sqlite' ? recordsAtATime.influx : recordsAtATime.here,
          onSetAside: (entry) => {
            setAside.add(entry)
            log.error(entry, 'a journal entry cannot be applied and was set aside')
          },
          onTrouble: (fault) => log.warn({ projection: projection.name, code: fault.code }, fault.message),
          onRecovered: () => log.info({ projection: projection.name }, 'goes on'),
        }),
      )
    }
    open.defer(async () => {
      closing.abort()
      await Promise.all([...following.values()].map(({ done }) => done))
    })
    // Before any door is open, so that it stands before whatever comes in.
    await journal.appendOwn(undefined, [{ kind: 'started', at: clock.now() }])

    let broker: Broker | undefined
    const disconnect = async (address: GatewayAddress) => broker?.disconnect(address)
    const intake = openIntake({
      journal,
      clock,
      random,
      send: async (address, channel, payload) => broker?.send(address, channel, payload),
      isInForce: (address) => gatewayAccounts.isInForce(address),
      onTrouble: (fault) => log.error({ code: fault.code }, fault.message),
      onRecovered: () => log.info('the journal writes again'),
      onForked: (address, reason) => log.error({ ...address, reason }, 'two senders use one identity: frozen'),
    })
    open.defer(() => intake.close())
    const releases = watchReleases(gatewayAccounts, journal)
    open.defer(() => releases.stop())
    const revocations = watchRevocations(gatewayAccounts, disconnect)
    open.defer(() => revocations.stop())
    const opened = await openBroker(config.broker, {
      events: {
        upward: (message) => intake.upward(message),
        presence(address, online) {
          revocations.presence(address, online)
          intake.presence(address, online)
          log.info({ ...address, online }, online ? 'gateway came' : 'gateway went')
        },
      },
      credentials: gatewayAccounts,
      clock,
      random,
      clientId: `warepulse-cloud-${randomUUID()}`,
      onRefused: refusalTeller(log, clock),
      onLink: (connected, problem) => log.info({ connected, problem }, 'link to the broker'),
    })
    broker = open.adopt(opened.broker, (room) => room.close())

    const registry = registryOf({
      ...{ journal, intake: intake.counters, following, setAside, series, broker: opened.embedded },
    })
    const http = await openHttp(
      {
        clock,
        inventory,
        alerts,
        gateways: supervision,
        setAside: setAsideQueries({ entries: setAside, series, journal }),
        series: store,
        journal,
        people,
        gatewayAccounts,
        broker,
        push,
        registry,
        log,
        readiness: () => ({
          journalTail: journal.tail,
          projections: [...following].map(([name, { lag }]) => ({ name, lag })),
          troubles: [
            ...(intake.trouble === undefined ? [] : [intake.trouble.message]),
            ...[...following.values()].flatMap(({ trouble }) => (trouble === undefined ? [] : [trouble.message])),
          ],
        }),
      },
      {
        host: config.http.host,
        port: config.http.port,
        version: surroundings.version,
        trustProxy: config.http.trustProxy,
        publicOrigins: config.http.publicOrigins,
        metricsForAll: config.http.metricsForAll,
        ...(surroundings.boardDirectory === undefined ? {} : { boardDirectory: surroundings.boardDirectory }),
      },
    )
    open.defer(() => http.close())
    const troubles = watchTroubles(journal, following, clock)
    open.defer(() => troubles.stop())
    const ticks = startTicks(journal, clock)
    open.defer(() => ticks.stop())

    let closed: Promise<void> | undefined
    return {
      url: http.url,
      brokerUrl: broker.url,
      journal,
      inventory,
      supervision,
      gatewayAccounts,
      people,
      isFirstRun,
      close() {
        closed ??= open.disposeAsync()
        return closed
      },
    }
  } catch (thrown) {
    await open.disposeAsync()
    throw thrown
  }
}

/** A read model ahead of its journal belongs to another one: going on would show things that never happened. */
function refuseForeignReadModels(projections: readonly Projection[], journal: Journal, directory: string): void {
  const ahead = projections.filter(({ offset }) => offset > journal.tail).map(({ name }) => name)
  if (ahead.length === 0) return
  throw new Fault(
    'storage-broken',
    `In ${directory} the read models ${ahead.join(', ')} know more than the journal: is journal.sqlite the right file? ` +
      'If it is, build them anew with `warepulse rebuild all --config <file>`.',
  )
}
