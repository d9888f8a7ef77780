/**
 * LLRP 1.0.1 and 1.1 as bytes (EPCglobal LLRP, "binary encoding"), as far as a simulated reader needs them. Big-endian.
 * Message: 3 bits reserved, 3 bits version, 10 bits type, 32 bits length, 32 bits id. Long parameter (TLV): 6 bits
 * reserved, 10 bits type, 16 bits length. Brief parameter (TV): a one, 7 bits type, and a length that the type implies.
 */
export interface LlrpMessage {
  readonly type: number
  readonly version: number
  readonly id: number
  readonly body: Buffer
}

export interface LlrpParameter {
  readonly type: number
  /** Without its header. */
  readonly body: Buffer
  /** With it. */
  readonly whole: Buffer
}

export function unsigned(bits: 8 | 16 | 32 | 64, value: number | bigint): Buffer {
  const bytes = Buffer.alloc(bits / 8)
  if (bits === 64) bytes.writeBigUInt64BE(BigInt(value))
  else bytes.writeUIntBE(Number(value), 0, bits / 8)
  return bytes
}

export function signed(bits: 8 | 16, value: number): Buffer {
  const bytes = Buffer.alloc(bits / 8)
  bytes.writeIntBE(value, 0, bits / 8)
  return bytes
}

/** UTF-8 with its length in bytes before it. */
export function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([unsigned(16, bytes.length), bytes])
}

export function long(type: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([unsigned(16, type), unsigned(16, body.length + 4), body])
}

export function brief(type: number, value: Uint8Array): Buffer {
  return Buffer.concat([unsigned(8, 0x80 | type), value])
}

export function llrpMessage(type: number, id: number, version: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([unsigned(16, (version << 10) | type), unsigned(32, body.length + 10), unsigned(32, id), body])
}

/** Whole messages at the front of `bytes`, and what is left. `undefined`: no client speaks so. */
export function takeMessages(bytes: Buffer): { messages: readonly LlrpMessage[]; rest: Buffer } | undefined {
  const messages: LlrpMessage[] = []
  let at = 0
  while (bytes.length - at >= 10) {
    const word = bytes.readUInt16BE(at)
    const length = bytes.readUInt32BE(at + 2)
    const version = word >> 10
    if (version < 1 || version > 2 || length < 10 || length > 1 << 20) return undefined
    if (bytes.length - at < length) break
    const body = bytes.subarray(at + 10, at + length)
    messages.push({ type: word & 0x3ff, version, id: bytes.readUInt32BE(at + 6), body })
    at += length
  }
  return { messages, rest: bytes.subarray(at) }
}

/** Long parameters that follow each other; what comes behind anything else is left out. */
export function parametersIn(bytes: Buffer): readonly LlrpParameter[] {
  const found: LlrpParameter[] = []
  for (let at = 0; at + 4 <= bytes.length; ) {
    const type = bytes.readUInt16BE(at)
    const length = bytes.readUInt16BE(at + 2)
    if (type > 0x3ff || length < 4 || at + length > bytes.length) break
    found.push({ type, body: bytes.subarray(at + 4, at + length), whole: bytes.subarray(at, at + length) })
    at += length
  }
  return found
}
