import type { Random } from '../../shared/clock.ts'
import { normal } from './chance.ts'
import { type Act, type Door, drawLoad, type Load, meanLevelDbm, placeOf, within } from './door.ts'

/** A read as the reader of the door reports it; `antenna` counts from 0. */
export interface DoorRead {
  readonly at: number
  readonly epc: string
  readonly antenna: number
  readonly rssiDbm: number
}

export interface DoorDay {
  readonly loads: readonly Load[]
  /** In order of time. */
  readonly reads: readonly DoorRead[]
}

/** How many tags of a day do what; loads are drawn until each has at least its share. */
export type Mix = Readonly<Record<Act, number>>

/**
 * One door for as long as it takes: loads come one after the other, some close together, beside pallets that are parked,
 * while the neighbouring lane goes on. The same chance gives the same day.
 */
export function doorDay(door: Door, mix: Mix, random: Random): DoorDay {
  const loads = loadsOf(mix, random)
  return { loads, reads: readsOf(door, loads, random) }
}

function loadsOf(mix: Mix, random: Random): Load[] {
  const left = new Map(Object.entries(mix) as [Act, number][])
  const loads: Load[] = []
  let now = 1_000
  for (;;) {
    const total = [...left.values()].reduce((sum, tags) => sum + Math.max(0, tags), 0)
    if (total <= 0) return loads
    let ball = random() * total
    let act: Act = 'in'
    for (const [name, tags] of left) {
      ball -= Math.max(0, tags)
      act = name
      if (ball < 0) break
    }
    const load = drawLoad(act, now, `${loads.length}`, random)
    loads.push(load)
    left.set(act, (left.get(act) ?? 0) - load.tags.length)
    // Two forklifts do not share a door, but what is parked and what passes next door is there all the while.
    const last = load.way.at(-1)?.atMs ?? now
    const isStray = act === 'parked' || act === 'neighbour'
    now += isStray
      ? within(500, 5_000, random)
      : Math.max(0, last - now) * within(0.5, 1, random) + within(1_000, 6_000, random)
  }
}

interface Link {
  slowDb: number
  at: number
}

/** What the reader of this door reports of these loads, in order of time. */
export function readsOf(door: Door, loads: readonly Load[], random: Random): DoorRead[] {
  const reads: DoorRead[] = []
  const links = new Map<string, Link[]>()
  const silentUntil = new Map<string, number>()
  const firstOf = (load: Load) => load.way[0]?.atMs ?? 0
  const lastOf = (load: Load) => load.way.at(-1)?.atMs ?? 0
  const byStart = [...loads].sort((a, b) => firstOf(a) - firstOf(b))
  let here: Load[] = []
  const end = Math.max(0, ...loads.map(lastOf))
  let turn = 0
  for (let now = 0; now <= end; now += door.turnMs, turn += 1) {
    while (byStart[0] !== undefined && firstOf(byStart[0]) <= now) here.push(byStart.shift() as Load)
    here = here.filter((load) => lastOf(load) > now)
    const antenna = turn % door.antennas.length
    const seen = door.antennas[antenna]
    if (here.length === 0 || seen === undefined) continue
    const places = here.map((load) => placeOf(load, now))
    const crowded = here.some(({ act }, n) => act !== 'parked' && Math.abs(places[n]?.along ?? 99) < 3)
    const answers: { epc: string; rssiDbm: number }[] = []
    here.forEach((load, n) => {
      const place = places[n]
      if (place === undefined) return
      for (const tag of load.tags) {
        const meanDbm =
          meanLevelDbm(door, seen, place.along + tag.along, place.across + tag.across, tag.heightMetres) + tag.offsetDb
        if (meanDbm < door.sensitivityDbm - 15 || (silentUntil.get(tag.id) ?? 0) > now) continue
        const calm = place.stands ? door.standingShare : 1
        const link = linkOf(links, tag.id, antenna, door, now, calm, random)
        // What drives past a parked pallet shades it and throws its echo.
        const passingDb = crowded && load.act === 'parked' ? normal(random) * 1.5 : 0
        const level = meanDbm + link.slowDb + passingDb + calm * fadingDb(door, random)
        const heard = 1 / (1 + Math.exp((door.sensitivityDbm - level) / door.edgeDb))
        if (random() >= heard) continue
        answers.push({ epc: tag.id, rssiDbm: Math.round(level / door.stepDb) * door.stepDb })
      }
    })
    const room = Math.max(1, Math.round((door.readsPerSecond * door.turnMs) / 1000))
    shuffle(answers, random)
    const heard = answers.slice(0, room)
    heard.forEach(({ epc, rssiDbm }, n) => {
      silentUntil.set(epc, now + door.silentMs)
      if (random() < door.missedShare) return
      reads.push({ at: Math.round(now + (n * door.turnMs) / (heard.length + 1)), epc, antenna, rssiDbm })
    })
  }
  return reads
}

function linkOf(
  links: Map<string, Link[]>,
  id: string,
  antenna: number,
  door: Door,
  now: number,
  calm: number,
  random: Random,
): Link {
  let ofTag = links.get(id)
  if (ofTag === undefined) {
    ofTag = door.antennas.map(() => ({ slowDb: normal(random) * door.slowSigmaDb, at: now }))
    links.set(id, ofTag)
  }
  const link = ofTag[antenna] ?? { slowDb: 0, at: now }
  const kept = Math.exp((-calm * calm * (now - link.at)) / door.slowMemoryMs)
  link.slowDb = link.slowDb * kept + normal(random) * door.slowSigmaDb * Math.sqrt(1 - kept * kept)
  link.at = now
  return link
}

/** Deep fades are deeper than peaks are high. */
function fadingDb({ fastSigmaDb }: Door, random: Random): number {
  const draw = normal(random) * fastSigmaDb
  return draw < 0 ? draw * 1.4 : draw * 0.7
}

function shuffle<T>(list: T[], random: Random): void {
  for (let last = list.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1))
    const kept = list[last] as T
    list[last] = list[other] as T
    list[other] = kept
  }
}
