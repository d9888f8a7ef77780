/**
 * CRC-16 of UHFReader18, UHFReader288 and UHF Prime readers: polynomial 1021h reflected (8408h), preset FFFFh, no final
 * exclusive or; over `bytes` from `from` to `to`.
 */
export function crc16Reflected(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0xffff
  for (let i = from; i < to; i++) crc = (crc >> 8) ^ (reflectedTable[(crc ^ (bytes[i] ?? 0)) & 0xff] ?? 0)
  return crc
}

/**
 * CRC-16 of ThingMagic's serial protocol: polynomial 1021h, preset FFFFh, and, unlike CCITT's, the message's bits are
 * shifted in at the low end, so that the last 16 of them pass no polynomial (M6e, "serial protocol", CRC by nibbles).
 */
export function crc16ThingMagic(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0xffff
  for (let i = from; i < to; i++) {
    crc = (((crc << 8) & 0xffff) | (bytes[i] ?? 0)) ^ (forwardTable[crc >> 8] ?? 0)
  }
  return crc
}

const reflectedTable = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >> 1 : (crc >> 1) ^ 0x8408
  return crc
})

const forwardTable = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8
  for (let bit = 0; bit < 8; bit++) crc = ((crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021) & 0xffff
  return crc
})
