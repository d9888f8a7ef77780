import { a0Dialect } from '../commands/a0.ts'
import type { Dialect } from '../commands/dialect.ts'
import { thingMagicDialect } from '../commands/thingmagic.ts'
import { tslDialect } from '../commands/tsl.ts'
import { uhfPrimeDialect } from '../commands/uhf-prime.ts'
import { uhfReader18Dialect } from '../commands/uhfreader18.ts'
import { yrm100Dialect } from '../commands/yrm100.ts'
import { a0Framer } from '../framing/a0.ts'
import type { Framer } from '../framing/framer.ts'
import { anyLineFramer, lineFramer } from '../framing/lines.ts'
import { thingMagicFramer } from '../framing/thingmagic.ts'
import { tslFramer } from '../framing/tsl.ts'
import { uhfPrimeFramer } from '../framing/uhf-prime.ts'
import { uhfReader18Framer } from '../framing/uhfreader18.ts'
import { yrm100Framer } from '../framing/yrm100.ts'
import { decodeA0 } from './a0.ts'
import { decodeBarcodeLine } from './barcode-lines.ts'
import { decodeImpinjR700 } from './impinj-r700.ts'
import { decodeItemTestCsv } from './item-test-csv.ts'
import { decodeLlrp } from './llrp/from-reader.ts'
import type { ProtocolName } from './protocol.ts'
import type { Decoder } from './reading.ts'
import { decodeRuuvi } from './ruuvi.ts'
import { decodeScanJson } from './scan-json.ts'
import { decodeTagLine } from './tag-lines.ts'
import { decodeTheThingsNetwork } from './the-things-network.ts'
import { decodeThingMagic } from './thingmagic.ts'
import { decodeTsl } from './tsl.ts'
import { decodeUhfPrime } from './uhf-prime.ts'
import { decodeUhfReader18 } from './uhfreader18.ts'
import { decodeYrm100 } from './yrm100.ts'
import { decodeZebraIotc } from './zebra-iotc.ts'
import { decodeZigbee2Mqtt } from './zigbee2mqtt.ts'

export interface Protocol {
  readonly decode: Decoder
  /** How whole frames are cut from a stream; absent where it exists only as whole messages. */
  readonly framer?: () => Framer
  /** How a reader is told to read; absent where it reports by itself. */
  readonly dialect?: Dialect
}

/** What a mapping of the configuration describes comes one JSON document a line, where it comes as a stream. */
export const mappedLines = () => lineFramer({ longestBytes: 64 * 1024 })

/** Every protocol that the gateway understands. */
export const protocols: Readonly<Record<ProtocolName, Protocol>> = {
  yrm100: { decode: decodeYrm100, framer: yrm100Framer, dialect: yrm100Dialect },
  'tag-lines': { decode: decodeTagLine, framer: () => lineFramer({ longestBytes: 512 }) },
  'impinj-r700': { decode: decodeImpinjR700, framer: () => lineFramer({ longestBytes: 64 * 1024 }) },
  zigbee2mqtt: { decode: decodeZigbee2Mqtt },
  'barcode-lines': { decode: decodeBarcodeLine, framer: () => anyLineFramer({ longestBytes: 1024 }) },
  'scan-json': { decode: decodeScanJson, framer: () => lineFramer({ longestBytes: 64 * 1024 }) },
  'item-test-csv': { decode: decodeItemTestCsv, framer: () => lineFramer({ longestBytes: 1024 }) },
  'zebra-iotc': { decode: decodeZebraIotc },
  'the-things-network': { decode: decodeTheThingsNetwork },
  ruuvi: { decode: decodeRuuvi },
  llrp: { decode: decodeLlrp },
  uhfreader18: { decode: decodeUhfReader18, framer: uhfReader18Framer, dialect: uhfReader18Dialect },
  'uhf-prime': { decode: decodeUhfPrime, framer: uhfPrimeFramer, dialect: uhfPrimeDialect },
  thingmagic: { decode: decodeThingMagic, framer: thingMagicFramer, dialect: thingMagicDialect },
  a0: { decode: decodeA0, framer: a0Framer, dialect: a0Dialect },
  tsl: { decode: decodeTsl, framer: tslFramer, dialect: tslDialect },
}

/** How readers of this protocol are told to read, if they have to be told. */
export function commandsOf(name: ProtocolName): { dialect: Dialect; framer: () => Framer } | undefined {
  const { dialect, framer } = protocols[name]
  return dialect === undefined || framer === undefined ? undefined : { dialect, framer }
}
