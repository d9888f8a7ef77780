import { linePrefix } from './line-protocol.ts'
import { flawOf, isPlain } from './schema.ts'
import type { Measurement, Point, Rejection, SeriesName } from './series-store.ts'

/** A series whose names were found sound, with what all of its lines begin with. */
interface KnownSeries {
  readonly prefix: Uint8Array
  readonly lane: Lane
  /** Index of its last point while points are put in order; −1 at all other times. */
  last: number
}

type Lane = 0 | 1

/** Points in the order in which they are to be written, and the series of each of them by its index. */
export interface InOrder {
  readonly lanes: readonly [readonly number[], readonly number[]]
  readonly series: readonly (KnownSeries | undefined)[]
}

/** The series and fields that were found sound; as many as there are. */
export function openKnownSeries() {
  const measurements: Tree<Tree<Tree<Tree<KnownSeries>>>> = new Map()
  const fields = new Set<string>()
  const isSound = (field: string) => fields.has(field)
  /** The last place of each measurement: points of one gateway come together. */
  const lastPlaces = new Map<Measurement, { readonly name: SeriesName; readonly sources: Tree<KnownSeries> }>()

  // Level by level: a name put together for each point would be the dearest part of its way.
  function sourcesAt(name: SeriesName): Tree<KnownSeries> {
    const { measurement, site, gateway } = name
    const last = lastPlaces.get(measurement)
    if (last !== undefined && last.name.gateway === gateway && last.name.site === site) return last.sources
    const sources = branch(branch(branch(measurements, measurement), site), gateway)
    lastPlaces.set(measurement, { name, sources })
    return sources
  }

  /** The point's series; or, as text, why the point cannot be stored. */
  function seriesOf(point: Point): KnownSeries | string {
    const sources = sourcesAt(point)
    const known = sources.get(point.source)
    if (known !== undefined) return known
    const flaw = flawOf(point)
    if (flaw !== undefined) return flaw
    const series = { prefix: linePrefix(point), lane: laneOf(point.source), last: -1 }
    sources.set(point.source, series)
    return series
  }

  return {
    /**
     * Series after series, and within each as they came: a server that is told of one series at a time looks for it once
     * and not for each of its points. All in the first lane, or half of the series in each. What cannot be stored is
     * noted with its reason.
     */
    inOrder(points: readonly Point[], isParallel: boolean, rejections: Rejection[]): InOrder {
      const series: (KnownSeries | undefined)[] = new Array(points.length)
      /** Of each point the next one of its series: a ring, in which the first follows the last. */
      const following = new Int32Array(points.length)
      const met: KnownSeries[] = []
      for (let index = 0; index < points.length; index += 1) {
        const found = seriesOf(points[index] as Point)
        if (typeof found === 'string') {
          rejections.push({ index, reason: found })
          continue
        }
        series[index] = found
        const { last } = found
        if (last < 0) {
          met.push(found)
          following[index] = index
        } else {
          following[index] = following[last] as number
          following[last] = index
        }
        found.last = index
      }
      const lanes: [number[], number[]] = [[], []]
      for (const one of met) {
        const lane = lanes[isParallel ? one.lane : 0]
        const first = following[one.last] as number
        for (let index = first; ; index = following[index] as number) {
          lane.push(index)
          if (index === one.last) break
        }
        one.last = -1
      }
      return { lanes, series }
    },

    /** Why a point of a known series cannot be stored; undefined: it can. */
    flawOf(point: Point): string | undefined {
      if (isPlain(point, isSound)) return undefined
      const flaw = flawOf(point)
      if (flaw === undefined) for (const field in point.fields) fields.add(field)
      return flaw
    },
  }
}

type Tree<T> = Map<string, T>

function branch<T>(tree: Tree<Tree<T>>, name: string): Tree<T> {
  const known = tree.get(name)
  if (known !== undefined) return known
  const made: Tree<T> = new Map()
  tree.set(name, made)
  return made
}

/** One source always takes the same lane: of two points of one instant the later one stays the later one. */
function laneOf(source: string): Lane {
  let sum = 0
  for (let i = 0; i < source.length; i++) sum += source.charCodeAt(i)
  return (sum & 1) === 0 ? 0 : 1
}
