/** Bands that a reader may be set to; the names are those of the regulations, or of the country. */
export const regions = ['etsi', 'fcc', 'china', 'korea'] as const
export type Region = (typeof regions)[number]

/** What a reader shall be set to. What is absent stays as it is. */
export interface ReaderSettings {
  readonly powerDbm?: number | undefined
  readonly region?: Region | undefined
  /** Ports, 1-based, to be read in turn. */
  readonly antennas?: readonly number[] | undefined
}

/** What a frame means for the command that was sent last: it is answered, refused, or this is about something else. */
export type Reply = 'done' | 'failed' | 'other'

/** How a reader is told to read. Pure: bytes out, and what the frames that come back mean for them. */
export interface Dialect {
  /** Why no reader of this kind can be set so; `undefined` if it can. */
  refuse(settings: ReaderSettings): string | undefined
  /** Sets the reader up, one command after the other. */
  setUp(settings: ReaderSettings): readonly Uint8Array[]
  /** Makes it read: until it is told to stop, or (`isPolled`) for one round over all antennas. */
  inventory(settings: ReaderSettings): readonly Uint8Array[]
  readonly isPolled: boolean
  /** Makes it stop. Absent where a round ends by itself. */
  readonly stop?: Uint8Array
  judge(frame: Uint8Array, sent: Uint8Array): Reply
}

/** The usual limits of settings, told in the words of the configuration. */
export function refuseBeyond(
  { powerDbm, region, antennas }: ReaderSettings,
  can: {
    readonly powerDbm?: readonly [lowest: number, highest: number]
    readonly regions?: readonly Region[]
    readonly ports?: number
  },
): string | undefined {
  if (powerDbm !== undefined) {
    if (can.powerDbm === undefined) return 'powerDbm: this protocol has no command for it'
    const [lowest, highest] = can.powerDbm
    if (powerDbm < lowest || powerDbm > highest) return `powerDbm: this protocol takes ${lowest} to ${highest}`
  }
  if (region !== undefined && !(can.regions ?? []).includes(region)) {
    return can.regions === undefined
      ? 'region: this protocol has no command for it'
      : `region: this protocol takes ${can.regions.join(', ')}`
  }
  const ports = can.ports ?? 1
  if (antennas?.some((port) => port > ports)) {
    return `antennas: readers of this protocol have ${ports} ${ports === 1 ? 'port' : 'ports'}`
  }
  return undefined
}
