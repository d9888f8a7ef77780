import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Item } from '../../../shared/api.ts'
import { until } from '../../support/until.ts'
import { fairWeather } from '../chaos-proxy.ts'
import type { FaultCase, Outcome, RunOptions } from '../fault-case.ts'
import { addedUp, withProblems } from '../fault-case.ts'
import { openScene, site } from '../scene.ts'

const spools = (directory: string) => [{ gateway: 'gw', directory: `${directory}/gw-spool` }]

/** F32: both directions disappear, and nobody is told. */
async function halfOpen({ seed }: RunOptions): Promise<Outcome> {
  const keepaliveSeconds = 4
  const scene = await openScene({ seed })
  try {
    const gateway = await scene.openGateway('gw', { keepaliveSeconds })
    await gateway.stream(1, 200)
    await gateway.drained()
    scene.proxy.weather({ swallowUp: true, swallowDown: true })
    const cutAtMs = performance.now()
    const said = gateway.said.length
    await gateway.stream(201, 200)
    await until('the gateway gives the link up', () => gateway.said.slice(said).some((one) => /ended/.test(one)), {})
    const foundMs = performance.now() - cutAtMs
    const reason = gateway.said.slice(said).find((one) => /ended/.test(one))
    const { swallowedBytes } = scene.proxy.counters
    scene.proxy.weather(fairWeather)
    await gateway.drained()
    const mostMs = keepaliveSeconds * 1500 + 500
    return {
      injected: swallowedBytes > 0,
      proof: `${swallowedBytes} bytes swallowed without a FIN; found after ${Math.round(foundMs)} ms at a keep-alive of ${keepaliveSeconds} s: ${reason?.replace(/^.*ended: /, '')}`,
      verdict: withProblems(await scene.judge({ spools: spools(scene.directory) }), [
        foundMs > mostMs && `found only after ${Math.round(foundMs)} ms`,
      ]),
    }
  } finally {
    await scene.close()
  }
}

/** F33: RST after byte N of a connection, up or down, for many N. */
async function resetAtByte({ seed, tier, note }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed })
  try {
    const gateway = await scene.openGateway('gw', { random: () => scene.random() * 0.1 })
    const rounds = tier === 'full' ? 300 : 60
    let next = 1
    const atBytes: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const isUp = round % 3 !== 2
      const at = 1 + Math.floor(scene.random() ** 2 * (isUp ? 20_000 : 600))
      atBytes.push(at)
      const { resets } = scene.proxy.counters
      scene.proxy.weather(isUp ? { resetAtUpByte: at } : { resetAtDownByte: at })
      scene.proxy.breakAll() // so that it counts from the first byte of a connection
      await until('the connection is reset', async () => {
        await gateway.stream(next, 40)
        next += 40
        return scene.proxy.counters.resets > resets
      })
      scene.proxy.weather(fairWeather)
      note(`${round + 1} of ${rounds}`)
    }
    await gateway.drained()
    return {
      injected: scene.proxy.counters.resets >= rounds,
      proof: `${scene.proxy.counters.resets} connections reset, at bytes ${Math.min(...atBytes)} to ${Math.max(...atBytes)}`,
      verdict: await scene.judge({ spools: spools(scene.directory) }),
    }
  } finally {
    await scene.close()
  }
}

/** F30: the link comes and goes. */
async function flapping({ seed, tier }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed })
  try {
    const gateway = await scene.openGateway('gw')
    const rounds = tier === 'full' ? 60 : 10
    for (let round = 0; round < rounds; round += 1) {
      scene.proxy.cut()
      await gateway.stream(1 + round * 400, 200, 20)
      scene.proxy.mend()
      await gateway.stream(201 + round * 400, 200, 20)
    }
    await gateway.drained()
    const { cut, refused } = scene.proxy.counters
    return {
      injected: cut > 0,
      proof: `${cut} connections cut, ${refused} attempts refused meanwhile`,
      verdict: await scene.judge({ spools: spools(scene.directory) }),
    }
  } finally {
    await scene.close()
  }
}

/** F31: far and thin: 2 s there and back, and 20 kB a second. */
async function slow({ seed }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed })
  try {
    scene.proxy.weather({ delayMs: 1000, bytesPerSecond: 20_000 })
    const gateway = await scene.openGateway('gw', { keepaliveSeconds: 30 })
    await gateway.stream(1, 2000)
    await gateway.drained(180_000)
    const opened = gateway.counters.uplink_connections_opened_total
    scene.proxy.weather(fairWeather)
    return {
      injected: true,
      proof: `1,000 ms each way at 20 kB/s; ${opened} connection, ${gateway.counters.uplink_records_repeated_total} records repeated`,
      verdict: withProblems(await scene.judge({ spools: spools(scene.directory) }), [
        opened > 1 && `the link was given up ${opened - 1} times although it worked`,
      ]),
    }
  } finally {
    await scene.close()
  }
}

