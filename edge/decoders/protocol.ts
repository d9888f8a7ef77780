/** What a device may speak. Names stand in configurations; `catalogue.ts` says how each is read. */
export const protocolNames = [
  'yrm100',
  'tag-lines',
  'impinj-r700',
  'zigbee2mqtt',
  'item-test-csv',
  'barcode-lines',
  'scan-json',
  'zebra-iotc',
  'the-things-network',
  'ruuvi',
  'llrp',
  'uhfreader18',
  'uhf-prime',
  'thingmagic',
  'a0',
  'tsl',
] as const
export type ProtocolName = (typeof protocolNames)[number]

/** Those that can be cut out of a byte stream. */
export const streamProtocolNames = [
  'yrm100',
  'tag-lines',
  'impinj-r700',
  'item-test-csv',
  'barcode-lines',
  'scan-json',
  'uhfreader18',
  'uhf-prime',
  'thingmagic',
  'a0',
  'tsl',
] as const satisfies ProtocolName[]

/** Those that come as whole messages. */
export const messageProtocolNames = [
  'impinj-r700',
  'zigbee2mqtt',
  'tag-lines',
  'barcode-lines',
  'scan-json',
  'zebra-iotc',
  'the-things-network',
  'ruuvi',
] as const satisfies ProtocolName[]
