import { join } from 'node:path'
import { parentPort } from 'node:worker_threads'
import { Fault } from '../../../shared/fault.ts'
import { openAlerts } from '../../alerts/open.ts'
import { dataFiles } from '../../data-files.ts'
import { openGoods } from '../../goods/open.ts'
import { goodsQueries } from '../../goods/queries.ts'
import { setAsideQueries } from '../../http/set-aside.ts'
import { openIntake } from '../../intake/intake.ts'
import { openInventory } from '../../inventory/open.ts'
import { watchBudgets } from '../../journal/budget-watch.ts'
import { type Following, follow } from '../../journal/follow.ts'
import { refuseForeignReadModels } from '../../journal/projection.ts'
import { openSetAside } from '../../journal/set-aside.ts'
import { openJournal } from '../../journal/sqlite.ts'
import { watchTroubles } from '../../journal/trouble-watch.ts'
import { openCourier } from '../../push/courier.ts'
import { openSupervision } from '../../supervision/open.ts'
import { startTicks } from '../../ticks.ts'
import { newestHearing } from '../../tuning/newest.ts'
import { openLine, type Port } from '../line.ts'
import type { SeriesForJournal } from '../series/calls.ts'
import { threadClock as clock, keepCompiledCode } from '../start.ts'
import type { JournalCalls, JournalForSeries, JournalOrder, JournalOutward, SeriesProgress } from './calls.ts'
import { listenToReaders } from './listen.ts'
import { watchDoubts } from './watch-doubts.ts'

/**
 * The thread of the journal: intake, journal, and the read models that boards show. What syncs to disk here never
 * holds a socket back.
 */

/** A projection's turn: its commit is worth so many records, and shares the thread with the intake. */
const recordsAtATime = 10_000
/** Boards are told ten times a second; read models need not be written more often than a few times that. */
const gatherMs = 30

const { random } = Math

async function open(order: JournalOrder) {
  const { dataDirectory, evidenceDays, seriesPort } = order
  const file = (name: keyof typeof dataFiles) => join(dataDirectory, dataFiles[name])
  const rooms = new AsyncDisposableStack()
  const closing = new AbortController()
  try {
    const courier = openCourier((facts) => outward.tell('facts', [facts]))
    rooms.defer(() => courier.close())
    const { tell } = courier
    const inventory = rooms.adopt(await openInventory({ path: file('inventory'), tell, evidenceDays }), (room) =>
      room.close(),
    )
    const goods = rooms.adopt(await openGoods({ path: file('goods'), tell }), (room) => room.close())
    const alerts = rooms.adopt(
      await openAlerts({ path: file('alerts'), tell, conclusions: inventory.conclusions }),
      (room) => room.close(),
    )
    const supervision = rooms.adopt(await openSupervision({ path: file('supervision'), tell }), (room) => room.close())
    const projections = [inventory, goods, alerts, supervision]
    const standing = [...inventory.standing(), ...goods.standing(), ...alerts.standing(), ...supervision.standing()]

    const journal = rooms.adopt(await openJournal({ path: file('journal'), clock, random }), (room) => room.close())
    refuseForeignReadModels(projections, journal, dataDirectory)
    const setAside = openSetAside(file('setAside'))
    rooms.defer(() => setAside.close())

    const following = new Map<string, Pick<Following, 'lag' | 'trouble'>>()
    const done: Promise<void>[] = []
    const onApplied = () => journal.passed(Math.min(...projections.map(({ offset }) => offset)))
    for (const projection of projections) {
      const followed = follow(journal, projection, {
        onApplied,
        signal: closing.signal,
        clock,
        random,
        maxRecords: recordsAtATime,
        gatherMs,
        onSetAside: (entry) => {
          setAside.add(entry)
          outward.tell('log', ['error', entry, 'a journal entry cannot be applied and was set aside'])
        },
        onTrouble: ({ code, message }) => outward.tell('log', ['warn', { projection: projection.name, code }, message]),
        onRecovered: () => outward.tell('log', ['info', { projection: projection.name }, 'goes on']),
      })
      following.set(projection.name, followed)
      done.push(followed.done)
    }
    let series: SeriesProgress = { offset: 0, trouble: undefined, setAside: 0, fullSites: [] }
    following.set('series', {
      get lag() {
        return Math.max(0, journal.tail - series.offset)
      },
      get trouble() {
        return series.trouble === undefined ? undefined : new Fault('not-reachable', series.trouble)
      },
    })
    const toSeries = openLine<SeriesForJournal>(seriesPort, {
      progress: (progress) => {
        series = progress
      },
      setAside: (entry) => setAside.add({ projection: 'series', ...entry }),
    } satisfies JournalForSeries)
    rooms.defer(() => {
      toSeries.end()
      seriesPort.close()
    })
    done.push(tellGrowth(journal, closing.signal, (tail) => toSeries.tell('grown', [tail])))
    rooms.defer(async () => {
      closing.abort()
      await Promise.all(done)
    })
    // Before any door is open, so that it stands before whatever comes in.
    await journal.appendOwn(undefined, [{ kind: 'started', at: clock.now() }])

    const intake = openIntake({
      journal,
      clock,
      random,
      // A short Buffer is a piece of 8 kB that Node shares out, and all of them would be copied with it.
      send: (address, channel, payload) => outward.ask('send', [address, channel, new Uint8Array(payload)]),
      onDone: (address, bytes) => outward.tell('done', [address, bytes]),
      onTrouble: ({ code, message }) => outward.tell('log', ['error', { code }, message]),
      onRecovered: () => outward.tell('log', ['info', {}, 'the journal writes again']),
      onForked: (address, reason) =>
        outward.tell('log', ['error', { ...address, reason }, 'two senders use one identity: frozen']),
    })
    rooms.defer(() => intake.close())
    const listening = listenToReaders({
      journal,
      map: inventory.map,
      skuOf: (epc) => inventory.item(epc)?.sku ?? null,
      tell: (reads) => outward.tell('reads', [reads]),
    })
    rooms.defer(() => listening.close())
    return {
      tell,
      words: goods.words,
      inventory,
      goods: goodsQueries(goods, inventory),
      alerts,
      supervision,
      standing,
      journal,
      setAside,
      listening,
      tuning: newestHearing(journal, () => clock.now()),
      following,
      series: () => series,
      toSeries,
      intake,
      closing,
      rooms,
    }
  } catch (thrown) {
    await rooms.disposeAsync()
    throw thrown
  }
}

