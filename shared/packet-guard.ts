/** Bytes that one connection may bring. aedes itself knows no limit: it buffers whatever length a packet claims. */
export interface PacketLimits {
  /** All bytes before the connection was accepted. */
  readonly bytesBeforeAccept: number
  /** Remaining length of one packet afterwards (MQTT 3.1.1, 2.2.3). */
  readonly packetBytes: number
}

export type PacketViolation = 'too-much-before-accept' | 'packet-too-large' | 'malformed-length'

/**
 * Watches the fixed headers of the packets that pass by. It judges a packet by the length that it claims, before its
 * bytes have come, and the same however the bytes are split.
 */
export class PacketGuard {
  readonly #limits: PacketLimits
  #accepted = false
  #bytesBefore = 0
  /** Bytes of the present packet still to come; -1: its first byte is next; -2: its length is being read. */
  #left = -1
  #length = 0
  #lengthBytes = 0

  constructor(limits: PacketLimits) {
    this.#limits = limits
  }

  /** The connection has proved who it is. */
  accept(): void {
    this.#accepted = true
  }

  /** Looks at the next bytes. After a violation the connection has to be closed. */
  take(chunk: Uint8Array): PacketViolation | undefined {
    if (!this.#accepted) {
      this.#bytesBefore += chunk.length
      if (this.#bytesBefore > this.#limits.bytesBeforeAccept) return 'too-much-before-accept'
    }
    for (let at = 0; at < chunk.length; ) {
      if (this.#left > 0) {
        const skipped = Math.min(this.#left, chunk.length - at)
        at += skipped
        this.#left -= skipped
        if (this.#left === 0) this.#left = -1
      } else if (this.#left === -1) {
        at++
        this.#left = -2
        this.#length = 0
        this.#lengthBytes = 0
      } else {
        const byte = chunk[at++] ?? 0
        this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes
        this.#lengthBytes++
        if (this.#length > this.#limits.packetBytes) return 'packet-too-large'
        if ((byte & 0x80) === 0) this.#left = this.#length === 0 ? -1 : this.#length
        else if (this.#lengthBytes === 4) return 'malformed-length'
      }
    }
    return undefined
  }
}
