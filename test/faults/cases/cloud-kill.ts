import { Rule } from '../../../shared/rule.ts'
import { until } from '../../support/until.ts'
import { fairWeather } from '../chaos-proxy.ts'
import type { FaultCase, Outcome, RunOptions } from '../fault-case.ts'
import { openScene, site } from '../scene.ts'
import { wasInjected } from '../traced.ts'

/** So that the alerts have a story, too, that may be told twice. */
const warm = Rule.parse({
  ...{ id: 'warm', site, name: 'Too warm', severity: 3, type: 'threshold', quantity: 'temperature' },
  ...{ direction: 'above', limit: 12, clearAt: 8 },
})

/** F4: at a system call of its commits, or at any moment; a gateway streams all the while. */
async function killCloud({ seed, tier, note }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed })
  try {
    await scene.street.send('POST', '/rules', warm)
    const gateway = await scene.openGateway('gw')
    const rounds = tier === 'full' ? 20 : 8
    let [kills, atCalls, next] = [0, 0, 1]
    for (let round = 0; round < rounds; round += 1) {
      const dies = scene.cloud.exited
      let isDead = false
      void dies.then(() => {
        isDead = true
      })
      const call = ['pwrite64', 'fsync', undefined][round % 3]
      const injection =
        call === undefined
          ? undefined
          : { call, fault: 'signal=KILL', when: String(1 + Math.floor(scene.random() * (call === 'fsync' ? 12 : 60))) }
      const trace = injection === undefined ? undefined : await scene.inject(scene.cloud, injection)
      const killAtMs = performance.now() + (injection === undefined ? scene.random() * 400 : 6000)
      while (!isDead && performance.now() < killAtMs) {
        await gateway.stream(next, 60, 5)
        next += 60
      }
      if (injection !== undefined && trace !== undefined && wasInjected(injection, trace)) atCalls += 1
      await scene.cloud.kill()
      kills += 1
      await scene.startCloud()
      note(`${kills} killed`)
    }
    await gateway.drained()
    await scene.caughtUp()
    const alerts = await scene.street.all(`/sites/${site}/alerts`)
    const verdict = await scene.judge({
      anew: true,
      spools: [{ gateway: 'gw', directory: `${scene.directory}/gw-spool` }],
    })
    return {
      injected: atCalls > 0 && alerts.length > 0,
      proof: `${kills} killed, ${atCalls} of them at a call that strace named, while ${alerts.length} alerts came and went`,
      verdict,
      kills,
    }
  } finally {
    await scene.close()
  }
}

/** F5: acks are swallowed, so that whatever is committed when the cloud dies was never acknowledged. */
async function killBetweenCommitAndAck({ seed }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed })
  try {
    const gateway = await scene.openGateway('gw')
    await gateway.stream(1, 100)
    await gateway.drained()
    scene.proxy.weather({ swallowDown: true })
    await gateway.stream(101, 400)
    await until('all of it is committed', async () => (await scene.metric('intake_records_accepted_total')) >= 500)
    const acknowledged = gateway.spool.closed.committed
    await scene.cloud.kill()
    scene.proxy.weather(fairWeather)
    scene.proxy.breakAll()
    await scene.startCloud()
    await gateway.stream(501, 100)
    await gateway.drained()
    const skipped = gateway.counters.uplink_records_sent_total
    const verdict = await scene.judge({
      anew: true,
      spools: [{ gateway: 'gw', directory: `${scene.directory}/gw-spool` }],
    })
    return {
      injected: acknowledged < 500 && scene.proxy.counters.swallowedBytes > 0,
      proof: `500 committed, ${acknowledged} acknowledged at the SIGKILL; ${scene.proxy.counters.swallowedBytes} bytes of acks swallowed, ${skipped} records sent in all`,
      verdict,
      kills: 1,
    }
  } finally {
    await scene.close()
  }
}

/** F6: the cloud dies the moment the broker's PUBACK leaves it. */
async function killAfterPuback({ seed, note }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed })
  try {
    const gateway = await scene.openGateway('gw')
    await gateway.stream(1, 20)
    await gateway.drained()
    let isArmed = false
    scene.proxy.watch((direction, chunk) => {
      if (!isArmed || direction !== 'down' || chunk[0] !== 0x40) return
      isArmed = false
      scene.cloud.planned = true
      scene.cloud.signal('SIGKILL')
    })
    const rounds = 5
    let [next, resent] = [21, 0]
    for (let round = 0; round < rounds; round += 1) {
      await until('it is connected', () => gateway.spool.closed.committed === gateway.spool.next - 1)
      const repeated = gateway.counters.uplink_records_repeated_total
      isArmed = true
      await gateway.store(Array.from({ length: 100 }, (_, i) => next + i))
      next += 100
      await scene.cloud.exited
      await scene.startCloud()
      await gateway.drained()
      if (gateway.counters.uplink_records_repeated_total > repeated) resent += 1
      note(`${resent} of ${round + 1} were not in the journal`)
    }
    const verdict = await scene.judge({
      anew: true,
      spools: [{ gateway: 'gw', directory: `${scene.directory}/gw-spool` }],
    })
    return {
      injected: resent > 0,
      proof: `${rounds} killed at the PUBACK; ${resent} batches had a PUBACK and were not in the journal, and came again`,
      verdict,
      kills: rounds,
    }
  } finally {
    await scene.close()
  }
}

export const cloudKillCases: readonly FaultCase[] = [
  {
    fault: 'F4',
    title: 'kill -9 of the cloud at random and at the n-th system call of its commits',
    tier: 'commit',
    needs: ['strace'],
    run: killCloud,
  },
  {
    fault: 'F5',
    title: 'kill the cloud between the commit and the ack',
    tier: 'commit',
    run: killBetweenCommitAndAck,
  },
  { fault: 'F6', title: 'kill the cloud between the PUBACK and the journal', tier: 'commit', run: killAfterPuback },
]
