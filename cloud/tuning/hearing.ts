import { iso } from '../../shared/api.ts'
import type { Observation } from '../../shared/record.ts'
import { rssiBins } from '../../shared/rssi-bins.ts'
import type { Hearing, PointHearing } from '../../shared/tuning.ts'

/** One record of tag reads, and the gateway that sent it. */
export interface Heard {
  readonly gateway: string
  readonly observation: Observation
}

const mostPoints = 500
const mostLatest = 8
const mostOverlaps = 50
/** A tag that more antennas hear tells of a crowd, not of a pair. */
const mostAntennasOfATag = 12

interface Point {
  readonly gateway: string
  readonly readPoint: string
  reads: number
  lastAt: number
  readonly strengths: number[]
  readonly tags: Map<string, { reads: number; peak: number | null; at: number }>
}

/** What each antenna heard within a span of so many seconds, and how much of it the others heard too. Order does not matter. */
export function hearingOf(heard: Iterable<Heard>, seconds: number): Hearing {
  const points = new Map<string, Point>()
  const antennasOf = new Map<string, Set<string>>()
  for (const { gateway, observation } of heard) {
    const { readPoint, epc, count, peakRssiDbm, at } = observation
    const key = `${gateway}/${readPoint}`
    let point = points.get(key)
    if (point === undefined) {
      if (points.size >= mostPoints) continue
      point = { gateway, readPoint, reads: 0, lastAt: 0, strengths: [], tags: new Map() }
      points.set(key, point)
    }
    point.reads += count
    point.lastAt = Math.max(point.lastAt, at)
    if (peakRssiDbm !== undefined) point.strengths.push(peakRssiDbm)
    const tag = point.tags.get(epc) ?? { reads: 0, peak: null, at: 0 }
    tag.reads += count
    if (peakRssiDbm !== undefined) tag.peak = Math.max(tag.peak ?? Number.NEGATIVE_INFINITY, peakRssiDbm)
    tag.at = Math.max(tag.at, at)
    point.tags.set(epc, tag)
    const antennas = antennasOf.get(epc)
    if (antennas === undefined) antennasOf.set(epc, new Set([key]))
    else antennas.add(key)
  }
  const told = [...points.values()].map((point) => toldOf(point, antennasOf, seconds))
  told.sort((a, b) => `${a.gateway}/${a.readPoint}`.localeCompare(`${b.gateway}/${b.readPoint}`))
  return { seconds, points: told, overlaps: overlapsOf(antennasOf.values()) }
}

function toldOf(point: Point, antennasOf: ReadonlyMap<string, ReadonlySet<string>>, seconds: number): PointHearing {
  const rssi = rssiBins.map(() => 0)
  for (const strength of point.strengths) {
    const bin = Math.max(
      0,
      rssiBins.findLastIndex((low) => strength >= low),
    )
    rssi[bin] = (rssi[bin] ?? 0) + 1
  }
  const sorted = point.strengths.toSorted((a, b) => a - b)
  const perSecond = (reads: number) => Math.round((10 * reads) / Math.max(1, seconds)) / 10
  const newest = [...point.tags].sort(([a, one], [b, other]) => other.at - one.at || a.localeCompare(b))
  return {
    gateway: point.gateway,
    readPoint: point.readPoint,
    readsPerSecond: perSecond(point.reads),
    tags: point.tags.size,
    onlyHere: [...point.tags.keys()].filter((epc) => antennasOf.get(epc)?.size === 1).length,
    medianRssiDbm: sorted[sorted.length >> 1] ?? null,
    rssi,
    lastAt: iso(point.lastAt),
    latest: newest.slice(0, mostLatest).map(([epc, { reads, peak, at }]) => ({
      epc,
      readsPerSecond: perSecond(reads),
      peakRssiDbm: peak,
      at: iso(at),
    })),
  }
}

function overlapsOf(antennas: Iterable<ReadonlySet<string>>): Hearing['overlaps'] {
  const pairs = new Map<string, { readonly one: string; readonly other: string; tags: number }>()
  for (const set of antennas) {
    if (set.size < 2 || set.size > mostAntennasOfATag) continue
    const sorted = [...set].sort()
    for (const [at, one] of sorted.entries()) {
      for (const other of sorted.slice(at + 1)) {
        const key = `${one} ${other}`
        const pair = pairs.get(key) ?? { one, other, tags: 0 }
        pair.tags += 1
        pairs.set(key, pair)
      }
    }
  }
  return [...pairs.values()]
    .sort((a, b) => b.tags - a.tags || a.one.localeCompare(b.one) || a.other.localeCompare(b.other))
    .slice(0, mostOverlaps)
}
