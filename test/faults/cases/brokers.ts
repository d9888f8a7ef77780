import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { mosquittoCloudPermissions, mosquittoPermissions } from '../../../cloud/broker/permissions.ts'
import { startMosquitto } from '../../support/mosquitto.ts'
import type { FaultCase, Outcome, RunOptions } from '../fault-case.ts'
import { addedUp } from '../fault-case.ts'
import { openScene, site } from '../scene.ts'

const spools = (directory: string) => [{ gateway: 'gw', directory: `${directory}/gw-spool` }]

/** F8: the embedded broker goes with the cloud that it is part of: gently, and by SIGKILL. */
async function embeddedRestarts({ seed, tier }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed })
  try {
    const rounds = tier === 'full' ? 6 : 2
    const gateway = await scene.openGateway('gw')
    let next = 1
    for (let round = 0; round < rounds; round += 1) {
      await gateway.stream(next, 400, 5)
      if (round % 2 === 0) await scene.cloud.stop()
      else await scene.cloud.kill()
      await gateway.stream(next + 400, 100)
      next += 500
      await scene.startCloud()
      await gateway.drained()
    }
    await gateway.drained()
    const kills = Math.floor(rounds / 2)
    return {
      injected: gateway.counters.uplink_connections_opened_total >= rounds,
      proof: `embedded broker: ${rounds} restarts, ${kills} of them by SIGKILL`,
      verdict: await scene.judge({ spools: spools(scene.directory) }),
      kills,
    }
  } finally {
    await scene.close()
  }
}

/** The same with Mosquitto between gateway and cloud; it keeps nothing. */
async function mosquittoRestarts({ seed, tier }: RunOptions): Promise<Outcome> {
  const address = { site, gateway: 'gw' }
  const server = await startMosquitto({
    users: { [`${site}/gw`]: 'secret-gw', cloud: 'secret-cloud' },
    permissions: [mosquittoCloudPermissions('cloud'), mosquittoPermissions(address)].join('\n'),
  })
  const passwordFile = join(tmpdir(), `warepulse-broker-${process.pid}`)
  writeFileSync(passwordFile, 'secret-cloud\n')
  try {
    const broker = { url: server.url, username: 'cloud', passwordFile }
    const scene = await openScene({ seed, cloud: { broker }, brokerPort: server.port })
    try {
      // Not more: the cloud's back-off to a broker that keeps dying grows to a minute.
      const rounds = tier === 'full' ? 3 : 2
      const gateway = await scene.openGateway('gw', { secret: 'secret-gw' })
      let next = 1
      for (let round = 0; round < rounds; round += 1) {
        await gateway.stream(next, 400, 5)
        await server.restart()
        next += 400
        await gateway.drained(90_000)
      }
      await gateway.stream(next, 100)
      await gateway.drained(90_000)
      return {
        injected: gateway.counters.uplink_connections_opened_total > 1,
        proof: `Mosquitto: killed ${rounds} times`,
        verdict: await scene.judge({ spools: spools(scene.directory) }),
        kills: rounds,
      }
    } finally {
      await scene.close()
    }
  } finally {
    await server.stop()
  }
}

/** F9: frozen, not dead: SIGSTOP, then SIGCONT. */
async function freezeCloud({ seed, tier }: RunOptions): Promise<Outcome> {
  const frozenMs = tier === 'full' ? 60_000 : 5000
  const scene = await openScene({ seed })
  try {
    const gateway = await scene.openGateway('gw', { keepaliveSeconds: 2 })
    await gateway.stream(1, 500)
    scene.cloud.signal('SIGSTOP')
    const opened = gateway.counters.uplink_connections_opened_total
    await gateway.stream(501, 500, 5)
    await delay(frozenMs)
    scene.cloud.signal('SIGCONT')
    await gateway.drained(120_000)
    const again = gateway.counters.uplink_connections_opened_total - opened
    return {
      injected: again > 0,
      proof: `the cloud and its broker stopped for ${frozenMs} ms, ${again} new connections`,
      verdict: await scene.judge({ spools: spools(scene.directory) }),
    }
  } finally {
    await scene.close()
  }
}

async function freezeGateway({ seed, tier }: RunOptions): Promise<Outcome> {
  const frozenMs = tier === 'full' ? 60_000 : 5000
  const scene = await openScene({ seed })
  try {
    const { feeder, config, spoolDirectory, broker } = await scene.withReaders('gw')
    const edge = scene.startEdge(config)
    await scene.heard(feeder, 1, 400)
    edge.signal('SIGSTOP')
    await scene.say(feeder, 401, 400)
    await delay(frozenMs)
    edge.signal('SIGCONT')
    await scene.arrived(800)
    broker.signal('SIGSTOP')
    const said = scene.say(feeder, 801, 400)
    await delay(frozenMs)
    broker.signal('SIGCONT')
    await said
    await scene.arrived(1200)
    return {
      injected: true,
      proof: `the gateway, then the broker of its site stopped for ${frozenMs} ms each`,
      // What was on its way to a broker or gateway that stood still may be said again.
      verdict: await scene.judge({
        allowed: { redeliveries: 1 },
        spools: [{ gateway: 'gw', directory: spoolDirectory }],
      }),
    }
  } finally {
    await scene.close()
  }
}

export const brokerCases: readonly FaultCase[] = [
  {
    fault: 'F8',
    title: 'the broker restarts, embedded or Mosquitto',
    tier: 'full',
    needs: ['mosquitto'],
    run: async (options) => addedUp([await embeddedRestarts(options), await mosquittoRestarts(options)]),
  },
  {
    fault: 'F9',
    title: 'the cloud, the gateway and the broker of the site stand still (SIGSTOP) for a minute',
    tier: 'full',
    needs: ['mosquitto'],
    run: async (options) => addedUp(await Promise.all([freezeCloud(options), freezeGateway(options)])),
  },
]
