import { realpath } from 'node:fs/promises'
import { wait } from '../wait.ts'

/**
 * Resolves when the path is gone or leads elsewhere, or when `signal` aborts. Unplugging a USB adapter often gives no
 * event before the next write, and its by-id link comes back on another device.
 */
export async function waitForReplug(path: string, everyMs: number, signal: AbortSignal): Promise<string> {
  const target = () => realpath(path).catch(() => undefined)
  const opened = await target()
  while (!signal.aborted) {
    await wait(everyMs, signal)
    const now = await target()
    if (now !== opened) return now === undefined ? 'port disappeared' : 'port was replaced'
  }
  return 'stopped'
}
