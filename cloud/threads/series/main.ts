import { basename, join } from 'node:path'
import type { MessagePort } from 'node:worker_threads'
import { Fault } from '../../../shared/fault.ts'
import { dataFiles } from '../../data-files.ts'
import { type Following, follow } from '../../journal/follow.ts'
import { refuseForeignReadModels } from '../../journal/projection.ts'
import { openJournalReader } from '../../journal/reader.ts'
import { openSeries } from '../../series/catalogue.ts'
import { openSeriesProjection, type SeriesProjection } from '../../series/projection.ts'
import { keepOf } from '../../series/retention.ts'
import { openEntryScanner } from '../../series/scan-entry.ts'
import { recordsAtATime } from '../../series/upkeep.ts'
import type { JournalForSeries, SeriesProgress } from '../journal/calls.ts'
import { type Line, openLine } from '../line.ts'
import { threadClock as clock } from '../start.ts'
import type { SeriesCalls, SeriesForJournal, SeriesOrder, SeriesOutward } from './calls.ts'

/** The time series on their thread: read the journal's file, feed the store, and answer what is asked of it. */

/** InfluxDB pays half as much again for each point of a request of one thousand as for one of five thousand. */
const gatherMs = { influx: 100, embedded: 25 }

const { random } = Math

async function open({ series, dataDirectory, journalPort }: SeriesOrder, outward: Line<SeriesOutward>) {
  const rooms = new AsyncDisposableStack()
  const closing = new AbortController()
  const warn = (fields: object, sentence: string) => outward.tell('log', ['warn', fields, sentence])
  try {
    const { store, offsetPath } = await openSeries(series, dataDirectory, clock)
    rooms.defer(() => store.close())
    const { seriesPerSite, keep } = series
    const projection = rooms.adopt(
      await openSeriesProjection({ store, offsetPath, seriesPerSite, keepAt: keepOf(keep), log: { warn } }),
      (room) => room.close(),
    )
    const journal = rooms.adopt(openJournalReader(join(dataDirectory, dataFiles.journal), openEntryScanner()), (room) =>
      room.close(),
    )
    refuseForeignReadModels([projection], journal, dataDirectory)
    const toJournal = openLine<JournalForSeries>(journalPort as MessagePort, {
      grown: (tail) => journal.advance(tail),
      newestSetAside: (limit) => projection.newestSetAside(limit),
    } satisfies SeriesForJournal)
    rooms.defer(() => {
      toJournal.end()
      journalPort.close()
    })
    const progress = progressTeller(projection, toJournal)
    progress(undefined)
    const place = store.kind === 'sqlite' ? 'embedded' : 'influx'
    const following: Following = follow(journal, projection, {
      signal: closing.signal,
      clock,
      random,
      maxRecords: recordsAtATime[place],
      gatherMs: gatherMs[place],
      readAhead: store.kind !== 'sqlite',
      onSetAside: async ({ offset, at, reason }) => {
        await toJournal.ask('setAside', [{ offset, at, reason }])
        outward.tell('log', ['error', { offset, reason }, 'a journal entry is no series and was set aside'])
      },
      onApplied: () => progress(following.trouble),
      onTrouble: (fault) => {
        progress(fault)
        warn({ projection: projection.name, code: fault.code }, fault.message)
      },
      onRecovered: () => {
        progress(undefined)
        outward.tell('log', ['info', { projection: projection.name }, 'goes on'])
      },
    })
    rooms.defer(async () => {
      closing.abort()
      await following.done
    })
    return { projection, file: basename(offsetPath), rooms }
  } catch (thrown) {
    await rooms.disposeAsync()
    throw thrown
  }
}

function progressTeller(projection: SeriesProjection, toJournal: Line<JournalForSeries>) {
  return (trouble: Fault | undefined): void => {
    const { offset, setAside, fullSites } = projection
    toJournal.tell('progress', [{ offset, trouble: trouble?.message, setAside, fullSites } satisfies SeriesProgress])
  }
}

/** Answers at this port. */
export function serveSeries(port: MessagePort): void {
  let house: Awaited<ReturnType<typeof open>> | undefined

  function opened() {
    if (house === undefined) throw new Fault('not-reachable', 'The series are not open.', { retryable: true })
    return house
  }

  const outward = openLine<SeriesOutward>(port, {
    async open(order) {
      house = await open(order, outward)
    },
    file: () => opened().file,
    range: (query, withinMs) => opened().projection.range(query, AbortSignal.timeout(withinMs)),
    excursion: (query, withinMs) => opened().projection.excursion(query, AbortSignal.timeout(withinMs)),
    latest: (site) => opened().projection.latest(site),
    async close() {
      await house?.rooms.disposeAsync()
    },
  } satisfies SeriesCalls)
}
