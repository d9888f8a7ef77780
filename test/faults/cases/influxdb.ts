import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Influx2StandIn, startInflux2StandIn } from '../../support/influx2-stand-in.ts'
import { type InfluxServer, startInfluxServer } from '../../support/influxdb.ts'
import { until } from '../../support/until.ts'
import { type ChaosProxy, fairWeather, openChaosProxy } from '../chaos-proxy.ts'
import type { FaultCase, Outcome, RunOptions } from '../fault-case.ts'
import { withProblems } from '../fault-case.ts'
import type { Gateway } from '../gateway.ts'
import { openScene, type Scene } from '../scene.ts'

const happenings = 1000

interface Stage {
  readonly scene: Scene
  readonly gateway: Gateway
  readonly influx: InfluxServer
  /** Between the cloud and InfluxDB. */
  readonly proxy: ChaosProxy
}

/** A street whose history is in a real InfluxDB behind a proxy; some of it is stored before the fault begins. */
async function withInfluxdb(seed: number, play: (stage: Stage) => Promise<Outcome>): Promise<Outcome> {
  const influx = await startInfluxServer()
  const proxy = await openChaosProxy({ host: '127.0.0.1', port: Number(new URL(influx.url).port) })
  try {
    const scene = await openScene({ seed, series: { influx: { url: `http://127.0.0.1:${proxy.port}` } } })
    try {
      const gateway = await scene.openGateway('gw')
      await gateway.stream(1, 100)
      await gateway.drained()
      await scene.caughtUp()
      return await play({ scene, gateway, influx, proxy })
    } finally {
      await scene.close()
    }
  } finally {
    await proxy.close()
    await influx.stop()
  }
}

/** Records are journalled and acknowledged, and boards answer, whatever InfluxDB does. */
async function goesOnWithout({ scene, gateway }: Stage, trouble: RegExp): Promise<string[]> {
  const problems: string[] = []
  await gateway.stream(101, happenings - 100)
  await gateway.drained()
  await scene.tells(trouble, 25_000)
  const startedMs = performance.now()
  await scene.street.get('/sites/faults/stock?limit=500')
  const tookMs = performance.now() - startedMs
  if (tookMs > 2000) problems.push(`stock took ${Math.round(tookMs)} ms to answer meanwhile`)
  return problems
}

const spools = (scene: Scene) => [{ gateway: 'gw', directory: `${scene.directory}/gw-spool` }]

const killWhileWriting = ({ seed }: RunOptions) =>
  withInfluxdb(seed, async ({ scene, gateway, proxy }) => {
    let kills = 0
    let next = 101
    let unanswered = 0
    for (; kills < 3; next += 300) {
      const before = proxy.counters.swallowedBytes
      proxy.weather({ swallowDown: true })
      await gateway.stream(next, 300)
      await until('InfluxDB has answered into the void', () => proxy.counters.swallowedBytes > before)
      unanswered += proxy.counters.swallowedBytes - before
      await scene.cloud.kill()
      kills += 1
      proxy.weather(fairWeather)
      proxy.breakAll()
      await scene.startCloud()
    }
    await gateway.drained()
    return {
      injected: kills === 3 && unanswered > 0,
      proof: `3 killed with a write stored and its answer held back (${unanswered} bytes of answers swallowed)`,
      verdict: await scene.judge({ spools: spools(scene) }),
      kills,
    }
  })

const isDown = ({ seed }: RunOptions) =>
  withInfluxdb(seed, async (stage) => {
    await stage.influx.kill()
    const problems = await goesOnWithout(stage, /cannot be reached/)
    // What is acknowledged and not in history yet is in the journal alone.
    await stage.scene.cloud.kill()
    await stage.scene.startCloud()
    await stage.influx.start()
    return {
      injected: true,
      proof: 'influxd killed; /readyz said so, and all was acknowledged meanwhile; then the cloud killed, too',
      kills: 1,
      verdict: withProblems(await stage.scene.judge({ spools: spools(stage.scene) }), problems),
    }
  })

