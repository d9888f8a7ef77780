import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { generate } from 'mqtt-packet'
import { topicOf } from '../../../shared/wire.ts'
import { type BoardClient, openBoard } from '../../support/board-client.ts'
import { epochA } from '../../support/journal.ts'
import { until } from '../../support/until.ts'
import { openChaosProxy } from '../chaos-proxy.ts'
import type { FaultCase, Outcome, RunOptions } from '../fault-case.ts'
import { withProblems } from '../fault-case.ts'
import { bounds } from '../oracle.ts'
import { openScene, site } from '../scene.ts'

const spools = (directory: string) => [{ gateway: 'gw', directory: `${directory}/gw-spool` }]

/** Its stream, and the two connections by which it fetches map and snapshot; these are idle afterwards and end by themselves. */
const descriptorsOfABoard = 3

const descriptorsOf = (pid: number) => readdirSync(`/proc/${pid}/fd`).length

/** F44: some boards stop reading while the stock changes all the time; the others must not notice. */
async function frozenBoards({ seed }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed })
  const boards: BoardClient[] = []
  try {
    const { street } = scene
    const token = (await street.command('user', 'token', 'boards', '--role', 'viewer')).trim()
    const headers = { authorization: `Bearer ${token}` }
    const proxy = await openChaosProxy({ host: '127.0.0.1', port: Number(new URL(street.url).port) })
    scene.defer(() => proxy.close())
    const [quick, frozen] = [30, 6]
    const openBefore = descriptorsOf(scene.cloud.pid)
    for (let i = 0; i < quick; i += 1) boards.push(openBoard(street.url, headers, site))
    const slow = Array.from({ length: frozen }, () => openBoard(`http://127.0.0.1:${proxy.port}`, headers, site))
    boards.push(...slow)
    const gateway = await scene.openGateway('gw')
    await gateway.stream(1, 200)
    await until('all have the board', () => boards.every(({ board }) => board !== undefined))
    const openWithBoards = descriptorsOf(scene.cloud.pid)
    proxy.weather({ bytesPerSecond: 1 })
    const upBytes = proxy.counters.downBytes
    const before = boards.map(({ deltas }) => deltas.length)
    const startedMs = performance.now()
    let n = 201
    for (; performance.now() - startedMs < 20_000; n += 40) {
      await gateway.stream(n, 40)
      await delay(20)
    }
    await gateway.drained()
    const shown = ({ board }: BoardClient) => board?.slots.asOf.reduce((sum, at) => sum + at, 0) ?? 0
    await scene.caughtUp()
    const sinceMs = performance.now()
    const most = () => Math.max(...boards.slice(0, quick).map(shown))
    await until('the others show the same', () =>
      boards.slice(0, quick).every((one) => shown(one) === most() && most() > 0),
    )
    const lateMs = performance.now() - sinceMs
    const taken = (from: number, to: number) =>
      boards.slice(from, to).map(({ deltas }, i) => deltas.length - (before[from + i] ?? 0))
    const trickledBytes = proxy.counters.downBytes - upBytes
    const openAtTheEnd = descriptorsOf(scene.cloud.pid)
    for (const board of boards) board.close()
    await until('the cloud has let go of the boards', () => descriptorsOf(scene.cloud.pid) <= openBefore + 2)
    const [quickDeltas, slowDeltas] = [Math.min(...taken(0, quick)), Math.max(...taken(quick, boards.length))]
    return {
      injected: slowDeltas < quickDeltas / 4 && trickledBytes < 10_000,
      proof: `${frozen} of ${boards.length} boards read a byte a second for 20 s: ${slowDeltas} deltas there, ${quickDeltas} elsewhere, all equal ${Math.round(lateMs)} ms after the last change; descriptors of the cloud: ${openBefore} without boards, ${openWithBoards} when all had come, ${openAtTheEnd} at the end, ${descriptorsOf(scene.cloud.pid)} when they had gone`,
      verdict: await scene.judge({
        spools: spools(scene.directory),
        allowed: { descriptors: bounds.descriptors + boards.length * descriptorsOfABoard },
      }),
    }
  } finally {
    for (const board of boards) board.close()
    await scene.close()
  }
}

/** F45: a gateway that sends, and does not read a word of what it is told. */
async function frozenSubscriber({ seed }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed })
  try {
    const gateway = await scene.openGateway('gw')
    const secret = await scene.admit('deaf')
    const address = { site, gateway: 'deaf' }
    const name = `${site}/deaf`
    const socket = connect(Number(new URL(scene.street.brokerUrl).port), '127.0.0.1')
    let closedAtMs = 0
    socket.on('error', () => {})
    socket.on('close', () => {
      closedAtMs = performance.now()
    })
    socket.write(
      generate({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: true,
        clientId: name,
        keepalive: 60,
        username: name,
        password: Buffer.from(secret),
      }),
    )
    await new Promise((resolve) => socket.once('data', resolve))
    socket.write(
      generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: topicOf(address, 'ack'), qos: 0 }] }),
    )
    await new Promise((resolve) => socket.once('data', resolve))
    socket.pause()
    const hello = {
      v: 1,
      epoch: epochA,
      first: 1,
      next: 1,
      version: 'deaf',
      config: 0,
      boot: epochA,
      startedAt: 0,
      clockSynced: true,
    }
    const question = generate({
      cmd: 'publish',
      topic: topicOf(address, 'hello'),
      payload: JSON.stringify(hello),
      qos: 1,
      messageId: 2,
      dup: false,
      retain: false,
    })
    const questions = Buffer.concat(Array.from({ length: 100 }, () => question))
    const startedMs = performance.now()
    let asked = 0
    const latencies: number[] = []
    for (let n = 1; closedAtMs === 0 && performance.now() - startedMs < 90_000; n += 20) {
      if (asked < (performance.now() - startedMs) * 1.5) {
        socket.write(questions)
        asked += 100
      }
      const storedAtMs = performance.now()
      await gateway.stream(n, 20)
      await gateway.drained()
      latencies.push(performance.now() - storedAtMs)
    }
    const worst = Math.max(...latencies)
    const thrownOutAtMs = closedAtMs
    const opened = gateway.counters.uplink_connections_opened_total
    socket.destroy()
    return {
      injected: asked > 1000,
      proof: `${asked} questions by a gateway that read no answer; thrown out after ${thrownOutAtMs === 0 ? 'never' : `${Math.round((thrownOutAtMs - startedMs) / 1000)} s`}; another was acknowledged all the while, at the slowest after ${Math.round(worst)} ms`,
      verdict: withProblems(await scene.judge({ spools: spools(scene.directory) }), [
        thrownOutAtMs === 0 && 'it was never thrown out',
        worst > 10_000 && `the other gateway waited ${Math.round(worst)} ms`,
        opened !== 1 && `the other gateway had to connect ${opened} times`,
      ]),
    }
  } finally {
    await scene.close()
  }
}

export const frozenClientCases: readonly FaultCase[] = [
  { fault: 'F44', title: 'frozen boards: the others stay live, memory bounded', tier: 'full', run: frozenBoards },
  {
    fault: 'F45',
    title: 'a frozen MQTT subscriber is thrown out; the others are served all the while',
    tier: 'full',
    run: frozenSubscriber,
  },
]
