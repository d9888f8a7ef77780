import { z } from 'zod'
import type { Clock } from '../../shared/clock.ts'
import { openDatabase, transaction } from '../database/open.ts'
import { everySite, type Grant, type Identity, roles } from './roles.ts'
import { hashSecret, makeSecret, makeSignInKey, normaliseSignInKey, type RandomBytes } from './secret.ts'

const migrations = [
  `
  CREATE TABLE sign_in_key (
    hash TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    grants TEXT NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT;
  -- Sessions and API tokens: the same thing with another life and another way to be shown.
  CREATE TABLE credential (
    hash TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    via TEXT NOT NULL CHECK (via IN ('session', 'token')),
    name TEXT NOT NULL,
    grants TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER
  ) STRICT;
  `,
]

export interface PeopleOptions {
  readonly clock: Clock
  readonly randomBytes: RandomBytes
  /** Life of a sign-in key; one hour unless told. */
  readonly keyLifeMs?: number
  /** Life of a session; seven days unless told. */
  readonly sessionLifeMs?: number
}

/**
 * Who may use the board and the API. There is no password and no account to begin with: the server makes a key,
 * prints it once as a link, and whoever holds it signs in with it, once. Only hashes are stored.
 */
export interface People {
  /** A key for one sign-in; an administrator of every site unless told otherwise. */
  makeSignInKey(whom?: { readonly name: string; readonly grants: readonly Grant[] }): {
    readonly key: string
    readonly expiresAt: number
  }
  /** Uses up the key; undefined: unknown, used or expired, and nobody can tell which. */
  signIn(key: string): { readonly secret: string; readonly identity: Identity } | undefined
  /** For the command line and machines: sent as `Authorization: Bearer`. */
  makeToken(whom: { readonly name: string; readonly grants: readonly Grant[]; readonly lifeMs?: number }): {
    readonly secret: string
    readonly identity: Identity
  }
  whoIs(via: Identity['via'], secret: string): Identity | undefined
  /** Is this session or token still good? Asked about live connections. */
  isValid(id: string): boolean
  /** Ends a session or token; false: there was none. */
  end(id: string): boolean
  /** Tokens that are in force, for listing; never their secrets. */
  tokens(): readonly Identity[]
  close(): void
}

const Row = z.object({
  id: z.string(),
  via: z.enum(['session', 'token']),
  name: z.string(),
  grants: z.string(),
  expires_at: z.number().nullable(),
})
const KeyRow = z.object({ name: z.string(), grants: z.string() })
const Grants = z.array(z.object({ site: z.string(), role: z.enum(roles) }))

const hourMs = 3_600_000

/** Opens `path` (durability `full`: a revocation survives power loss). */
export function openPeople(path: string, options: PeopleOptions): People {
  const { clock, randomBytes, keyLifeMs = hourMs, sessionLifeMs = 7 * 24 * hourMs } = options
  const database = openDatabase({ path, migrations, durability: 'full' })
  const insertKey = database.prepare('INSERT INTO sign_in_key (hash, name, grants, expires_at) VALUES (?, ?, ?, ?)')
  const takeKey = database.prepare('DELETE FROM sign_in_key WHERE hash = ? AND expires_at > ? RETURNING name, grants')
  const insert = database.prepare(
    'INSERT INTO credential (hash, id, via, name, grants, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const columns = 'id, via, name, grants, expires_at'
  const inForce = '(expires_at IS NULL OR expires_at > ?)'
  const find = database.prepare(`SELECT ${columns} FROM credential WHERE hash = ? AND via = ? AND ${inForce}`)
  const findById = database.prepare(`SELECT 1 FROM credential WHERE id = ? AND ${inForce}`)
  const remove = database.prepare('DELETE FROM credential WHERE id = ?')
  const list = database.prepare(
    `SELECT ${columns} FROM credential WHERE via = 'token' AND ${inForce} ORDER BY name, id`,
  )
  const sweepKeys = database.prepare('DELETE FROM sign_in_key WHERE expires_at <= ?')
  const sweep = database.prepare('DELETE FROM credential WHERE expires_at <= ?')
  let closed = false

  function issue(via: Identity['via'], name: string, grants: readonly Grant[], lifeMs: number | undefined) {
    const prefix = via === 'token' ? 'wpt_' : ''
    const secret = prefix + makeSecret(randomBytes)
    const now = clock.now()
    const id = Buffer.from(randomBytes(8)).toString('hex')
    const expiresAt = lifeMs === undefined ? null : now + lifeMs
    insert.run(hashSecret(secret), id, via, name, JSON.stringify(grants), now, expiresAt)
    return { secret, identity: { id, via, name, grants, expiresAt } }
  }

  return {
    makeSignInKey(whom = { name: 'admin', grants: [{ site: everySite, role: 'admin' }] }) {
      const now = clock.now()
      sweepKeys.run(now)
      sweep.run(now)
      const key = makeSignInKey(randomBytes)
      const expiresAt = now + keyLifeMs
      insertKey.run(hashSecret(normaliseSignInKey(key)), whom.name, JSON.stringify(whom.grants), expiresAt)
      return { key, expiresAt }
    },
    signIn(key) {
      return transaction(database, () => {
        const row = takeKey.get(hashSecret(normaliseSignInKey(key)), clock.now())
        if (row === undefined) return undefined
        const { name, grants } = KeyRow.parse(row)
        return issue('session', name, Grants.parse(JSON.parse(grants)), sessionLifeMs)
      })
    },
    makeToken: (whom) => issue('token', whom.name, whom.grants, whom.lifeMs),
    whoIs(via, secret) {
      const row = find.get(hashSecret(secret), via, clock.now())
      return row && identityOf(row)
    },
    isValid: (id) => findById.get(id, clock.now()) !== undefined,
    end: (id) => remove.run(id).changes > 0,
    tokens: () => list.all(clock.now()).map(identityOf),
    close() {
      if (!closed) database.close()
      closed = true
    },
  }
}

function identityOf(row: unknown): Identity {
  const { id, via, name, grants, expires_at } = Row.parse(row)
  return { id, via, name, grants: Grants.parse(JSON.parse(grants)), expiresAt: expires_at }
}
