import { setTimeout as sleep } from 'node:timers/promises'
import { SerialPort } from 'serialport'

export type { SerialPort }

/** A line whose other end takes nothing is not waited for any longer. */
const writeWithinMs = 250

/** The open port, or why it is not. */
export function openPort(path: string, baudRate: number): Promise<SerialPort | string> {
  return new Promise((resolve) => {
    const port = new SerialPort({ path, baudRate, autoOpen: false })
    port.open((error) => resolve(error === null ? port : whyNotOpen(path, error.message)))
  })
}

/** What the system says of a port that does not open, and what people can do about it. */
export function whyNotOpen(path: string, message: string): string {
  if (/no such (file|device)/i.test(message)) return `${path} is not there: is it plugged in and powered?`
  if (/permission denied/i.test(message))
    return `${path} may not be opened by this user: add it to the group dialout, and sign in again`
  if (/cannot lock port|resource temporarily unavailable|busy/i.test(message))
    return `${path} is in use by another program: stop that one (warepulse doctor names it)`
  return `${path}: ${message}`
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
