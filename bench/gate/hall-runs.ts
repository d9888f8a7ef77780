import type { GateRead } from '../../edge/gate/read.ts'
import type { Random } from '../../shared/clock.ts'
import { between, normal, pick, seededRandom } from '../../simulators/world/chance.ts'
import { drawTags, type Load, placeOf, within } from '../../simulators/world/door.ts'
import { arrivingDb, besideWay, drawHall, type Hall, type Spot, unit } from './echoes.ts'
import { hurried, loadsOf, type MadeRun, type Scene, scenes, standing, truthOf } from './runs.ts'

/** A reader and how it asks: what sessions, polling and filters make of the same air. */
interface HallReader {
  /** Power with the panel's gain; what a tag needs to wake up, and the reader to hear it, dBm. */
  readonly radiatedDbm: number
  readonly wakesAtDbm: number
  readonly hearsAtDbm: number
  readonly noiseDb: number
  readonly stepDb: number
  /** It hops among so many channels of 0.5 MHz from here on, and stays so long on each. */
  readonly fromMhz: number
  readonly channels: number
  readonly hopMs: number
  readonly turnMs: number
  readonly readsPerSecond: number
  /** Who answered keeps silent for so long (sessions S1 and S2), ms. */
  readonly silentMs: number
  /** A tag is told once in so long by each panel, at the beginning of that time, ms; 0 = as it is read. */
  readonly tickMs: number
  readonly toldShare: number
}

type Habit = Pick<HallReader, 'silentMs' | 'tickMs' | 'toldShare'>

function drawReader(random: Random): HallReader {
  const toldShare = within(0.7, 1, random)
  const open: Habit = { silentMs: 0, tickMs: 0, toldShare }
  const habits: readonly Habit[] = [
    open,
    open,
    open,
    { ...open, silentMs: within(300, 3_000, random) },
    { ...open, silentMs: within(300, 3_000, random) },
    { ...open, silentMs: within(1_500, 8_000, random) },
    { ...open, tickMs: 100 },
    { ...open, tickMs: 1_000 },
    { ...open, toldShare: within(0.05, 0.3, random) },
  ]
  const isWide = random() < 0.5
  return {
    radiatedDbm: within(33, 36.5, random),
    wakesAtDbm: within(-24, -18, random),
    hearsAtDbm: within(-85, -72, random),
    noiseDb: within(0.3, 1.2, random),
    stepDb: pick([0.5, 1], random) ?? 0.5,
    // North America and Europe.
    ...(isWide
      ? { fromMhz: 902.75, channels: 50, hopMs: within(200, 400, random) }
      : { fromMhz: 865.7, channels: 4, hopMs: within(500, 4_000, random) }),
    turnMs: pick([30, 100, 200, 500], random) ?? 100,
    readsPerSecond: within(100, 600, random),
    ...(pick(habits, random) ?? open),
  }
}

const hallScenes: readonly (Scene | 'stops in the gate')[] = [...scenes, 'one load', 'busy', 'stops in the gate']

/** A made-up recorded run of a gate in which levels are sums of waves: other physics than that of `makeRun`, and other readers. */
export function makeHallRun(seed: number): MadeRun {
  const random = seededRandom(seed)
  const hall = drawHall(random)
  const reader = drawReader(random)
  const scene = pick(hallScenes, random) ?? 'busy'
  const faster = within(0.4, 2, random)
  const most = random() < 0.4 ? between(1, 5, random) : 40
  const loads = (scene === 'stops in the gate' ? stopping(random) : loadsOf(scene, random))
    .map((load) => hurried(load, faster))
    .map((load) => ({ ...load, tags: load.tags.slice(0, most) }))
  const byEpc = readsIn(hall, reader, loads, random)
  return { suspects: [...byEpc].map(([epc, reads]) => ({ epc, reads })), truthOf: truthOf(loads) }
}

/** A forklift that stops where both sides hear it. */
function stopping(random: Random): Load[] {
  const out = random() < 0.5 ? -1 : 1
  const across = within(-0.6, 0.6, random)
  const stop = { along: within(-0.6, 0.6, random), across }
  const stopsAt = 1_000 + within(1_500, 8_000, random)
  const goesAt = stopsAt + within(1_000, 20_000, random)
  const endsAt = goesAt + within(1_500, 8_000, random)
  const way = [
    { atMs: 1_000, along: -out * within(1, 7, random), across },
    { atMs: stopsAt, ...stop },
    { atMs: goesAt, ...stop },
    { atMs: endsAt, along: out * within(1, 7, random), across },
  ]
  const load: Load = { act: out > 0 ? 'in' : 'out', crossesAtMs: goesAt, way, tags: drawTags('a', random) }
  return [load, ...standing(between(0, 3, random), endsAt, random)]
}