/** The series thread reads the same file, and cannot see that it grows. */
async function tellGrowth(
  journal: { readonly tail: number; waitBeyond(after: number, signal: AbortSignal): Promise<void> },
  signal: AbortSignal,
  tell: (tail: number) => void,
): Promise<void> {
  for (let told = 0; !signal.aborted; ) {
    await journal.waitBeyond(told, signal)
    told = journal.tail
    tell(told)
  }
}

type House = Awaited<ReturnType<typeof open>>
let house: House | undefined

function opened(): House {
  if (house === undefined) throw new Fault('not-reachable', 'The journal is not open.', { retryable: true })
  return house
}

const outward = openLine<JournalOutward>(parentPort as Port, {
  async open(order) {
    house = await open(order)
    keepCompiledCode()
    return { standing: house.standing, server: house.journal.server }
  },
  watch() {
    const { journal, following, rooms } = opened()
    const troubles = watchTroubles(journal, following, clock)
    rooms.defer(() => troubles.stop())
    const { inventory, words, tell, alerts, series } = opened()
    const sites = () => inventory.sites().map(({ site }) => site)
    const { standings, isSurelyOutOf } = inventory
    const doubts = watchDoubts(sites, { ...words, standings, isSurelyOutOf }, tell)
    rooms.defer(() => doubts.stop())
    const budgets = watchBudgets(journal, { sites, fullSites: () => series().fullSites }, clock)
    rooms.defer(() => budgets.stop())
    const ticks = startTicks(journal, clock, () => alerts.nextRaiseAt())
    rooms.defer(() => ticks.stop())
  },
  arrived(arrivals) {
    for (const arrival of arrivals) {
      if (arrival.type === 'message') opened().intake.upward(arrival.message)
      else opened().intake.presence(arrival.address, arrival.online)
    }
  },
  listen: (readers) => opened().listening.listen(readers),
  appendOwn: (site, records) => opened().journal.appendOwn(site, records),
  release: (address, reason) => opened().journal.release(address, reason),
  olderThan: (at) => opened().journal.olderThan(at),
  trimmed: () => opened().journal.trimmed,
  trim: (to) => opened().journal.trim(to, opened().closing.signal),

  sites: () => opened().inventory.sites(),
  map: (site) => opened().inventory.map(site),
  slots: (site, filter, page) => opened().inventory.slots(site, filter, page),
  stock: (site, filter, page) => opened().inventory.stock(site, filter, page),
  untagged: (site, slot) => opened().inventory.untagged(site, slot),
  items: (site, q, page) => opened().inventory.items(site, q, page),
  item: (epc) => opened().inventory.item(epc),
  asOf: (site, at) => opened().inventory.asOf(site, at),
  evidence: (site, epc) => opened().inventory.evidence(site, epc),
  slotEvidence: (site, slot) => opened().inventory.slotEvidence(site, slot),
  unknownTags: (site, page) => opened().inventory.unknownTags(site, page),
  history: (epc, onSites, page) => opened().inventory.history(epc, onSites, page),
  stays: (epc, query) => opened().inventory.stays(epc, query),
  movements: (site, filter, page) => opened().inventory.movements(site, filter, page),
  named: (codes) => opened().inventory.named(codes),
  aggregation: (epc) => opened().inventory.aggregation(epc),
  proposedAggregations: (site) => opened().inventory.proposedAggregations(site),
  packedUnits: (site) => opened().inventory.packedUnits(site),
  packedBefore: (site, parent, at) => opened().inventory.packedBefore(site, parent, at),
  itemFacts: (site, epc) => opened().goods.itemFacts(site, epc),
  expected: (site, filter, page) => opened().goods.expected(site, filter, page),
  misplaced: (site, filter, page) => opened().goods.misplaced(site, filter, page),
  ages: (site, sku, page) => opened().goods.ages(site, sku, page),
  shipments: (site, filter, page) => opened().goods.shipments(site, filter, page),
  shipment: (site, shipment) => opened().goods.shipment(site, shipment),
  announced: (site, shipments) => opened().goods.announced(site, shipments),
  openShipments: (site) => opened().goods.openShipments(site),
  scanStandings: (...of) => opened().goods.scanStandings(...of),
  withoutOrder: (site, page) => opened().goods.withoutOrder(site, page),
  alerts: (site, filter, page) => opened().alerts.alerts(site, filter, page),
  alert: (id) => opened().alerts.alert(id),
  acts: (id) => opened().alerts.acts(id),
  notices: (site, page) => opened().alerts.notices(site, page),
  alertReport: (site, range, asked) => opened().alerts.alertReport(site, range, asked),
  maintenance: () => opened().alerts.maintenance(),
  rules: () => opened().alerts.rules(),
  ways: (rule, fromMs) => opened().alerts.ways(rule, fromMs),
  hearing: (site, seconds) => opened().tuning.hearing(site, seconds),
  gateways: () => opened().supervision.gateways(),
  power: (site) => opened().supervision.power(site),
  gaps: (site, page) => opened().supervision.gaps(site, page),
  setAside(site) {
    const { setAside: entries, journal, toSeries } = opened()
    const series = { newestSetAside: (limit: number) => toSeries.ask('newestSetAside', [limit]) }
    return setAsideQueries({ entries, series, journal }).setAside(site)
  },

  readiness() {
    const { journal, following, intake } = opened()
    return {
      journalTail: journal.tail,
      projections: [...following].map(([name, { lag }]) => ({ name, lag })),
      troubles: [
        ...(intake.trouble === undefined ? [] : [intake.trouble.message]),
        ...[...following.values()].flatMap(({ trouble }) => (trouble === undefined ? [] : [trouble.message])),
      ],
    }
  },
  counted() {
    const { journal, following, intake, setAside, series, inventory } = opened()
    const aside = Map.groupBy(setAside.list(), ({ projection }) => projection)
    return {
      tail: journal.tail,
      trimmed: journal.trimmed,
      intake: intake.counters,
      projections: [...following].map(([name, { lag }]) => ({ name, lag, setAside: aside.get(name)?.length ?? 0 })),
      seriesSetAside: series().setAside,
      itemsToRefold: inventory.itemsToRefold,
    }
  },
  async close() {
    await house?.rooms.disposeAsync()
  },
} satisfies JournalCalls)
