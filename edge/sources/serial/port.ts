import { setTimeout as sleep } from 'node:timers/promises'
import { SerialPort } from 'serialport'

export type { SerialPort }

/** A line whose other end takes nothing is not waited for any longer. */
const writeWithinMs = 250

/** The open port, or why it is not. */
export function openPort(path: string, baudRate: number): Promise<SerialPort | string> {
  return new Promise((resolve) => {
    const port = new SerialPort({ path, baudRate, autoOpen: false })
    port.open((error) => resolve(error === null ? port : error.message))
  })
}

/** Resolves when the kernel has the bytes, or after a moment without; never rejects, on a port that is gone neither. */
export async function writePort(port: SerialPort, bytes: Uint8Array): Promise<void> {
  if (!port.isOpen) return
  const stop = new AbortController()
  const written = new Promise<void>((resolve) => void port.write(bytes, () => resolve()))
  await Promise.race([written, sleep(writeWithinMs, undefined, { signal: stop.signal }).catch(() => {})])
  stop.abort()
}

/** Safe to call twice, and on a port that is gone. */
export function closePort(port: SerialPort): Promise<void> {
  return new Promise((resolve) => {
    if (port.isOpen) port.close(() => resolve())
    else resolve()
  })
}