/** F34: the address of the gateway changes under its connection; then a captive portal answers for the cloud. */
async function otherNetwork({ seed }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed })
  const portal = createServer((socket) => {
    socket.on('error', () => {})
    socket.end('HTTP/1.1 302 Found\r\nLocation: http://portal.example/login\r\nContent-Length: 6\r\n\r\n<html>')
    asked += 1
  })
  let asked = 0
  try {
    const gateway = await scene.openGateway('gw', { keepaliveSeconds: 2 })
    await gateway.stream(1, 200)
    await gateway.drained()
    scene.proxy.forget()
    const { swallowedBytes } = scene.proxy.counters
    await gateway.stream(201, 200)
    await gateway.drained()
    const swallowed = scene.proxy.counters.swallowedBytes - swallowedBytes
    await new Promise<void>((resolve) => portal.listen(0, '127.0.0.1', resolve))
    scene.proxy.leadTo({ host: '127.0.0.1', port: (portal.address() as AddressInfo).port })
    scene.proxy.breakAll()
    const said = gateway.said.length
    await gateway.stream(401, 200)
    await until('it has met the portal', () => asked >= 2)
    await delay(3000)
    const perSecond = asked / 3
    scene.proxy.leadTo({ host: '127.0.0.1', port: Number(new URL(scene.street.brokerUrl).port) })
    scene.proxy.breakAll()
    await gateway.drained()
    const reason = gateway.said.slice(said).find((one) => !/ended: $/.test(one))
    return {
      injected: swallowed > 0 && asked > 0,
      proof: `${swallowed} bytes sent into a forgotten connection; HTML answered ${asked} times for MQTT: "${reason?.slice(0, 100)}"`,
      verdict: withProblems(await scene.judge({ spools: spools(scene.directory) }), [
        perSecond > 20 && `it asked the portal ${Math.round(perSecond)} times a second`,
      ]),
    }
  } finally {
    portal.close()
    await scene.close()
  }
}

/** The name of the cloud is not known when the gateway starts, and then it is. */
async function nameUnknown({ seed }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed })
  try {
    const { feeder, config, spoolDirectory } = await scene.withReaders('gw')
    const hosts = join(scene.directory, 'hosts')
    writeFileSync(hosts, '127.0.0.1 localhost\n')
    writeFileSync(
      config,
      // To a name that is not this machine in so many words, an unencrypted link must be allowed.
      readFileSync(config, 'utf8').replace(
        /mqtt:\/\/127\.0\.0\.1:(\d+)"(?=,"secretFile)/,
        'mqtt://cloud.faults.test:$1","allowPlaintext":true',
      ),
    )
    const ownHosts = ['unshare', '-m', 'sh', '-c', 'mount --bind "$0" /etc/hosts && exec "$@"', hosts]
    const edge = scene.startEdge(config, {}, ownHosts)
    await scene.listens()
    await scene.say(feeder, 1, 400)
    const complaint = await until(
      'it tells',
      () => /"msg":"([^"]*cloud\.faults\.test[^"]*)/.exec(edge.output())?.[1],
      {},
    )
    appendFileSync(hosts, '127.0.0.1 cloud.faults.test\n')
    await scene.arrived(400)
    return {
      injected: /ENOTFOUND|EAI_AGAIN|name/i.test(complaint),
      proof: `an unknown name: "${complaint}"`,
      verdict: await scene.judge({ spools: [{ gateway: 'gw', directory: spoolDirectory }] }),
    }
  } finally {
    await scene.close()
  }
}

/** F29: a thousand tags in one millisecond at the same few antennas. */
async function oneInstant({ seed }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed, truth: { stepMs: 0 } })
  try {
    const { feeder, config, spoolDirectory } = await scene.withReaders('gw')
    scene.startEdge(config)
    await scene.listens()
    await scene.say(feeder, 1, 1000)
    const items = async () => (await scene.street.all<Item>(`/sites/${site}/items`)).length
    await until('all tags are known', async () => (await items()) === 1000, { withinMs: 60_000, everyMs: 300 })
    return {
      injected: true,
      proof: '1,000 reads stamped with the same millisecond, through a real reader path',
      verdict: await scene.judge({ spools: [{ gateway: 'gw', directory: spoolDirectory }] }),
    }
  } finally {
    await scene.close()
  }
}

export const linkCases: readonly FaultCase[] = [
  {
    fault: 'F29',
    title: '1,000 reads in one millisecond are 1,000 points',
    tier: 'commit',
    needs: ['mosquitto'],
    run: oneInstant,
  },
  { fault: 'F30', title: 'the link flaps: steady progress, nothing twice', tier: 'full', run: flapping },
  { fault: 'F31', title: 'a far and thin link: 2 s there and back, 20 kB/s', tier: 'full', run: slow },
  { fault: 'F32', title: 'half-open connection: found within 1.5 keep-alives', tier: 'commit', run: halfOpen },
  {
    fault: 'F34',
    title: 'NAT rebound, a captive portal that answers HTML, a name that is not known',
    tier: 'full',
    needs: ['mosquitto', 'unshare'],
    needsRoot: true,
    run: async (options) => addedUp([await otherNetwork(options), await nameUnknown(options)]),
  },
  { fault: 'F33', title: 'RST at byte N of a connection, in both directions', tier: 'commit', run: resetAtByte },
]
