import type { TagRead } from '../../edge/decoders/reading.ts'
import { describeEpc } from '../../shared/epc/describe.ts'

/** One tag at one antenna, as it is watched. */
export interface WatchedTag {
  readonly epc: string
  /** What the EPC says, in the shortest form that a person knows it by. */
  readonly said: string
  readonly device: string
  readonly antenna: number
  rssiDbm: number | undefined
  seenMs: number
  /** Reads by second, the newest at `second` of the ring. */
  readonly counts: number[]
  second: number
}

/** So many seconds make a rate: short enough to follow a hand, long enough to be read. */
const seconds = 5
/** More do not fit any screen; the ones longest unseen go first. */
const most = 1000

/** Tags as they are read, by device, antenna and EPC. */
export interface WatchedTags {
  take(read: TagRead, nowMs: number): void
  /** Newest first by device and antenna; tags not seen for `forMs` are left out. */
  rows(nowMs: number, forMs: number): readonly WatchedTag[]
  rate(tag: WatchedTag, nowMs: number): number
}

export function watchTags(): WatchedTags {
  const tags = new Map<string, WatchedTag>()

  function turnTo(tag: WatchedTag, second: number): void {
    for (let passed = tag.second + 1; passed <= second && passed - tag.second <= seconds; passed += 1)
      tag.counts[passed % seconds] = 0
    tag.second = Math.max(tag.second, second)
  }

  return {
    take({ epc, device, antenna, rssiDbm, count }, nowMs) {
      const key = `${device} ${antenna} ${epc}`
      const second = Math.floor(nowMs / 1000)
      const tag = tags.get(key) ?? {
        epc,
        said: saidOf(epc),
        device,
        antenna,
        rssiDbm: undefined,
        seenMs: nowMs,
        counts: new Array<number>(seconds).fill(0),
        second,
      }
      turnTo(tag, second)
      tag.counts[second % seconds] = (tag.counts[second % seconds] ?? 0) + count
      tag.rssiDbm = rssiDbm ?? tag.rssiDbm
      tag.seenMs = nowMs
      tags.delete(key)
      tags.set(key, tag)
      for (const oldest of tags.keys()) {
        if (tags.size <= most) break
        tags.delete(oldest)
      }
    },
    rows(nowMs, forMs) {
      return [...tags.values()]
        .filter(({ seenMs }) => nowMs - seenMs <= forMs)
        .toSorted((a, b) => a.device.localeCompare(b.device) || a.antenna - b.antenna || a.epc.localeCompare(b.epc))
    },
    rate(tag, nowMs) {
      turnTo(tag, Math.floor(nowMs / 1000))
      return tag.counts.reduce((sum, count) => sum + count, 0) / seconds
    },
  }
}

function saidOf(epc: string): string {
  const { coding, elementString, pureIdentity } = describeEpc(epc)
  return elementString ?? pureIdentity?.replace('urn:epc:id:', '') ?? coding
}

/** Weaker than any tag answers, and stronger than any does. */
const faintDbm = -85
const loudDbm = -35
const cells = 10

/** A bar of ten cells: empty at −85 dBm, full at −35. */
export function barOf(rssiDbm: number | undefined): string {
  if (rssiDbm === undefined) return '·'.repeat(cells)
  const share = Math.min(1, Math.max(0, (rssiDbm - faintDbm) / (loudDbm - faintDbm)))
  const full = Math.round(share * cells)
  return '█'.repeat(full) + '░'.repeat(cells - full)
}

/** The screen, line by line, no wider than `width` and no longer than `height`. */
export function tableOf(
  tags: WatchedTags,
  nowMs: number,
  { width, height }: { width: number; height: number },
): readonly string[] {
  const rows = tags.rows(nowMs, 60_000)
  const saidWidth = Math.max(12, Math.min(34, width - 76))
  const header = `${'READER'.padEnd(18)} ${'EPC'.padEnd(24)} ${'SAYS'.padEnd(saidWidth)} ${'RSSI'.padEnd(cells)}   dBm   READS/S  SEEN`
  const shown = rows.slice(0, Math.max(0, height - 3))
  const lines = shown.map((tag) => {
    const { device, antenna, epc, said, rssiDbm, seenMs } = tag
    return [
      `${device}.${antenna}`.slice(0, 18).padEnd(18),
      epc.slice(0, 24).padEnd(24),
      said.slice(0, saidWidth).padEnd(saidWidth),
      barOf(rssiDbm),
      (rssiDbm === undefined ? '–' : rssiDbm.toFixed(0)).padStart(5),
      tags.rate(tag, nowMs).toFixed(1).padStart(9),
      ageOf(nowMs - seenMs).padStart(5),
    ].join(' ')
  })
  const left = rows.length - shown.length
  const total = rows.reduce((sum, tag) => sum + tags.rate(tag, nowMs), 0)
  const footer = `${rows.length} tags${left > 0 ? `, ${left} more than fit` : ''} · ${total.toFixed(1)} reads/s`
  return [header, ...lines, footer].map((line) => line.slice(0, width))
}

function ageOf(ms: number): string {
  return ms < 1000 ? 'now' : `${Math.floor(ms / 1000)} s`
}
