import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { openHouse } from '../../security/house.ts'
import { until } from '../../support/until.ts'
import { smallMap } from '../../support/warehouse.ts'
import { configurationDoor } from './configuration.ts'
import { type Damage, type Notes, openChance, openNotes } from './door.ts'
import { csvDoor, httpDoor } from './http.ts'
import { liveDoor } from './live.ts'
import { mqttDoor } from './mqtt.ts'

export const doors = [mqttDoor, httpDoor, liveDoor, configurationDoor, csvDoor]

/** So often every door is tried at least. */
export const leastInputs = 20

export interface Siege {
  readonly doors: readonly (Damage & { readonly name: string })[]
  /** Of the house as a whole, beside what the doors tell. */
  readonly broken: readonly string[]
}

/** Attacks every door of one running house at once, for so long, and looks at the house afterwards. */
export async function besiege(seconds: number, seed: number): Promise<Siege> {
  const house = await openHouse()
  try {
    await house.street.send('PUT', '/sites/north/map', smallMap('north'))
    const attacks = doors.map((door) => ({ door, notes: openNotes() }))
    const isAttacked = () => attacks.every(({ notes }) => notes.damage().inputs >= leastInputs)
    const over = new AbortController()
    const end = async () => {
      await sleep(seconds * 1000)
      // A busy machine takes longer to open its doors; a door that was not attacked proves nothing.
      await until('every door was attacked', isAttacked).catch(() => undefined)
      over.abort()
    }
    const ended = end()
    const results = await Promise.all(
      attacks.map(async ({ door, notes }, i) => {
        const attack = door.attack(house, openChance(seed + i * 1_000_003), notes, over.signal)
        await inTime(attack, notes, seconds + 120)
        return { name: door.name, ...notes.damage() }
      }),
    )
    await ended
    const broken: string[] = []
    if (!existsSync(`/proc/${house.cloud.pid}`)) broken.push(`the cloud is gone: ${house.cloud.output().slice(-2000)}`)
    else {
      const health = await fetch(`${house.street.url}/healthz`).then(({ status }) => status, String)
      if (health !== 200) broken.push(`/healthz answers ${health}`)
    }
    const complaint = /.*(?:unhandled|uncaught|at .*node:internal).*/i.exec(house.cloud.output())?.[0]
    if (complaint !== undefined) broken.push(complaint)
    // Whatever was thrown at it, a gateway that speaks well is served.
    const sender = house.sender('b')
    await sender.greet()
    sender.send(1, 10)
    await until('it is served', () => sender.committed >= 10).catch(() => {
      broken.push('a good gateway is not served any more')
    })
    sender.client?.end(true)
    return { doors: results, broken }
  } finally {
    await house.close()
  }
}

/** An attack that does not end is a door that neither answers nor refuses. */
async function inTime(attack: Promise<void>, { broke }: Notes, seconds: number): Promise<void> {
  const enough = new AbortController()
  const late = sleep(seconds * 1000, undefined, { signal: enough.signal }).then(
    () => broke('the attack did not end: something was never answered'),
    () => undefined,
  )
  await Promise.race([attack, late])
  enough.abort()
}
