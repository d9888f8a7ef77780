/**
 * An event as it goes over the wire to any number of boards of `/live`: text of Engine.IO 4 and Socket.IO 5, and the
 * WebSocket frame around it in one piece (RFC 6455 §5.2: final, text, not masked). Made once, written many times.
 */
export function frameOf(event: string, payload: unknown): Buffer {
  const text = `42/live,${JSON.stringify([event, payload])}`
  const length = Buffer.byteLength(text)
  const headerLength = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const bytes = Buffer.allocUnsafe(headerLength + length)
  bytes[0] = 0x81
  if (headerLength === 2) bytes[1] = length
  else if (headerLength === 4) {
    bytes[1] = 126
    bytes.writeUInt16BE(length, 2)
  } else {
    bytes[1] = 127
    bytes.writeBigUInt64BE(BigInt(length), 2)
  }
  bytes.write(text, headerLength)
  return bytes
}
