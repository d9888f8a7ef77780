import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { BoardSnapshot } from '../../shared/board.ts'
import type { Clock } from '../../shared/clock.ts'
import type { SiteMap } from '../../shared/site-map.ts'
import type { Hub } from './hub.ts'

export const encodings = ['br', 'gzip', 'identity'] as const
export type Encoding = (typeof encodings)[number]

export interface SnapshotBody {
  readonly revision: number
  /** Weak: two bodies of one revision differ in `now` only. */
  readonly etag: string
  /** The JSON text, ready to send. Compressed once, however many boards ask. */
  bytes(encoding: Encoding): Promise<Buffer>
}

/** Age of `now` in a body that is still handed out; a browser with a wrong clock is wrong by no more than this. */
const freshMs = 2000

/** Serialises a site's snapshot once per revision (and once more when its `now` has grown old). */
export function cachedSnapshots(hub: Hub, clock: Clock): (site: string) => SnapshotBody | undefined {
  const mapTexts = new WeakMap<SiteMap, string>()

  /** The map is nine tenths of the text and hardly ever changes, so its part is kept. */
  function textOf({ map, ...rest }: BoardSnapshot): string {
    let mapText = mapTexts.get(map)
    if (mapText === undefined) {
      mapText = JSON.stringify(map)
      mapTexts.set(map, mapText)
    }
    return `${JSON.stringify(rest).slice(0, -1)},"map":${mapText}}`
  }

  const bodies = new Map<string, { readonly body: SnapshotBody; readonly madeAtMs: number }>()
  return (site) => {
    const held = bodies.get(site)
    const revision = hub.revision(site)
    if (held !== undefined && held.body.revision === revision && clock.monotonicMs() - held.madeAtMs < freshMs) {
      return held.body
    }
    const snapshot = hub.snapshot(site)
    if (snapshot === undefined) return undefined
    const body = bodyOf(snapshot.revision, Buffer.from(textOf(snapshot)))
    bodies.set(site, { body, madeAtMs: clock.monotonicMs() })
    return body
  }
}

function bodyOf(revision: number, plain: Buffer): SnapshotBody {
  const compressed = new Map<Encoding, Promise<Buffer>>()
  return {
    revision,
    etag: `W/"${revision}"`,
    bytes(encoding) {
      let bytes = compressed.get(encoding)
      if (bytes === undefined) {
        bytes = compress(plain, encoding)
        compressed.set(encoding, bytes)
      }
      return bytes
    },
  }
}

function compress(plain: Buffer, encoding: Encoding): Promise<Buffer> {
  switch (encoding) {
    case 'identity':
      return Promise.resolve(plain)
    case 'gzip':
      return promisify(gzip)(plain, { level: 5 })
    case 'br':
      // Quality 4: as fast as gzip 5 on this JSON, and smaller.
      return promisify(brotliCompress)(plain, {
        params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
      })
  }
}
