import type { Item } from '../../../shared/api.ts'
import { fakeTime } from '../../support/fake-time.ts'
import { until } from '../../support/until.ts'
import type { FaultCase, Outcome, RunOptions } from '../fault-case.ts'
import { withProblems } from '../fault-case.ts'
import { openScene, readSpool, site } from '../scene.ts'

const toleratedMs = 1000
const yearMs = 365 * 86_400_000

/** F28: no clock of its own at boot, and no link; readers without a clock are read all the while. */
async function bootsIn1970({ seed }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed, truth: { withoutClock: true } })
  try {
    const { feeder, config, spoolDirectory } = await scene.withReaders('gw')
    const time = fakeTime(scene.directory)
    time.setError(60_000 - Date.now())
    scene.proxy.cut()
    scene.startEdge(config, time.environment)
    await scene.listens()
    const saidAt = new Map<number, number>()
    const say = async (from: number, count: number) => {
      for (let n = from; n < from + count; n += 1) saidAt.set(n, Date.now())
      await scene.say(feeder, from, count)
    }
    await say(1, 300)
    await until('they are stored', async () => (await scene.edgeMetric('edge_records_appended_total')) >= 300)
    scene.proxy.mend()
    await until('the time is known', async () => (await scene.edgeMetric('edge_clock_synced')) === 1, {
      withinMs: 60_000,
    })
    await say(301, 300)
    const items = () => scene.street.all<Item>(`/sites/${site}/items`)
    await until('all tags are known', async () => (await items()).length === 600, { withinMs: 60_000, everyMs: 300 })
    await scene.caughtUp()
    const wrong = (await items()).filter(({ epc, lastSeenAt }) => {
      const n = Number.parseInt(epc.slice(10), 16)
      return Math.abs(Date.parse(lastSeenAt) - (saidAt.get(n) ?? 0)) > toleratedMs
    })
    const verdict = await scene.judge({ spools: [{ gateway: 'gw', directory: spoolDirectory }] })
    const { records } = await readSpool('gw', spoolDirectory, scene.clock)
    const stampedIn1970 = [...records.values()].filter(
      (record) => record?.kind === 'observation' && new Date(Number(record['at'])).getUTCFullYear() === 1970,
    ).length
    return {
      injected: stampedIn1970 >= 300,
      proof: `libfaketime: ${stampedIn1970} reads stand in the spool as of 1970, set right when the link came`,
      verdict: withProblems(verdict, [
        wrong.length > 0 &&
          `${wrong.length} items are dated wrong, the first ${wrong[0]?.epc} at ${wrong[0]?.lastSeenAt}`,
      ]),
    }
  } finally {
    await scene.close()
  }
}

/** F27: while it runs, its wall clock is set back by ten years, then ahead by two, then right. */
async function jumps({ seed }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed, truth: { withoutClock: true } })
  try {
    const { feeder, config, spoolDirectory } = await scene.withReaders('gw')
    const time = fakeTime(scene.directory)
    scene.startEdge(config, time.environment)
    await scene.listens()
    await until('the time is known', async () => (await scene.edgeMetric('edge_clock_synced')) === 1)
    const saidAt = new Map<number, number>()
    let next = 1
    const say = async (count: number) => {
      for (let n = next; n < next + count; n += 1) saidAt.set(n, Date.now())
      await scene.say(feeder, next, count)
      next += count
      const stored = async () => (await scene.edgeMetric('edge_records_appended_total')) >= next - 1
      await until('they are stored', stored)
    }
    await say(200)
    let doubted = 0
    for (const errorMs of [-10 * yearMs, 2 * yearMs]) {
      time.setError(errorMs)
      await say(200)
      await until('the clock is doubted', async () => (await scene.edgeMetric('edge_clock_doubted')) === 1)
      doubted += 1
      time.setError(0)
      await say(200)
      await until('it is believed again', async () => (await scene.edgeMetric('edge_clock_doubted')) === 0, {
        withinMs: 60_000,
      })
    }
    const items = () => scene.street.all<Item>(`/sites/${site}/items`)
    await until('all tags are known', async () => (await items()).length === next - 1, {
      withinMs: 60_000,
      everyMs: 300,
    })
    await scene.caughtUp()
    const wrong = (await items()).filter(({ epc, lastSeenAt }) => {
      const n = Number.parseInt(epc.slice(10), 16)
      return Math.abs(Date.parse(lastSeenAt) - (saidAt.get(n) ?? 0)) > toleratedMs
    })
    return {
      injected: doubted === 2,
      proof: 'libfaketime: back by ten years and right again, ahead by two years and right again; doubted both times',
      verdict: withProblems(await scene.judge({ spools: [{ gateway: 'gw', directory: spoolDirectory }] }), [
        wrong.length > 0 &&
          `${wrong.length} items are dated wrong, the first ${wrong[0]?.epc} at ${wrong[0]?.lastSeenAt}`,
      ]),
    }
  } finally {
    await scene.close()
  }
}

export const clockCases: readonly FaultCase[] = [
  {
    fault: 'F28',
    title: 'the gateway boots in 1970 and learns the time later: every read gets its true time',
    tier: 'commit',
    needs: ['mosquitto', 'faketime'],
    run: bootsIn1970,
  },
  {
    fault: 'F27',
    title: 'the clock of a gateway that runs jumps by years: nothing waits, nothing is misdated',
    tier: 'full',
    needs: ['mosquitto', 'faketime'],
    run: jumps,
  },
]
