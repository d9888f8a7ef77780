import { Worker } from 'node:worker_threads'
import type { BoardAlert } from '../shared/board.ts'
import type { Measurement } from '../shared/record.ts'
import { loadMap } from '../simulators/load.ts'
import { openBoard } from '../test/support/board-client.ts'
import { Sender } from '../test/support/sender.ts'
import { until } from '../test/support/until.ts'
import type { BenchmarkOptions, Figures } from './benchmark.ts'
import { startCloudProcess } from './support/cloud-process.ts'
import type { SenderOrder } from './support/gateway-sender.ts'
import { percentile } from './support/probes.ts'

/**
 * A value outside its limit → MQTT batch → cloud process → `alert` at a board, beside 2,000 records a second of another
 * gateway. Time runs from just before the gateway publishes the value that begins the excursion until a board client has
 * the alert; of rules with an on-delay what is beyond the delay, once where the sensor goes on saying the value every 200 ms,
 * once where it says it a single time and the clock alone brings the alert. Both ends read one clock.
 */
const site = 'bench'
const recordsPerSecond = 2000
const onDelayMs = 2000
const sayEveryMs = 200
const sensorsOfEach = 400
const kinds = ['at-once', 'delayed', 'said-once'] as const

export async function run(options: BenchmarkOptions): Promise<Figures> {
  const seconds = options.seconds ?? 20
  const cloud = await startCloudProcess(site, ['gw-1', 'gw-2'])
  const closers: (() => unknown)[] = [() => cloud.remove()]
  try {
    await cloud.publish(loadMap(site, 'gw-1'))
    const headers = { authorization: `Bearer ${cloud.token}` }
    for (const id of kinds) {
      const delay = id === 'at-once' ? 0 : onDelayMs
      const sensors = Array.from({ length: sensorsOfEach }, (_, n) => `${id}-${n}`)
      const rule = { id, site, name: id, severity: 2, type: 'threshold', quantity: 'temperature', sensors }
      const response = await fetch(`${cloud.url}/api/v1/rules`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ ...rule, direction: 'above', limit: 8, clearAt: 7, onDelayMs: delay }),
      })
      if (!response.ok) throw new Error(`the rule was refused: ${response.status} ${await response.text()}`)
    }
    const order: SenderOrder = {
      url: cloud.brokerUrl,
      site,
      gateway: 'gw-2',
      secret: cloud.secrets.get('gw-2') ?? '',
      seconds: seconds + 5,
      recordsPerBatch: 100,
      batchesInFlight: 20,
      seed: 7,
      recordsPerSecond,
    }
    const crowd = new Worker(new URL('./support/gateway-sender.ts', import.meta.url), { workerData: order })
    closers.push(() => crowd.terminate())
    await new Promise((resolve) => crowd.once('message', resolve))
    const board = openBoard(cloud.url, headers, site)
    closers.push(() => board.close())
    await until('the board watches', () => board.board !== undefined)

    const seenAt = new Map<string, number>()
    board.socket.on('alert', (alert: BoardAlert) => {
      if (!seenAt.has(alert.subject)) seenAt.set(alert.subject, Date.now())
    })
    const hot: Measurement[] = []
    const gateway = new Sender(cloud.brokerUrl, { site, gateway: 'gw-1' }, cloud.secrets.get('gw-1'), (first, count) =>
      hot.slice(first - 1, first - 1 + count),
    )
    await gateway.greet()
    closers.push(() => gateway.client?.end(true))
    const beganAt = new Map<string, number>()
    const say = (sensor: string) => {
      const at = Date.now()
      if (!beganAt.has(sensor)) beganAt.set(sensor, at)
      hot.push({ kind: 'measurement', at, sensor, values: { temperature: 9 } })
      gateway.send(hot.length, 1)
    }
    crowd.postMessage('go')

    const endAt = performance.now() + seconds * 1000
    const begun: string[] = []
    const isThere = () => begun.every((sensor) => seenAt.has(sensor))
    for (let n = 0; performance.now() < endAt || !isThere(); n += 1) {
      if (performance.now() > endAt + 10_000) throw new Error('an alert never came')
      if (n < sensorsOfEach && performance.now() < endAt) begun.push(...kinds.map((kind) => `${kind}-${n}`))
      for (const sensor of begun)
        if (!seenAt.has(sensor) && !(sensor.startsWith('said-once') && beganAt.has(sensor))) say(sensor)
      // Not in step with the ticks of the cloud.
      await new Promise((resolve) => setTimeout(resolve, sayEveryMs * (0.8 + 0.4 * Math.random())))
    }
    const took = (kind: string, beyondMs: number) =>
      begun
        .filter((sensor) => sensor.startsWith(kind))
        .map((sensor) => (seenAt.get(sensor) ?? Number.NaN) - (beganAt.get(sensor) ?? Number.NaN) - beyondMs)
    const [atOnce, delayed, once] = [took('at-once', 0), took('delayed', onDelayMs), took('said-once', onDelayMs)]
    return {
      alerts: begun.length,
      p50Ms: percentile(atOnce, 0.5),
      p95Ms: percentile(atOnce, 0.95),
      beyondDelayP50Ms: percentile(delayed, 0.5),
      beyondDelayP95Ms: percentile(delayed, 0.95),
      saidOnceP50Ms: percentile(once, 0.5),
      saidOnceP95Ms: percentile(once, 0.95),
    }
  } finally {
    for (const close of closers.reverse()) await close()
  }
}
