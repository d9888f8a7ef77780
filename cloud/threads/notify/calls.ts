import type { NoticeRow, Page } from '../../../shared/api.ts'
import type { AttemptRow, Channel, ChannelView, DeliveryRow } from '../../../shared/channel.ts'
import type { PageRequest } from '../../http/read-models.ts'
import type { NotifyConfig } from '../../notify/config.ts'

export interface NotifyOrder {
  readonly config: NotifyConfig
  readonly dataDirectory: string
}

/** What the thread that tells people away from the board is asked. */
export interface NotifyCalls {
  /** First of all. Rejects with what is wrong with the file. */
  open(order: NotifyOrder): Promise<void>
  channels(site: string): readonly ChannelView[]
  channel(site: string, id: string): Channel | undefined
  put(channel: Channel): void
  remove(site: string, id: string): boolean
  test(site: string, id: string, by: string, unique: string): string | undefined
  deliveries(site: string, state: DeliveryRow['state'] | undefined, page: PageRequest): Page<DeliveryRow>
  attempts(site: string, id: string): readonly AttemptRow[] | undefined
  resend(site: string, id: string): boolean
  poke(): void
  close(): Promise<void>
}

/** What it asks of the thread of the sockets. */
export interface NotifyOutward {
  notices(page: PageRequest): Promise<Page<NoticeRow>>
  timeZone(site: string): Promise<string | undefined>
  log(level: 'info' | 'warn' | 'error', fields: object, sentence: string): void
}
