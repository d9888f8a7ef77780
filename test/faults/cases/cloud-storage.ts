import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { startWarepulse } from '../../support/processes.ts'
import { until } from '../../support/until.ts'
import type { FaultCase, Outcome, RunOptions } from '../fault-case.ts'
import { withProblems } from '../fault-case.ts'
import { openScene } from '../scene.ts'

const mib = 1024 * 1024

/** F16: another process holds the journal's write lock, longer than anybody waits for it. */
async function journalLocked({ seed }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed })
  try {
    const gateway = await scene.openGateway('gw')
    await gateway.stream(1, 200)
    await gateway.drained()
    const other = new DatabaseSync(join(scene.street.dataDirectory, 'journal.sqlite'))
    other.exec('BEGIN EXCLUSIVE')
    const before = gateway.spool.closed.committed
    await gateway.stream(201, 400)
    await scene.tells(/locked/, 20_000)
    const acknowledged = gateway.spool.closed.committed - before
    const startedMs = performance.now()
    await scene.street.get('/sites/faults/stock?limit=500')
    const tookMs = performance.now() - startedMs
    other.exec('ROLLBACK')
    other.close()
    const freedAtMs = performance.now()
    await gateway.drained()
    await until('the trouble is over', async () => (await scene.troubles()).length === 0, {
      everyMs: 250,
    })
    const clearedMs = performance.now() - freedAtMs
    await gateway.stream(601, 100)
    await gateway.drained()
    return {
      injected: true,
      proof: `BEGIN EXCLUSIVE on journal.sqlite until /readyz told of it; ${acknowledged} records acknowledged meanwhile, gone on ${Math.round(clearedMs)} ms after the lock`,
      verdict: withProblems(
        await scene.judge({ anew: true, spools: [{ gateway: 'gw', directory: `${scene.directory}/gw-spool` }] }),
        [
          acknowledged > 0 && `${acknowledged} records were acknowledged that could not be written`,
          tookMs > 2000 && `stock took ${Math.round(tookMs)} ms to answer meanwhile`,
        ],
      ),
    }
  } finally {
    await scene.close()
  }
}

/** F17: the disk of the cloud is full to the last block. */
async function cloudDiskFull({ seed }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed, dataDiskBytes: 96 * mib })
  try {
    const gateway = await scene.openGateway('gw')
    await gateway.stream(1, 500)
    await gateway.drained()
    await scene.caughtUp()
    const { dataDisk: disk } = scene
    if (disk === undefined) throw new Error('the data do not lie on a disk of their own')
    const empty = disk.fill()
    const free = disk.freeBytes
    let [next, refused] = [501, false]
    for (let round = 0; round < 200 && !refused; round += 1) {
      await gateway.stream(next, 500)
      next += 500
      await delay(50)
      refused = (await scene.troubles().catch(() => [])).some((one) => /full|space/i.test(one))
    }
    const waiting = gateway.spool.next - 1 - gateway.spool.closed.committed
    const startedMs = performance.now()
    await scene.street.get('/sites/faults/stock?limit=500')
    const tookMs = performance.now() - startedMs
    const isAlive = scene.cloud.isAlive()
    empty()
    await gateway.stream(next, 100)
    await gateway.drained(90_000)
    return {
      injected: free < 64 * 1024 && refused,
      proof: `${free} bytes free on the disk of the cloud; ${waiting} records waited at the gateway unacknowledged until there was room`,
      verdict: withProblems(
        await scene.judge({ anew: true, spools: [{ gateway: 'gw', directory: `${scene.directory}/gw-spool` }] }),
        [
          !isAlive && 'the cloud died of it',
          waiting === 0 && 'everything was acknowledged on a full disk',
          tookMs > 2000 && `stock took ${Math.round(tookMs)} ms to answer meanwhile`,
        ],
      ),
    }
  } finally {
    await scene.close()
  }
}

/** F46: every wrong configuration ends at once with a reason, and what is stored is left alone. */
const wrong: readonly (readonly [what: string, change: (text: string) => string, reason: RegExp])[] = [
  ['an unknown key', (text) => text.replace('"http":', '"htpp":'), /htpp.*|did you mean "http"/s],
  ['a port that is none', (text) => text.replace(/"port":\d+/, '"port":70000'), /http\.port|port/],
  [
    'a missing secret',
    (text) =>
      text.replace(
        '"series":{}',
        '"series":{"influx":{"url":"http://127.0.0.1:1","username":"x","passwordFile":"/nowhere/at/all"}}',
      ),
    /nowhere|passwordFile/,
  ],
  ['broken text', (text) => text.slice(0, -5), /error|cloud\.yaml/],
  ['a version of tomorrow', (text) => text.replace('"version":1', '"version":2'), /version/],
  [
    'a certificate that is not there',
    (text) => text.replace('"broker":{', '"broker":{"tls":{"keyFile":"/nowhere/key","certFile":"/nowhere/cert"},'),
    /nowhere/,
  ],
]

async function wrongConfiguration({ seed }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed })
  try {
    const gateway = await scene.openGateway('gw')
    await gateway.stream(1, 500)
    await gateway.drained()
    await scene.cloud.stop()
    const { street } = scene
    const problems: (string | false)[] = []
    const good = readFileSync(join(street.directory, 'cloud.yaml'), 'utf8')
    for (const [what, change, reason] of wrong) {
      const path = join(street.directory, 'wrong.yaml')
      const text = change(good)
      if (text === good) throw new Error(`${what}: nothing was changed`)
      writeFileSync(path, text)
      const tried = startWarepulse(['cloud', '--config', path])
      const timer = setTimeout(() => void tried.kill(), 15_000)
      const code = await tried.exited
      clearTimeout(timer)
      const said = tried.output()
      problems.push(
        (code === 0 || code === null) && `${what}: it started, or hung (${code})`,
        !reason.test(said) && `${what}: it did not say why: ${said.slice(0, 200)}`,
        / at .*\.ts:\d+/.test(said) && `${what}: it showed a stack: ${said.slice(0, 200)}`,
      )
      rmSync(path)
    }
    await scene.startCloud()
    await gateway.stream(501, 500)
    await gateway.drained()
    return {
      injected: true,
      proof: `${wrong.map(([what]) => what).join(', ')}: each ended with a code and a reason`,
      verdict: withProblems(
        await scene.judge({ anew: true, spools: [{ gateway: 'gw', directory: `${scene.directory}/gw-spool` }] }),
        problems,
      ),
    }
  } finally {
    await scene.close()
  }
}

export const cloudStorageCases: readonly FaultCase[] = [
  {
    fault: 'F16',
    title: 'the journal is locked by another process: not acknowledged, told, gone on',
    tier: 'full',
    run: journalLocked,
  },
  {
    fault: 'F17',
    title: 'the disk of the cloud is full: not acknowledged, boards answer, gone on when there is room',
    tier: 'full',
    needs: ['mount'],
    needsRoot: true,
    run: cloudDiskFull,
  },
  {
    fault: 'F46',
    title: 'wrong configurations of the cloud: refused at the start with a reason, data left alone',
    tier: 'full',
    run: wrongConfiguration,
  },
]
