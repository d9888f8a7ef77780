import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import type { Logger } from 'pino'
import type { Clock, Random } from '../shared/clock.ts'
import type { GatewayAddress } from '../shared/wire.ts'
import { type GatewayAccounts, openGatewayAccounts } from './accounts/gateways.ts'
import { openPeople, type People } from './accounts/people.ts'
import { watchReleases } from './accounts/releases.ts'
import { watchRevocations } from './accounts/revocations.ts'
import type { RandomBytes } from './accounts/secret.ts'
import { openAudit } from './audit/open.ts'
import { refuseUnfinished } from './backup/unfinished.ts'
import type { Broker } from './broker/broker.ts'
import { openBroker } from './broker/open.ts'
import { refusalTeller } from './broker/refusal-log.ts'
import { type CloudConfig, plaintextDoors, refusePlaintext } from './config.ts'
import { dataFiles } from './data-files.ts'
import { lockDataDirectory } from './database/lock.ts'
import { openDrafts } from './drafts/open.ts'
import { type GatewayDocuments, gatewayDocuments } from './gates/documents.ts'
import { openHttp } from './http/open.ts'
import { openAdmission } from './intake/admission.ts'
import { streetMetrics } from './metrics.ts'
import { openPush } from './push/open.ts'
import { startRetention } from './retention/run.ts'
import { startAside } from './threads/aside/open.ts'
import { makeBaseAside } from './threads/base/open.ts'
import { type JournalThread, openJournalThread } from './threads/journal/open.ts'
import { type NotifyRoom, openNotifyRoom } from './threads/notify/open.ts'
import { openSeriesRoom } from './threads/series/open.ts'
import { keepCompiledCode } from './threads/start.ts'
import { openTls } from './tls/open.ts'

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
  /** The journal and what follows it. */
  readonly journal: Pick<JournalThread, 'server' | 'appendOwn' | 'gateways' | 'gaps' | 'readiness'>
  readonly gatewayAccounts: GatewayAccounts
  readonly people: People
  /** Certificate of the local authority, PEM, where `tls: auto` made one. */
  readonly authority: string | undefined
  /** Stops upstream first, so that everything taken is journalled and applied as far as it got; safe to call twice. */
  close(): Promise<void>
}

/**
 * Opens the cloud downstream first: boards, the journal with its read models, series, then the doors. Three threads:
 * this one serves sockets and never waits for a disk (but for accounts and drafts, which people change by hand), one writes the
 * journal and the read models behind the boards, one the time series, and tells people who are away from the boards.
 */
