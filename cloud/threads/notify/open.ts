import type { MessagePort } from 'node:worker_threads'
import { type Remote, remote } from '../line.ts'
import { closeOf, roomAt } from '../start.ts'
import type { NotifyCalls, NotifyOrder, NotifyOutward } from './calls.ts'

type Asked = Omit<NotifyCalls, 'open' | 'poke' | 'close'>

/** Notifications, from the thread of the sockets. */
export interface NotifyRoom extends Remote<Asked> {
  /** There may be something to tell. */
  poke(): void
  /** Ends what is under way and closes the queue; safe to call twice. */
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

/** @throws the Fault of a file that cannot be used. */
export async function openNotifyRoom(
  port: MessagePort,
  order: NotifyOrder,
  outward: NotifyOutward,
): Promise<NotifyRoom> {
  const room = roomAt<NotifyCalls>(port, outward)
  try {
    await room.ask('open', [order])
    return {
      ...remote<NotifyCalls>(room, Object.keys(asked)),
      poke: () => room.tell('poke', []),
      close: closeOf(room),
    }
  } catch (thrown) {
    await room.stop()
    throw thrown
  }
}
