import type { SiteMap } from '../../../shared/site-map.ts'
import type { Hearing, PointHearing } from '../../../shared/tuning.ts'

/** What somebody who sets a reader up might do; `fine`: nothing. */
export type Advice =
  | { readonly does: 'fine' }
  /** Nothing was heard at an antenna of the map: tags, cable, power, port. */
  | { readonly does: 'look' }
  /** Too few tags to say anything. */
  | { readonly does: 'wait' }
  /** It hears tags of another antenna, and strongly. */
  | { readonly does: 'less-power'; readonly other: string; readonly share: number }
  /** Both hear the same tags, none of them strongly: the power is not what is wrong. */
  | { readonly does: 'apart'; readonly other: string; readonly share: number }
  /** What it hears is so weak that some of it will be missed. */
  | { readonly does: 'more-power' }
  /** It hears, and is not on the map. */
  | { readonly does: 'unmapped' }

/** An antenna of the map or of the air, what it heard and what to do about it. */
export interface TunedPoint {
  /** `gateway/readPoint` */
  readonly key: string
  readonly gateway: string
  readonly readPoint: string
  readonly heard: PointHearing | null
  readonly advice: Advice
}

/** With fewer tags a share is chance. */
const fewestTags = 5
/** From this share of an antenna's tags on, two hear the same place. */
const sharedTooMuch = 0.3
/** dBm; passive tags answer a reader at shelf distance with −65 to −45. */
const weak = -70
const strong = -55

/** Every read point of the map and every antenna that was heard, those that want something first. */
export function tuned(map: SiteMap, hearing: Hearing): readonly TunedPoint[] {
  const heard = new Map(hearing.points.map((point) => [`${point.gateway}/${point.readPoint}`, point]))
  const mapped = new Map(map.readPoints.map((point) => [`${point.gateway}/${point.id}`, point]))
  const keys = [...new Set([...mapped.keys(), ...heard.keys()])]
  const points = keys.map((key) => {
    const [gateway = '', readPoint = ''] = key.split('/')
    const point = heard.get(key) ?? null
    const kind = mapped.get(key)?.kind
    // The antennas of a gate are meant to hear the same tags.
    const rival = kind === 'gate' ? null : rivalOf(key, hearing, mapped, heard)
    const advice = kind === undefined ? ({ does: 'unmapped' } as const) : adviceFor(point, rival)
    return { key, gateway, readPoint, heard: point, advice }
  })
  const urgency = (point: TunedPoint) => order.indexOf(point.advice.does)
  return points.sort((a, b) => urgency(a) - urgency(b) || a.key.localeCompare(b.key))
}

const order: readonly Advice['does'][] = ['less-power', 'apart', 'unmapped', 'more-power', 'look', 'wait', 'fine']

interface Rival {
  readonly other: string
  readonly share: number
  readonly isStronger: boolean
}

/** The antenna that hears most of what this one hears, gates and its own zone's overview aside. */
function rivalOf(
  key: string,
  hearing: Hearing,
  mapped: ReadonlyMap<string, SiteMap['readPoints'][number]>,
  heard: ReadonlyMap<string, PointHearing>,
): Rival | null {
  const mine = heard.get(key)
  if (mine === undefined || mine.tags === 0) return null
  for (const { one, other, tags } of hearing.overlaps) {
    if (one !== key && other !== key) continue
    const rival = one === key ? other : one
    if (mapped.get(rival)?.kind === 'gate' || covers(mapped.get(key), mapped.get(rival))) continue
    const theirs = heard.get(rival)?.medianRssiDbm ?? Number.NEGATIVE_INFINITY
    return {
      other: rival,
      share: tags / mine.tags,
      isStronger: (mine.medianRssiDbm ?? Number.NEGATIVE_INFINITY) >= theirs,
    }
  }
  return null
}

/** One of them watches the zone that the other stands in: hearing the same is its work. */
function covers(
  one: SiteMap['readPoints'][number] | undefined,
  other: SiteMap['readPoints'][number] | undefined,
): boolean {
  if (one === undefined || other === undefined || one.zone !== other.zone) return false
  return one.kind !== other.kind
}

function adviceFor(point: PointHearing | null, rival: Rival | null): Advice {
  if (point === null) return { does: 'look' }
  if (point.tags < fewestTags) return { does: 'wait' }
  const median = point.medianRssiDbm
  if (rival !== null && rival.share >= sharedTooMuch) {
    const { other, share } = rival
    return rival.isStronger && median !== null && median > strong
      ? { does: 'less-power', other, share }
      : { does: 'apart', other, share }
  }
  return median !== null && median < weak ? { does: 'more-power' } : { does: 'fine' }
}
