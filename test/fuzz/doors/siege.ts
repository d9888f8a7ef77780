import { existsSync } from 'node:fs'
import { openHouse } from '../../security/house.ts'
import { smallMap } from '../../support/warehouse.ts'
import { configurationDoor } from './configuration.ts'
import { type Damage, openChance } from './door.ts'
import { csvDoor, httpDoor } from './http.ts'
import { liveDoor } from './live.ts'
import { mqttDoor } from './mqtt.ts'

export const doors = [mqttDoor, httpDoor, liveDoor, configurationDoor, csvDoor]

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
    const signal = AbortSignal.timeout(seconds * 1000)
    const results = await Promise.all(
      doors.map(async (door, i) => ({
        name: door.name,
        ...(await inTime(door.attack(house, openChance(seed + i * 1_000_003), signal), seconds + 60)),
      })),
    )
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
    const deadlineMs = performance.now() + 10_000
    while (sender.committed < 10 && performance.now() < deadlineMs)
      await new Promise((resolve) => setTimeout(resolve, 20))
    if (sender.committed < 10) broken.push('a good gateway is not served any more')
    sender.client?.end(true)
    return { doors: results, broken }
  } finally {
    await house.close()
  }
}

/** An attack that does not end is a door that neither answers nor refuses. */
function inTime(attack: Promise<Damage>, seconds: number): Promise<Damage> {
  const late = new Promise<Damage>((resolve) => {
    setTimeout(
      () => resolve({ inputs: 0, broken: ['the attack did not end: something was never answered'] }),
      seconds * 1000,
    ).unref()
  })
  return Promise.race([attack, late])
}
