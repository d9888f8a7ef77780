/**
 * The slave's half of Modbus RTU (Modbus over serial line 1.02; Modbus application protocol 1.1b3), as pure functions
 * of bytes.
 */
export interface Request {
  /** 0 = broadcast: obey, never answer. */
  readonly address: number
  readonly functionCode: number
  /** Without address, function code and CRC. */
  readonly data: Uint8Array
}

export const functionCodes = { readHolding: 0x03, readInput: 0x04, writeSingle: 0x06, writeMultiple: 0x10 } as const
export const exceptions = { illegalFunction: 0x01, illegalAddress: 0x02, illegalValue: 0x03 } as const

/** CRC-16/MODBUS: polynomial 8005h reflected (A001h), preset FFFFh; sent low byte first. */
export function modbusCrc(bytes: Uint8Array): number {
  let crc = 0xffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >> 1) ^ ((crc & 1) !== 0 ? 0xa001 : 0)
  }
  return crc
}

export function withCrc(bytes: Uint8Array): Uint8Array {
  const crc = modbusCrc(bytes)
  return Uint8Array.of(...bytes, crc & 0xff, crc >> 8)
}

/** The request at the start of `bytes` and its length; `undefined` = cannot be told yet, or none. */
export function requestAt(bytes: Uint8Array): { readonly request: Request; readonly length: number } | undefined {
  const length = requestLength(bytes)
  if (length === undefined || bytes.length < length) return undefined
  const body = bytes.subarray(0, length - 2)
  const crc = (bytes[length - 2] ?? 0) | ((bytes[length - 1] ?? 0) << 8)
  if (crc !== modbusCrc(body)) return undefined
  return { request: { address: body[0] ?? 0, functionCode: body[1] ?? 0, data: body.slice(2) }, length }
}

/** By function code; for one that is not known, all there is, for only silence ends it (2.5.1.1). */
function requestLength(bytes: Uint8Array): number | undefined {
  const functionCode = bytes[1]
  if (functionCode === undefined || bytes.length < 4) return undefined
  if (functionCode >= 0x01 && functionCode <= 0x06) return 8
  if (functionCode !== 0x0f && functionCode !== functionCodes.writeMultiple) return bytes.length
  const byteCount = bytes[6]
  return byteCount === undefined ? undefined : 9 + byteCount
}

export function answer(request: Request, data: readonly number[]): Uint8Array {
  return withCrc(Uint8Array.of(request.address, request.functionCode, ...data))
}

export function exception(request: Request, code: number): Uint8Array {
  return withCrc(Uint8Array.of(request.address, request.functionCode | 0x80, code))
}