/** Longer than that nobody records. */
const longestMs = 400_000
/** Tags are so high above the floor in the middle of a load; a person walks about, as high. */
const middleMetres = 1
/** What stands in the way: so near to it, and what it takes, dB. */
const blocks = { withinMetres: 0.4, lossDb: 8 }

function readsIn(hall: Hall, reader: HallReader, loads: readonly Load[], random: Random): Map<string, GateRead[]> {
  const byEpc = new Map<string, GateRead[]>()
  const silentUntil = new Map<string, number>()
  const toldAt = new Map<string, number>()
  const goods = loads.flatMap((load) =>
    load.tags.map((tag) => ({
      ...{ load, tag, axis: unit([normal(random), normal(random), normal(random)]) },
      lossDb: Math.max(0, tag.offsetDb) + (random() < 0.1 ? within(3, 8, random) : 0),
    })),
  )
  const turns = { person: within(0, 100, random), channel: within(0, 1e4, random) }
  const end = Math.min(longestMs, Math.max(...loads.map(({ way }) => way.at(-1)?.atMs ?? 0)))
  for (let now = 0, turn = 0; now <= end; now += reader.turnMs, turn += 1) {
    const antenna = turn % hall.panels.length
    const panel = hall.panels[antenna]
    if (panel === undefined) continue
    const places = new Map(loads.map((load) => [load, placeOf(load, now)]))
    const passers: Spot[] = [personAt(now, turns.person)]
    for (const [{ act }, place] of places)
      if (place !== undefined && act !== 'parked') passers.push([place.along, place.across, middleMetres])
    const wavelength = 299.8 / (reader.fromMhz + 0.5 * channelAt(now, reader, turns.channel))
    const answers: { epc: string; rssiDb: number }[] = []
    for (const { load, tag, axis, lossDb } of goods) {
      const place = places.get(load)
      if (place === undefined || (silentUntil.get(tag.id) ?? 0) > now) continue
      const at = [place.along + tag.along, place.across + tag.across, middleMetres + tag.heightMetres] as const
      const isBlocked = passers.some((spot) => besideWay(panel.at, at, spot) < blocks.withinMetres)
      // 3 dB: a panel of circular polarisation and a straight tag.
      const wayDb =
        arrivingDb(hall, panel, { at, axis }, passers, wavelength) - lossDb - (isBlocked ? blocks.lossDb : 0) - 3
      const sentDbm = reader.radiatedDbm - hall.gainDb
      if (sentDbm + wayDb < reader.wakesAtDbm) continue
      // Half of the power that arrives is thrown back, and of that a part is the answer.
      const heardDbm = sentDbm + 2 * wayDb - 8 + normal(random) * reader.noiseDb
      if (heardDbm < reader.hearsAtDbm) continue
      answers.push({ epc: tag.id, rssiDb: Math.round(heardDbm / reader.stepDb) * reader.stepDb })
    }
    const room = Math.max(1, Math.round((reader.readsPerSecond * reader.turnMs) / 1000))
    const heard = byChance(answers, random).slice(0, room)
    heard.forEach(({ epc, rssiDb }, n) => {
      silentUntil.set(epc, now + reader.silentMs * within(0.7, 1.3, random))
      if (random() >= reader.toldShare) return
      const { tickMs } = reader
      const readAt = Math.round(now + (n * reader.turnMs) / (heard.length + 1))
      const at = tickMs === 0 ? readAt : Math.floor(readAt / tickMs) * tickMs
      if (tickMs > 0 && toldAt.get(`${epc} ${antenna}`) === at) return
      toldAt.set(`${epc} ${antenna}`, at)
      const reads = byEpc.get(epc) ?? []
      byEpc.set(epc, reads)
      reads.push({ at, side: panel.side, antenna, rssiDb })
    })
  }
  return byEpc
}

function personAt(now: number, start: number): Spot {
  return [3 * Math.sin(now / 3_100 + start), 2.5 * Math.sin(now / 4_700 + 1.3 * start), middleMetres]
}

/** In an order that seems to be by chance. */
function channelAt(now: number, { channels, hopMs }: HallReader, start: number): number {
  return Math.floor((start + Math.floor(now / hopMs)) * 7919) % channels
}

function byChance<T>(list: readonly T[], random: Random): T[] {
  return list
    .map((one) => ({ one, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ one }) => one)
}
