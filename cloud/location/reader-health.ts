/** After this long without a sign of life of whatever covers it, a slot is unknown, ms of tick time. */
export const slotExpiryMs = 5 * 60_000

/** What is known of the health of one reader. JSON-safe. */
export interface ReaderHealth {
  state: 'up' | 'silent' | 'down'
  /** Event time of `state`. */
  at: number
  /** Newest event time of anything that the reader itself did. */
  signAt: number
}

/** What is known of the link of one gateway. */
export interface LinkHealth {
  state: 'online' | 'offline' | 'never'
  /** Since when; for `never`, since the map names it. */
  at: number
}

/** Newest event time wins; at equal times the worse state. */
export function hearDevice(reader: ReaderHealth, state: ReaderHealth['state'], at: number): void {
  if (at < reader.at || (at === reader.at && severity(state) < severity(reader.state))) return
  reader.state = state
  reader.at = at
}

/** A read is a sign of life: it revives a reader that was called silent or down before it. */
export function hearRead(reader: ReaderHealth, at: number): void {
  if (at > reader.signAt) reader.signAt = at
}

/** Has it ever said or done anything? Until then nobody knows what stands before it. */
export function wasHeard(reader: ReaderHealth): boolean {
  return reader.at > 0 || reader.signAt > 0
}

/** When it stopped being believable; undefined while it is healthy. */
export function unhealthySince(reader: ReaderHealth, link: LinkHealth): number | undefined {
  const device = reader.state !== 'up' && reader.at >= reader.signAt ? reader.at : undefined
  const connection = link.state === 'online' ? undefined : Math.max(link.at, reader.signAt)
  if (device === undefined || connection === undefined) return device ?? connection
  return Math.min(device, connection)
}

/** Nothing that it last said can be taken for now any more. */
export function hasExpired(reader: ReaderHealth, link: LinkHealth, now: number): boolean {
  const since = unhealthySince(reader, link)
  return since !== undefined && now - since >= slotExpiryMs
}

function severity(state: ReaderHealth['state']): number {
  return state === 'up' ? 0 : state === 'silent' ? 1 : 2
}
