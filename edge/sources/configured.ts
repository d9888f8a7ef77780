import type { Clock, Random } from '../../shared/clock.ts'
import type { ReadPointNames } from '../clean/read-point.ts'
import type { Dialect } from '../commands/dialect.ts'
import type { ProtocolName } from '../decoders/protocol.ts'
import type { Decoder } from '../decoders/reading.ts'
import type { Framer } from '../framing/framer.ts'
import type { PowerDesk } from '../power/open.ts'
import type { Source } from './source.ts'

/** What a source may use of the world, beside its device. */
export interface SourceContext {
  readonly clock: Clock
  readonly random: Random
  /** How readers of this protocol are told to read, if they have to be told. */
  commandsOf(protocol: ProtocolName): ReaderCommands | undefined
  /** What the board wants of readers' power; absent: nobody is asked. */
  readonly power?: Pick<PowerDesk, 'reader'>
}

/** How a reader is spoken to, and how its answers are cut. */
export interface ReaderCommands {
  readonly dialect: Dialect
  readonly framer: () => Framer
}

/** Who speaks on a channel, and in which protocol. */
export interface Speaker {
  readonly device: string
  /** By its name, or as the configuration itself describes it (a mapping). */
  readonly protocol: ProtocolName | Decoder
}

/** A source as configured: the door, and who stands behind it. */
export interface ConfiguredSource {
  readonly source: Source
  /** `undefined`: nobody that is configured. */
  speakerOf(channel: string | undefined): Speaker | undefined
  /** Names of a device's antennas, where the configuration gives some. */
  readPointsOf(device: string): ReadPointNames | undefined
}