export async function openCloud(config: CloudConfig, surroundings: CloudSurroundings): Promise<Cloud> {
  const { clock, random, randomBytes, log } = surroundings
  const open = new AsyncDisposableStack()
  try {
    refusePlaintext(config)
    open.defer(lockDataDirectory(config.dataDirectory))
    refuseUnfinished(config.dataDirectory)
    const file = (name: keyof typeof dataFiles) => join(config.dataDirectory, dataFiles[name])

    const tls = await openTls({
      http: config.http.tls,
      broker: config.broker.url === undefined ? config.broker.tls : undefined,
      names: config.tls.names,
      dataDirectory: config.dataDirectory,
      clock,
      randomBytes,
      log,
    })
    open.defer(() => tls.stop())
    const people = openPeople(file('people'), { clock, randomBytes })
    open.defer(() => people.close())
    const gatewayAccounts = openGatewayAccounts(file('gatewayAccounts'), { clock, randomBytes })
    open.defer(() => gatewayAccounts.close())

    const audit = openAudit(file('audit'))
    open.defer(() => audit.close())

    const drafts = openDrafts(file('drafts'))
    open.defer(() => drafts.close())

    let listened: JournalThread | undefined
    const push = openPush({ clock, onListened: (readers) => listened?.listen(readers) })
    open.defer(() => push.close())

    let broker: Broker | undefined
    let documents: GatewayDocuments | undefined
    let notify: NotifyRoom | undefined
    const { port1: seriesPort, port2: journalPort } = new MessageChannel()
    const logged = (level: 'info' | 'warn' | 'error', fields: object, sentence: string) => log[level](fields, sentence)
    const { dataDirectory } = config
    const journal = open.adopt(
      await openJournalThread(
        { dataDirectory, evidenceDays: config.evidence.keepDays, seriesPort },
        {
          facts(facts) {
            push.tell(facts)
            documents?.hear(facts)
            if (facts.some(({ type }) => type === 'alert')) notify?.poke()
          },
          reads: push.reads,
          send: async (address, channel, payload) => broker?.send(address, channel, payload),
          done: (address, bytes) => admission.done(address, bytes),
          log: logged,
        },
      ),
      (thread) => thread.close(),
    )
    listened = journal
    push.seed(journal.standing)
    const told = gatewayDocuments(async (address, ...sent) => broker?.send(address, ...sent), journal.standing)
    documents = told
    const aside = open.adopt(startAside(), (thread) => thread.stop())
    const series = open.adopt(
      await openSeriesRoom(aside.series, { series: config.series, dataDirectory, journalPort }, { log: logged }),
      (room) => room.close(),
    )

    notify = open.adopt(
      await openNotifyRoom(
        aside.notify,
        { config: config.notify, dataDirectory },
        {
          notices: (page) => journal.notices(undefined, page),
          timeZone: async (site) => (await journal.map(site))?.timeZone,
          log: logged,
        },
      ),
      (room) => room.close(),
    )

    const disconnect = async (address: GatewayAddress) => broker?.disconnect(address)
    const admission = openAdmission({
      isInForce: (address) => gatewayAccounts.isInForce(address),
      pass: (message) => journal.upward(message),
    })
    const releases = watchReleases(gatewayAccounts, journal)
    open.defer(() => releases.stop())
    const revocations = watchRevocations(gatewayAccounts, disconnect)
    open.defer(() => revocations.stop())
    const opened = await openBroker(
      { ...config.broker, tls: tls.broker?.current },
      {
        events: {
          upward(message) {
            admission.upward(message)
            documents?.upward(message)
          },
          presence(address, online) {
            revocations.presence(address, online)
            journal.presence(address, online)
            log.info({ ...address, online }, online ? 'gateway came' : 'gateway went')
          },
        },
        credentials: gatewayAccounts,
        clock,
        random,
        clientId: `warepulse-cloud-${randomUUID()}`,
        onRefused: refusalTeller(log, (act) => audit.append(act), clock),
        onLink: (connected, problem) => log.info({ connected, problem }, 'link to the broker'),
      },
    )
    broker = open.adopt(opened.broker, (room) => room.close())
    tls.broker?.onRenewed((pair) => opened.embedded?.renewTls(pair))

    const metrics = streetMetrics({
      journal,
      admission,
      broker: opened.embedded,
      tls,
      plaintextDoors: plaintextDoors(config).length,
    })
    const http = await openHttp(
      {
        clock,
        inventory: journal,
        goods: journal,
        alerts: journal,
        gateways: journal,
        tuning: journal,
        setAside: journal,
        series,
        journal,
        documents: told,
        people,
        gatewayAccounts,
        audit,
        drafts,
        notify,
        broker,
        push,
        registry: metrics.registry,
        refreshMetrics: metrics.refresh,
        log,
        readiness: () => journal.readiness(),
      },
      {
        host: config.http.host,
        port: config.http.port,
        version: surroundings.version,
        trustProxy: config.http.trustProxy,
        publicOrigins: config.http.publicOrigins,
        metricsForAll: config.http.metricsForAll,
        ...(tls.http === undefined ? {} : { tls: tls.http.current }),
        ...(tls.authority === undefined ? {} : { authority: tls.authority }),
        ...(surroundings.boardDirectory === undefined ? {} : { boardDirectory: surroundings.boardDirectory }),
      },
    )
    open.defer(() => http.close())
    tls.http?.onRenewed((pair) => http.renewTls(pair))
    journal.watch()
    const { keepDays } = config.journal
    if (keepDays !== undefined) {
      const files = [dataFiles.inventory, dataFiles.goods, dataFiles.alerts, dataFiles.supervision, await series.file()]
      const retention = startRetention({
        keepDays,
        clock,
        olderThan: journal.olderThan,
        trimmed: journal.trimmed,
        trim: journal.trim,
        makeBase: () => makeBaseAside(dataDirectory, files),
        onCut: (to) => log.info({ to }, 'the journal was cut'),
        onTrouble: ({ code, message }) => log.warn({ code }, message),
      })
      open.defer(() => retention.stop())
    }

    keepCompiledCode()
    let closed: Promise<void> | undefined
    return {
      url: http.url,
      brokerUrl: broker.url,
      journal,
      gatewayAccounts,
      people,
      authority: tls.authority,
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
