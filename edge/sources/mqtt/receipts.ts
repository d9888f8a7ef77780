/** Acknowledgements that wait for the disk. */
export interface Receipts {
  /** A message at QoS 1 was taken, and is to be acknowledged. */
  owe(messageId: number): void
}

/**
 * PUBACKs (MQTT 3.1.1 §3.4) in the order of their messages, each once the records that came of its message are durable.
 * The disk is asked for all messages of one turn together, and answered for with one write: a broker that waits for
 * every single one would have us sync and write for each. None is sent if `durable` never resolves.
 */
export function openReceipts(durable: () => Promise<void>, write: (bytes: Uint8Array) => void): Receipts {
  let owed: number[] = []
  let asking = false

  async function settle(): Promise<void> {
    while (owed.length > 0) {
      const stored = owed
      owed = []
      await durable()
      write(pubacks(stored))
    }
    asking = false
  }

  return {
    owe(messageId) {
      owed.push(messageId)
      if (asking) return
      asking = true
      setImmediate(settle)
    },
  }
}

function pubacks(messageIds: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * messageIds.length)
  let at = 0
  for (const id of messageIds) {
    bytes[at] = 0x40
    bytes[at + 1] = 2
    bytes[at + 2] = id >> 8
    bytes[at + 3] = id & 0xff
    at += 4
  }
  return bytes
}
