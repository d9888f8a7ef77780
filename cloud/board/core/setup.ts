import type { GatewayState } from '../../../shared/api.ts'
import type { Rule } from '../../../shared/rule.ts'
import type { ReadPoint, SiteMap, Slot } from '../../../shared/site-map.ts'
import { examplePattern, type PatternFlaw, slotsByPattern } from './map/rack-pattern.ts'

/** The way from nothing to a board on the wall. Where somebody is on it is read off what is there, so it can be left. */
export const setupSteps = ['password', 'site', 'gateway', 'reader', 'rule', 'wall'] as const
export type SetupStep = (typeof setupSteps)[number]

export interface SetupFacts {
  /** Whoever sets up can come back without a link. */
  readonly hasPassword: boolean
  /** `null`: there is no site yet. */
  readonly map: Pick<SiteMap, 'site' | 'readPoints'> | null
  readonly gateways: readonly Pick<GatewayState, 'link'>[]
  readonly rules: readonly Pick<Rule, 'id'>[]
  readonly walls: number
}

export function stepsDone({ hasPassword, map, gateways, rules, walls }: SetupFacts): ReadonlySet<SetupStep> {
  const done: Readonly<Record<SetupStep, boolean>> = {
    password: hasPassword,
    site: map !== null,
    gateway: gateways.some(({ link }) => link !== 'never'),
    reader: map !== null && map.readPoints.length > 0,
    // What the site was given with its map is named after it.
    rule: map !== null && rules.some(({ id }) => !id.endsWith(`.${map.site}`)),
    wall: walls > 0,
  }
  return new Set(setupSteps.filter((step) => done[step]))
}

export interface NewSite {
  readonly site: string
  readonly name: string
  readonly timeZone: string
  readonly aisles: number
  /** On each side of an aisle. */
  readonly racks: number
  readonly levels: number
  readonly positions: number
  readonly zoneNames: { readonly dock: string; readonly racks: string }
}

/** Metres in front of the racks, for trucks. */
const dockDepth = 6
const margin = 2

/** A dock, and racks behind it. The map editor makes it what the building is. */
export function firstMap(
  wanted: NewSite,
): { readonly ok: true; readonly map: SiteMap } | { readonly ok: false; readonly flaws: readonly PatternFlaw[] } {
  const { site, name, timeZone, aisles, racks, levels, positions, zoneNames } = wanted
  const place = { zone: 'racks', x: margin, y: dockDepth + margin }
  const made = slotsByPattern({ ...examplePattern, ...place, aisles, racks, levels, positions })
  if (!made.ok) return made
  const end = (far: (slot: Slot) => number) => Math.ceil(Math.max(...made.slots.map(far)) + margin)
  const width = end((slot) => slot.x + slot.width)
  const depth = end((slot) => slot.y + slot.depth)
  const racksAt = { x: 0, y: dockDepth, width, depth: depth - dockDepth }
  return {
    ok: true,
    map: {
      ...{ version: 1, site, name, timeZone, width, depth },
      zones: [
        { id: 'dock', name: zoneNames.dock, kind: 'dock', x: 0, y: 0, width, depth: dockDepth },
        { id: 'racks', name: zoneNames.racks, kind: 'storage', ...racksAt },
      ],
      slots: [...made.slots],
      readPoints: [],
      sensors: [],
      skus: [],
    },
  }
}

/** A floor with nothing on it but itself, for whoever draws the racks, or has them in a spreadsheet. Metres. */
export function emptySite({
  site,
  name,
  timeZone,
  width,
  depth,
  zoneName,
}: Pick<NewSite, 'site' | 'name' | 'timeZone'> & {
  readonly width: number
  readonly depth: number
  readonly zoneName: string
}): SiteMap {
  return {
    ...{ version: 1, site, name, timeZone, width, depth },
    zones: [{ id: 'racks', name: zoneName, kind: 'storage', x: 0, y: 0, width, depth }],
    slots: [],
    readPoints: [],
    sensors: [],
    skus: [],
  }
}

/** An identifier out of a name; empty where nothing of it can be one. */
export function siteIdOf(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 32)
}

export interface NewReader {
  readonly gateway: string
  readonly device: string
  readonly zone: string
  readonly kind: 'gate' | 'zone'
  readonly antennas: number
}

/**
 * The next version of the map, with the antennas of a reader in its zone. Of a gate the first half hangs outside, the
 * rest inside; `null` = there is no such zone.
 */
export function withReader(map: SiteMap, { gateway, device, zone, kind, antennas }: NewReader): SiteMap | null {
  const around = map.zones.find(({ id }) => id === zone)
  if (around === undefined) return null
  const points = Array.from({ length: antennas }, (_, index): ReadPoint => {
    const outside = index < antennas / 2
    return {
      id: `${device}.${index + 1}`,
      ...{ gateway, device, kind, zone },
      slots: [],
      ...(kind === 'gate' && { side: outside ? ('outside' as const) : ('inside' as const) }),
      x: around.x + (around.width * (index + 1)) / (antennas + 1),
      y: around.y + around.depth / 2,
    }
  })
  const others = map.readPoints.filter((point) => point.gateway !== gateway || point.device !== device)
  return { ...map, version: map.version + 1, readPoints: [...others, ...points] }
}

/** What a gateway is told: who it is and where its cloud is. `origin`: of this board. */
export function gatewayYaml({ site, gateway, origin }: { site: string; gateway: string; origin: string }): string {
  const { protocol, hostname } = new URL(origin)
  const isSecure = protocol === 'https:'
  const isHere = /^(localhost|127\.|\[::1\])/.test(hostname)
  return [
    'version: 1',
    'gateway:',
    `  site: ${site}`,
    `  id: ${gateway}`,
    'uplink:',
    `  url: ${isSecure ? 'mqtts' : 'mqtt'}://${hostname}:${isSecure ? 8883 : 1883}`,
    ...(isSecure || isHere ? [] : ['  allowPlaintext: true']),
    '  secretFile: ./gateway.secret',
    'spool:',
    '  directory: ./spool',
    'sources: []',
    '',
  ].join('\n')
}

/** The lines of the gateway's configuration that name an LLRP reader. */
export function readerYaml(device: string, host: string): string {
  return ['sources:', '  - type: llrp', `    id: ${device}`, `    host: ${host}`, ''].join('\n')
}
