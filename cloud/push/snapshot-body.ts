import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { packMap, packSnapshot } from '../../shared/board-packed.ts'
import type { Clock } from '../../shared/clock.ts'
import type { SiteMap } from '../../shared/site-map.ts'
import type { Hub } from './hub.ts'

export const encodings = ['br', 'gzip', 'identity'] as const
export type Encoding = (typeof encodings)[number]

export interface Body {
  /** Of the board, or of the map. */
  readonly version: number
  /** Weak: two snapshots of one revision differ in `now` only. */
  readonly etag: string
  /** The JSON text, ready to send. Compressed once, however many boards ask. */
  bytes(encoding: Encoding): Promise<Buffer>
}

/** Age of `now` in a body that is still handed out; a browser with a wrong clock is wrong by no more than this. */
const freshMs = 2000

/** Serialises a site's snapshot once per revision, and once more when its `now` has grown old. */
export function cachedSnapshots(hub: Hub, clock: Clock): (site: string) => Body | undefined {
  const bodies = new Map<string, { readonly body: Body; readonly madeAtMs: number }>()
  return (site) => {
    const held = bodies.get(site)
    const revision = hub.revision(site)
    if (held !== undefined && held.body.version === revision && clock.monotonicMs() - held.madeAtMs < freshMs) {
      return held.body
    }
    const snapshot = hub.snapshot(site)
    if (snapshot === undefined) return undefined
    const body = bodyOf(snapshot.revision, Buffer.from(JSON.stringify(packSnapshot(snapshot))))
    bodies.set(site, { body, madeAtMs: clock.monotonicMs() })
    return body
  }
}

/** A site's map, nine tenths of what a board needs to begin: serialised and compressed once per version. */
export function cachedMaps(hub: Hub): (site: string) => Body | undefined {
  const bodies = new WeakMap<SiteMap, Body>()
  return (site) => {
    const map = hub.map(site)
    if (map === undefined) return undefined
    const body = bodies.get(map) ?? bodyOf(map.version, Buffer.from(JSON.stringify(packMap(map))))
    bodies.set(map, body)
    return body
  }
}

function bodyOf(version: number, plain: Buffer): Body {
  const compressed = new Map<Encoding, Promise<Buffer>>()
  return {
    version,
    etag: `W/"${version}"`,
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
