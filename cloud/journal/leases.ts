import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { GatewayAddress } from '../../shared/wire.ts'

/** The lease whose batches are taken. `number` is the order of granting; 0 and no token: none was used yet. */
export interface LeaseInForce {
  readonly number: number
  readonly lease: string | undefined
}

/**
 * Leases beyond the newest of a gateway, retired or never used, that are remembered. One that is forgotten is refused
 * like a retired one, so a link that flaps for a year costs no disk.
 */
const rememberedLeases = 64

/** The lease table. Every call stands inside the transaction of the journal that owns it. */
export class Leases {
  readonly #insert: StatementSync
  readonly #forget: StatementSync
  readonly #find: StatementSync
  readonly #inForce: StatementSync
  readonly #use: StatementSync
  readonly #retire: StatementSync

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      'INSERT INTO lease (lease, site, gateway, epoch, granted_at) VALUES (?, ?, ?, ?, ?)',
    )
    this.#forget = database.prepare(`
      DELETE FROM lease WHERE site = :site AND gateway = :gateway
        AND (first_used_at IS NULL OR retired_at IS NOT NULL)
        AND number <= (SELECT number FROM lease WHERE site = :site AND gateway = :gateway
                       ORDER BY number DESC LIMIT 1 OFFSET ${rememberedLeases})`)
    this.#find = database.prepare('SELECT number FROM lease WHERE lease = ? AND site = ? AND gateway = ? AND epoch = ?')
    this.#inForce = database.prepare(`
      SELECT number, lease FROM lease WHERE site = ? AND gateway = ? AND epoch = ?
        AND first_used_at IS NOT NULL AND retired_at IS NULL ORDER BY number DESC LIMIT 1`)
    this.#use = database.prepare('UPDATE lease SET first_used_at = ? WHERE number = ?')
    this.#retire = database.prepare(`
      UPDATE lease SET retired_at = ? WHERE site = ? AND gateway = ? AND epoch = ? AND number < ? AND retired_at IS NULL`)
  }

  grant(address: GatewayAddress, epoch: string, lease: string, at: number): void {
    this.#insert.run(lease, address.site, address.gateway, epoch, at)
    this.#forget.run({ site: address.site, gateway: address.gateway })
  }

  inForce(address: GatewayAddress, epoch: string): LeaseInForce {
    const row = this.#inForce.get(address.site, address.gateway, epoch)
    return row === undefined
      ? { number: 0, lease: undefined }
      : { number: Number(row['number']), lease: String(row['lease']) }
  }

  /**
   * Puts a lease into force at its first batch and retires every one granted before it. `undefined`: it was granted
   * before the one in force, or never to this gateway and epoch.
   */
  use(
    address: GatewayAddress,
    epoch: string,
    lease: string,
    before: LeaseInForce,
    at: number,
  ): LeaseInForce | undefined {
    const row = this.#find.get(lease, address.site, address.gateway, epoch)
    const number = Number(row?.['number'] ?? 0)
    if (number <= before.number) return undefined
    this.#use.run(at, number)
    this.#retire.run(at, address.site, address.gateway, epoch, number)
    return { number, lease }
  }
}