const hangs = ({ seed }: RunOptions) =>
  withInfluxdb(seed, async (stage) => {
    stage.proxy.weather({ swallowUp: true, swallowDown: true })
    const problems = await goesOnWithout(stage, /did not answer in time/)
    const { swallowedBytes } = stage.proxy.counters
    stage.proxy.weather(fairWeather)
    stage.proxy.breakAll()
    return {
      injected: swallowedBytes > 0,
      proof: `${swallowedBytes} bytes swallowed; /readyz told of the timeout`,
      verdict: withProblems(await stage.scene.judge({ spools: spools(stage.scene) }), problems),
    }
  })

/** Its answers, one after the other, before it takes points again. */
const refusals = [
  { status: 500, body: '{"code":"internal error"}' },
  { status: 503, body: '{"code":"unavailable"}' },
  { status: 429, headers: { 'Retry-After': '3' }, body: '{"code":"too many requests"}' },
  { status: 429, headers: { 'Retry-After': '1' }, body: '{"code":"too many requests"}' },
]

async function withStandIn(
  seed: number,
  play: (stage: {
    readonly scene: Scene
    readonly gateway: Gateway
    readonly standIn: Influx2StandIn
    readonly proxy: ChaosProxy
  }) => Promise<Outcome>,
): Promise<Outcome> {
  const standIn = await startInflux2StandIn({ influxql: true })
  const proxy = await openChaosProxy({ host: '127.0.0.1', port: Number(new URL(standIn.url).port) })
  const tokenFile = join(tmpdir(), `warepulse-token-${process.pid}`)
  try {
    await writeFile(tokenFile, standIn.token)
    const { org, bucket } = standIn
    const url = `http://127.0.0.1:${proxy.port}`
    const scene = await openScene({ seed, series: { influx: { version: 2, url, org, bucket, tokenFile } } })
    try {
      return await play({ scene, gateway: await scene.openGateway('gw'), standIn, proxy })
    } finally {
      await scene.close()
    }
  } finally {
    await rm(tokenFile, { force: true })
    await proxy.close()
    await standIn.close()
  }
}

/** F14: the token was exchanged: everything is refused until somebody sets it right. */
const refusesTheToken = ({ seed }: RunOptions) =>
  withStandIn(seed, async ({ scene, gateway, standIn }) => {
    const unauthorised = { status: 401, body: '{"code":"unauthorized","message":"unauthorized access"}' }
    const refused = 40
    standIn.faults.push(...Array.from({ length: refused }, () => unauthorised))
    await gateway.stream(1, happenings)
    await gateway.drained()
    await scene.tells(/refuses our credentials/)
    const leftThen = standIn.faults.length
    await delay(5000)
    const asked = leftThen - standIn.faults.length
    standIn.faults.splice(0)
    return {
      injected: leftThen < refused,
      proof: `401 to ${refused - leftThen} requests before /readyz said so, ${asked} more in the next 5 s; everything acknowledged meanwhile`,
      verdict: withProblems(await scene.judge({ spools: spools(scene) }), [
        asked > 20 && `it asked ${asked} times in 5 s although its token is wrong`,
      ]),
    }
  })

/** F15: InfluxDB has stored the points, and its answer breaks off at any byte. */
const answerBreaksOff = ({ seed }: RunOptions) =>
  withInfluxdb(seed, async ({ scene, gateway, proxy }) => {
    const rounds = 12
    let next = 101
    const before = proxy.counters.resets
    for (let round = 0; round < rounds; round += 1) {
      const at = 1 + Math.floor(scene.random() * 120)
      const { resets } = proxy.counters
      proxy.weather({ resetAtDownByte: at })
      proxy.breakAll()
      await until('an answer breaks off', async () => {
        await gateway.stream(next, 20)
        next += 20
        return proxy.counters.resets > resets
      })
      proxy.weather(fairWeather)
    }
    await gateway.drained()
    return {
      injected: proxy.counters.resets - before >= rounds,
      proof: `${proxy.counters.resets - before} answers broken off within their first 120 bytes`,
      verdict: await scene.judge({ spools: spools(scene) }),
    }
  })

