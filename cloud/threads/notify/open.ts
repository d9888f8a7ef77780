import { type Remote, remote } from '../line.ts'
import { closeOf, startThread } from '../start.ts'
import type { NotifyCalls, NotifyOrder, NotifyOutward } from './calls.ts'

type Asked = Omit<NotifyCalls, 'open' | 'poke' | 'close'>

/** Notifications, from the thread of the sockets. */
export interface NotifyThread extends Remote<Asked> {
  /** There may be something to tell. */
  poke(): void
  /** Ends what is under way and ends the thread; safe to call twice. */
  close(): Promise<void>
}

const asked: Readonly<Record<keyof Asked, true>> = {
  channels: true,
  channel: true,
  put: true,
  remove: true,
  test: true,
  deliveries: true,
  attempts: true,
  resend: true,
}

/** A few messages a minute, and a page of the list now and then. */
const heap = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 4 }

/** @throws the Fault of a file that cannot be used. */
export async function openNotifyThread(order: NotifyOrder, outward: NotifyOutward): Promise<NotifyThread> {
  const thread = startThread<NotifyCalls>('notify/main', outward, heap)
  try {
    await thread.ask('open', [order])
    return {
      ...remote<NotifyCalls>(thread, Object.keys(asked)),
      poke: () => thread.tell('poke', []),
      close: closeOf(thread),
    }
  } catch (thrown) {
    await thread.stop()
    throw thrown
  }
}
