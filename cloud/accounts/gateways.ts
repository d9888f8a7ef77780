import { createHash, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../shared/clock.ts'
import { Fault } from '../../shared/fault.ts'
import { Identifier } from '../../shared/identifier.ts'
import type { GatewayAddress } from '../../shared/wire.ts'
import type { GatewayCredentials } from '../broker/broker.ts'
import { openDatabase, transaction } from '../database/open.ts'
import { hashSecret, makeSecret, type RandomBytes } from './secret.ts'

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
  `
  CREATE TABLE claim (
    hash       TEXT PRIMARY KEY,
    site       TEXT    NOT NULL,
    gateway    TEXT    NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  -- The secret before this one, while both are good.
  ALTER TABLE gateway ADD COLUMN old_hash BLOB;
  ALTER TABLE gateway ADD COLUMN old_until INTEGER;
  `,
]

const hourMs = 3_600_000
/** A claim token waits so long for somebody to stand before the gateway. */
const claimLifeMs = 24 * hourMs
/** A gateway that is offline when its secret is changed may come with the old one so long. */
const overlapMs = 7 * 24 * hourMs

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
  /**
   * A token with which the gateway fetches its own secret, once, within a day; it is good for this site and gateway
   * alone. Throws as `addGateway` does.
   */
  makeClaim(address: GatewayAddress): { readonly token: string; readonly expiresAt: number }
  /** Uses up the token; undefined: unknown, used or expired, and nobody can tell which. */
  claim(token: string): (GatewayAddress & { readonly secret: string }) | undefined
  /**
   * A new secret for a gateway in force; the old one is good until the new one is used, and no longer than a week.
   * Undefined: there is no such gateway in force.
   */
  rotate(address: GatewayAddress): { readonly secret: string; readonly oldUntil: number } | undefined
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
  const find = database.prepare(
    'SELECT hash, old_hash, old_until FROM gateway WHERE site = ? AND gateway = ? AND revoked_at IS NULL',
  )
  const put = database.prepare(`
    INSERT INTO gateway (site, gateway, hash, added_at) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET hash = excluded.hash, added_at = excluded.added_at, revoked_at = NULL`)
  const replace = database.prepare(
    'UPDATE gateway SET old_hash = hash, old_until = ?, hash = ? WHERE site = ? AND gateway = ?',
  )
  const endOld = database.prepare(
    'UPDATE gateway SET old_hash = NULL, old_until = NULL WHERE site = ? AND gateway = ? AND hash = ?',
  )
  const end = database.prepare(
    `UPDATE gateway SET revoked_at = ?, old_hash = NULL, old_until = NULL
     WHERE site = ? AND gateway = ? AND revoked_at IS NULL`,
  )
  const putClaim = database.prepare('INSERT INTO claim (hash, site, gateway, expires_at) VALUES (?, ?, ?, ?)')
  const takeClaim = database.prepare('DELETE FROM claim WHERE hash = ? AND expires_at > ? RETURNING site, gateway')
  const endClaims = database.prepare('DELETE FROM claim WHERE (site = ? AND gateway = ?) OR expires_at <= ?')
  const all = database.prepare('SELECT site, gateway, added_at, revoked_at FROM gateway ORDER BY site, gateway')

  const ask = database.prepare('INSERT OR IGNORE INTO release (site, gateway) VALUES (?, ?)')
  const asked = database.prepare('SELECT site, gateway FROM release ORDER BY site, gateway')
  const done = database.prepare('DELETE FROM release WHERE site = ? AND gateway = ?')

  /** What proves a gateway in force. */
  function proofOf({ site, gateway }: GatewayAddress): Proof | undefined {
    const row = find.get(site, gateway)
    if (row === undefined) return undefined
    const old = Number(row['old_until'] ?? 0) > clock.now() ? (row['old_hash'] as Uint8Array) : undefined
    return { hash: row['hash'] as Uint8Array, old }
  }

  function refuseUnnamable({ site, gateway }: GatewayAddress): void {
    for (const name of [site, gateway]) {
      const checked = Identifier.safeParse(name)
      if (!checked.success)
        throw new Fault('bad-input', `"${name}" cannot name a site or gateway: ${checked.error.issues[0]?.message}.`)
    }
  }

  function refuseTwice(address: GatewayAddress): void {
    if (proofOf(address) === undefined) return
    const name = `${address.site}/${address.gateway}`
    throw new Fault('conflict', `The gateway ${name} has a secret already: rotate it, or revoke the gateway first.`)
  }

  function add(address: GatewayAddress): string {
    const secret = makeSecret(randomBytes)
    put.run(address.site, address.gateway, digest(secret), clock.now())
    endClaims.run(address.site, address.gateway, clock.now())
    return secret
  }

  return {
    addGateway(address) {
      refuseUnnamable(address)
      return transaction(database, () => {
        refuseTwice(address)
        return { secret: add(address) }
      })
    },

    makeClaim(address) {
      refuseUnnamable(address)
      const token = makeSecret(randomBytes)
      const expiresAt = clock.now() + claimLifeMs
      transaction(database, () => {
        refuseTwice(address)
        endClaims.run(address.site, address.gateway, clock.now())
        putClaim.run(hashSecret(token), address.site, address.gateway, expiresAt)
      })
      return { token, expiresAt }
    },

    claim(token) {
      return transaction(database, () => {
        const row = takeClaim.get(hashSecret(token), clock.now())
        if (row === undefined) return undefined
        const address = { site: String(row['site']), gateway: String(row['gateway']) }
        return proofOf(address) === undefined ? { ...address, secret: add(address) } : undefined
      })
    },

    rotate(address) {
      return transaction(database, () => {
        if (proofOf(address) === undefined) return undefined
        const secret = makeSecret(randomBytes)
        const oldUntil = clock.now() + overlapMs
        replace.run(oldUntil, digest(secret), address.site, address.gateway)
        return { secret, oldUntil }
      })
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
      return transaction(database, () => {
        endClaims.run(address.site, address.gateway, clock.now())
        return end.run(clock.now(), address.site, address.gateway).changes === 1
      })
    },

    isInForce(address) {
      return proofOf(address) !== undefined
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
      // An unknown name, and one without an old secret, cost the same comparisons as the others.
      const proof = known ? proofOf(address) : undefined
      const given = digest(secret)
      const isOld = timingSafeEqual(given, proof?.old ?? nobody)
      const isNew = timingSafeEqual(given, proof?.hash ?? nobody)
      if (proof === undefined || !(isNew || isOld)) return undefined
      if (isNew && proof.old !== undefined) endOld.run(site, gateway, given)
      return address
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

/** SHA-256 of no text that is known. */
const nobody = new Uint8Array(32)

interface Proof {
  readonly hash: Uint8Array
  /** Of the secret before, while it is good. */
  readonly old: Uint8Array | undefined
}
