import type { GatewayEntry, JournalEntry, OwnEntry } from '../../cloud/journal/journal.ts'
import type { OwnRecord } from '../../cloud/journal/own-record.ts'
import type { KnownRecord, UnknownRecord } from '../../shared/record.ts'
import type { SiteMap } from '../../shared/site-map.ts'

/** 2026-11-23 08:00:00 UTC. */
export const t0 = Date.UTC(2026, 10, 23, 8)
export const never = new AbortController().signal

type Records = readonly (KnownRecord | UnknownRecord | null)[]

/** An entry of gateway `gw1` of site `rtm`, recorded when its newest record happened; numbered by `numbered`. */
export function fromGateway(records: Records, changes: Partial<GatewayEntry> = {}): GatewayEntry {
  const newest = Math.max(t0, ...records.map((record) => Number(record?.['at'] ?? 0)))
  return {
    origin: 'gateway',
    offset: 0,
    recordedAt: newest,
    site: 'rtm',
    gateway: 'gw1',
    epoch: '00112233445566778899aabbccddeeff',
    first: 1,
    late: false,
    records,
    ...changes,
  }
}

export function fromCloud(records: readonly OwnRecord[], site: string | undefined = 'rtm'): OwnEntry {
  return { origin: 'cloud', offset: 0, recordedAt: Math.max(t0, ...records.map(({ at }) => at)), site, records }
}

export function tick(at: number): OwnEntry {
  return fromCloud([{ kind: 'tick', at }], undefined)
}

export function published(map: SiteMap, at = t0 - 60_000): OwnEntry {
  return fromCloud([{ kind: 'map', at, by: 'test', map }])
}

/** Offsets and sequence numbers as the journal would give them. */
export function numbered(entries: readonly JournalEntry[], after = 0): readonly JournalEntry[] {
  let sequence = 1
  return entries.map((entry, index) => {
    const offset = after + index + 1
    if (entry.origin === 'cloud') return { ...entry, offset }
    const first = sequence
    sequence += entry.records.length
    return { ...entry, offset, first }
  })
}

/** Two zones with two slots each; an antenna per slot, one per zone, and a gate; one sensor in the cold room. */
export function rotterdam(changes: Partial<SiteMap> = {}): SiteMap {
  const size = { x: 0, y: 0, width: 1, depth: 1 }
  const slot = (id: string, zone: string) => ({ id, zone, level: 0, ...size })
  const point = (id: string, kind: 'slot' | 'zone' | 'gate', zone: string, slots: string[] = []) => {
    return { id, gateway: 'gw1', device: id.split('.')[0] ?? id, kind, zone, slots, x: 0, y: 0 }
  }
  return {
    version: 1,
    site: 'rtm',
    name: 'Rotterdam',
    timeZone: 'Europe/Amsterdam',
    width: 40,
    depth: 20,
    zones: [
      { id: 'A', name: 'Aisle A', kind: 'storage', ...size },
      { id: 'COLD', name: 'Cold room', kind: 'cold', ...size },
      { id: 'DOCK', name: 'Dock', kind: 'dock', ...size },
    ],
    slots: [slot('A-1', 'A'), slot('A-2', 'A'), slot('C-1', 'COLD'), slot('C-2', 'COLD')],
    readPoints: [
      point('shelf.1', 'slot', 'A', ['A-1']),
      point('shelf.2', 'slot', 'A', ['A-2']),
      point('roof.1', 'zone', 'A', ['A-1', 'A-2']),
      point('cold.1', 'slot', 'COLD', ['C-1']),
      point('door.1', 'gate', 'DOCK'),
    ],
    sensors: [
      {
        id: 'probe',
        name: 'Probe',
        gateway: 'gw1',
        zone: 'COLD',
        x: 0,
        y: 0,
        limits: { temperature: { low: 2, high: 8 } },
      },
    ],
    skus: [],
    ...changes,
  }
}

export const epcA = '3034257BF7194E4000001A85'
export const epcB = '3034257BF7194E4000001A86'
/** Tags of the SSCCs 340123450000000017 and 340123450000000024. */
export const palletA = '3114F4E4E4B2D05E01000000'
export const palletB = '3114F4E4E4B2D05E02000000'

export function observation(at: number, readPoint: string, epc = epcA, count = 3): KnownRecord {
  return { kind: 'observation', at, firstAt: at - 100, readPoint, epc, count }
}

export function measurement(at: number, values: Record<string, number | null>, sensor = 'probe'): KnownRecord {
  return { kind: 'measurement', at, sensor, values }
}
