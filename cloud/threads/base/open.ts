import { startThread } from '../start.ts'
import type { BaseCalls } from './main.ts'

/** `makeBase` (`cloud/retention/base.ts`) on a thread of its own, which ends with it. */
export async function makeBaseAside(dataDirectory: string, files: readonly string[]): Promise<number> {
  const thread = startThread<BaseCalls>('base/main', {})
  try {
    return await thread.ask('makeBase', [dataDirectory, files])
  } finally {
    await thread.stop()
  }
}