const refusesForAWhile = ({ seed }: RunOptions) =>
  withStandIn(seed, async ({ scene, gateway, standIn, proxy }) => {
    const answers: { status: number; atMs: number }[] = []
    const asked: number[] = []
    proxy.watch((direction, chunk) => {
      const head = chunk.subarray(0, 40).toString('latin1')
      if (direction === 'up' && head.startsWith('POST /api/v2/write')) asked.push(performance.now())
      const status = /^HTTP\/1\.1 (\d+)/.exec(head)?.[1]
      if (direction === 'down' && status !== undefined)
        answers.push({ status: Number(status), atMs: performance.now() })
    })
    standIn.faults.push(...refusals)
    await gateway.stream(1, happenings)
    await gateway.drained()
    const refusedSoFar = () => answers.filter(({ status }) => status >= 429)
    await until('it has refused for a while', () => refusedSoFar().length >= refusals.length)
    const problems = answers.flatMap(({ status, atMs }, i) => {
      const next = asked.find((at) => at > atMs)
      if (status !== 429 || next === undefined) return []
      const wantedMs = answers.slice(0, i).some((one) => one.status === 429) ? 1000 : 3000
      return next - atMs < wantedMs - 20
        ? [`asked again ${Math.round(next - atMs)} ms after "wait ${wantedMs} ms"`]
        : []
    })
    const refused = refusedSoFar().map(({ status }) => status)
    return {
      injected: refused.length === refusals.length,
      proof: `answered ${refused.join(', ')}; Retry-After was kept`,
      verdict: withProblems(await scene.judge({ spools: spools(scene) }), problems),
    }
  })

/** Somebody wrote text where our numbers go: all temperatures are refused, and nothing else may be. */
async function refusesTheType({ seed }: RunOptions): Promise<Outcome> {
  const influx = await startInfluxServer()
  try {
    await fetch(`${influx.url}/query`, {
      method: 'POST',
      body: new URLSearchParams({ q: 'CREATE DATABASE warepulse' }),
    })
    const at = BigInt(Date.now() - 3_600_000 + 60_000) * 1_000_000n
    const spoiled = await fetch(`${influx.url}/write?db=warepulse`, {
      method: 'POST',
      body: `condition,site=elsewhere,gateway=x,source=y temperature_e3="hot" ${at}`,
    })
    const scene = await openScene({ seed, series: { influx: { url: influx.url } } })
    try {
      const gateway = await scene.openGateway('gw')
      await gateway.stream(1, happenings)
      await gateway.drained()
      const values = Array.from({ length: happenings }, (_, i) => i + 1).filter((n) => n % 4 === 0).length
      const verdict = await scene.judge({ allowed: { setAside: values }, spools: spools(scene) })
      const named = /field type conflict/.test(scene.cloud.output())
      return {
        injected: spoiled.status === 204 && named,
        proof: `InfluxDB answered 400 "field type conflict"; ${values} values set aside with their reason, all reads written`,
        verdict,
      }
    } finally {
      await scene.close()
    }
  } finally {
    await influx.stop()
  }
}

export const influxdbCases: readonly FaultCase[] = [
  {
    fault: 'F7',
    title: 'kill the cloud while InfluxDB has stored a write and not yet answered',
    tier: 'commit',
    needs: ['influxd'],
    run: killWhileWriting,
  },
  {
    fault: 'F10',
    title: 'InfluxDB is down: everything else goes on, it catches up',
    tier: 'commit',
    needs: ['influxd'],
    run: isDown,
  },
  {
    fault: 'F11',
    title: 'InfluxDB hangs: found after 10 s, boards stay live',
    tier: 'commit',
    needs: ['influxd'],
    run: hangs,
  },
  { fault: 'F12', title: 'InfluxDB answers 500, 503, 429 with Retry-After', tier: 'commit', run: refusesForAWhile },
  {
    fault: 'F14',
    title: 'InfluxDB answers 401: told, asked slowly, nothing dropped',
    tier: 'full',
    run: refusesTheToken,
  },
  {
    fault: 'F15',
    title: 'the answer of InfluxDB breaks off after the points are stored',
    tier: 'full',
    needs: ['influxd'],
    run: answerBreaksOff,
  },
  {
    fault: 'F13',
    title: 'InfluxDB refuses points for their type: those are set aside, the rest is written',
    tier: 'commit',
    needs: ['influxd'],
    run: refusesTheType,
  },
]
