import { createHash, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../shared/clock.ts'
import { Fault } from '../../shared/fault.ts'
import { Identifier } from '../../shared/identifier.ts'
import type { GatewayAddress } from '../../shared/wire.ts'
import type { GatewayCredentials } from '../broker/broker.ts'
import { openDatabase, transaction } from '../database/open.ts'
import { makeSecret, type RandomBytes } from './secret.ts'

const migrations = [
  `
  CREATE TABLE gateway (
    site       TEXT    NOT NULL,
    gateway    TEXT    NOT NULL,
    hash       BLOB    NOT NULL,
    added_at   INTEGER NOT NULL,
    revoked_at INTEGER,
    PRIMARY KEY (site, gateway)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE release (
    site    TEXT NOT NULL,
    gateway TEXT NOT NULL,
    PRIMARY KEY (site, gateway)
  ) STRICT, WITHOUT ROWID;
  `,
]

export interface GatewayAccount extends GatewayAddress {
  /** Unix ms. */
  readonly addedAt: number
  readonly revokedAt: number | undefined
}

/** Which gateways there are and how they prove it. The command line may change the file while the server runs. */
export interface GatewayAccounts extends GatewayCredentials {
  /**
   * A new gateway, or a revoked one again, with a new secret of 256 bits. The secret is told here and never again.
   * Throws `conflict` when the gateway is there already, `bad-input` when a name cannot be one.
   */
  addGateway(address: GatewayAddress): { readonly secret: string }
  /** In order of site and gateway, the revoked ones too. */
  list(): readonly GatewayAccount[]
  /**
   * Its secret is worth nothing from here on; false when there is no such gateway in force. Whoever calls this ends
   * the live session as well (`Broker.disconnect`).
   */
  revoke(address: GatewayAddress): boolean
  isInForce(address: GatewayAddress): boolean
  /** Asks the cloud, when it runs, to take again from a gateway that is frozen (state FORKED). */
  askRelease(address: GatewayAddress): void
  releasesAsked(): readonly GatewayAddress[]
  releaseDone(address: GatewayAddress): void
  close(): void
}

/** Opens `path`, a file of its own (durability `full`: a revocation survives power loss). */
export function openGatewayAccounts(
  path: string,
  { clock, randomBytes }: { readonly clock: Clock; readonly randomBytes: RandomBytes },
): GatewayAccounts {
  const database = openDatabase({ path, migrations, durability: 'full' })
  const find = database.prepare('SELECT hash, revoked_at FROM gateway WHERE site = ? AND gateway = ?')
  const put = database.prepare(`
    INSERT INTO gateway (site, gateway, hash, added_at) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET hash = excluded.hash, added_at = excluded.added_at, revoked_at = NULL`)
  const end = database.prepare(
    'UPDATE gateway SET revoked_at = ? WHERE site = ? AND gateway = ? AND revoked_at IS NULL',
  )
  const all = database.prepare('SELECT site, gateway, added_at, revoked_at FROM gateway ORDER BY site, gateway')

  const ask = database.prepare('INSERT OR IGNORE INTO release (site, gateway) VALUES (?, ?)')
  const asked = database.prepare('SELECT site, gateway FROM release ORDER BY site, gateway')
  const done = database.prepare('DELETE FROM release WHERE site = ? AND gateway = ?')

  /** Hash of a gateway in force. */
  function hashOf(address: GatewayAddress): Uint8Array | undefined {
    const row = find.get(address.site, address.gateway)
    return row === undefined || row['revoked_at'] !== null ? undefined : (row['hash'] as Uint8Array)
  }

  return {
    addGateway(address) {
      for (const name of [address.site, address.gateway]) {
        const checked = Identifier.safeParse(name)
        if (!checked.success)
          throw new Fault('bad-input', `"${name}" cannot name a site or gateway: ${checked.error.issues[0]?.message}.`)
      }
      const secret = makeSecret(randomBytes)
      transaction(database, () => {
        if (hashOf(address) !== undefined) {
          const name = `${address.site}/${address.gateway}`
          throw new Fault(
            'conflict',
            `The gateway ${name} has a secret already. Revoke it first to give it another one.`,
          )
        }
        put.run(address.site, address.gateway, digest(secret), clock.now())
      })
      return { secret }
    },

    list() {
      return all.all().map((row) => ({
        site: String(row['site']),
        gateway: String(row['gateway']),
        addedAt: Number(row['added_at']),
        revokedAt: row['revoked_at'] === null ? undefined : Number(row['revoked_at']),
      }))
    },

    revoke(address) {
      return transaction(database, () => end.run(clock.now(), address.site, address.gateway).changes === 1)
    },

    isInForce(address) {
      return hashOf(address) !== undefined
    },

    askRelease({ site, gateway }) {
      ask.run(site, gateway)
    },

    releasesAsked() {
      return asked.all().map((row) => ({ site: String(row['site']), gateway: String(row['gateway']) }))
    },

    releaseDone({ site, gateway }) {
      done.run(site, gateway)
    },

    async verify(username, secret) {
      const [site = '', gateway = '', more] = username.split('/', 3)
      const address = { site, gateway }
      const known = more === undefined && Identifier.safeParse(site).success && Identifier.safeParse(gateway).success
      // An unknown name costs the same comparison as a known one.
      const hash = known ? hashOf(address) : undefined
      const matches = timingSafeEqual(digest(secret), hash ?? nobody)
      return matches && hash !== undefined ? address : undefined
    },

    close() {
      if (database.isOpen) database.close()
    },
  }
}

/**
 * Plain SHA-256: the secret is 256 random bits, so there is nothing to guess that a slow hash would slow down, and a
 * thousand gateways that come back after an outage are let in without burning a core.
 */
function digest(secret: string): Uint8Array {
  return createHash('sha256').update(secret, 'utf8').digest()
}

const nobody = new Uint8Array(32)
