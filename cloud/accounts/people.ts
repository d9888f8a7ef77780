import { z } from 'zod'
import type { Clock } from '../../shared/clock.ts'
import { Fault } from '../../shared/fault.ts'
import { openDatabase, transaction } from '../database/open.ts'
import { hashPassword, isPassword, weaknessOf } from './password.ts'
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
  `
  CREATE TABLE person (
    name TEXT PRIMARY KEY COLLATE NOCASE,
    grants TEXT NOT NULL,
    password TEXT,
    added_at INTEGER NOT NULL
  ) STRICT;
  `,
  // Wall screens: a third way to be shown.
  `
  ALTER TABLE credential RENAME TO credential_before;
  CREATE TABLE credential (
    hash TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    via TEXT NOT NULL CHECK (via IN ('session', 'token', 'wall')),
    name TEXT NOT NULL,
    grants TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER
  ) STRICT;
  INSERT INTO credential SELECT * FROM credential_before;
  DROP TABLE credential_before;
  `,
]

const secretPrefix = { session: '', token: 'wpt_', wall: 'wpw_' } as const

/** Tells the link of a wall screen, which is used again and again, from a sign-in key, which is used once. */
export function isWallSecret(key: string): boolean {
  return key.startsWith(secretPrefix.wall)
}

export interface SignInKey {
  readonly key: string
  /** Unix ms. */
  readonly expiresAt: number
}

/** Who may sign in, as people see it. */
export interface Person {
  readonly name: string
  readonly grants: readonly Grant[]
  readonly hasPassword: boolean
  /** Unix ms. */
  readonly addedAt: number
}

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
 * prints it once as a link, and whoever holds it signs in with it, once, and may set a password then. Others are added
 * by name and get such a link. Only hashes are stored.
 */
export interface People {
  /** A key for one sign-in as `admin`, who may do everything on every site: for whoever has the machine in hand. */
  makeSignInKey(): SignInKey
  /** A key for one sign-in of somebody who was added; good for three days. Throws `not-found`. */
  invite(name: string): SignInKey
  /** Uses up the key; undefined: unknown, used or expired, and nobody can tell which. */
  signIn(key: string): { readonly secret: string; readonly identity: Identity } | undefined
  /**
   * Adds somebody, or changes what they may do; they sign in with a key made for them. What they may do is asked anew
   * at every request, so a change holds at once.
   */
  putPerson(whom: { readonly name: string; readonly grants: readonly Grant[] }): void
  /** Ends their sessions and unused keys as well; false: there is nobody of that name. */
  removePerson(name: string): boolean
  people(): readonly Person[]
  /** Nobody has signed in with a link of this machine, and nobody was added: without such a link nobody ever can. */
  isNobody(): boolean
  /** Undefined: a wrong name, a wrong password, or none set; it takes the same time. */
  signInWithPassword(
    name: string,
    password: string,
  ): Promise<{ readonly secret: string; readonly identity: Identity } | undefined>
  /** Other sessions of theirs end. Throws `bad-input` with why a weak one is not taken. */
  setPassword(identity: Identity, password: string): Promise<void>
  /** Is this theirs? For asking before it is changed. */
  isPasswordOf(name: string, password: string): Promise<boolean>
  /** For the command line and machines: sent as `Authorization: Bearer`. */
  makeToken(whom: { readonly name: string; readonly grants: readonly Grant[]; readonly lifeMs?: number }): {
    readonly secret: string
    readonly identity: Identity
  }
  /**
   * For a screen that nobody signs in: sees one site, changes nothing, and holds until it is ended. The secret stands in
   * the screen's link, so that a screen that forgets its cookies comes back by itself.
   */
  makeWall(whom: { readonly name: string; readonly site: string }): {
    readonly secret: string
    readonly identity: Identity
  }
  whoIs(via: Identity['via'], secret: string): Identity | undefined
  /** Who this session or token is now; undefined: it is not good any more. Asked about live connections. */
  current(id: string): Identity | undefined
  /** Ends a session or token; false: there was none. */
  end(id: string): boolean
  /** Tokens that are in force, for listing; never their secrets. */
  tokens(): readonly Identity[]
  /** The same of wall screens. */
  walls(): readonly Identity[]
  close(): void
}

const Row = z.object({
  id: z.string(),
  via: z.enum(['session', 'token', 'wall']),
  name: z.string(),
  grants: z.string(),
  expires_at: z.number().nullable(),
})
const KeyRow = z.object({ name: z.string(), grants: z.string() })
const Grants = z.array(z.object({ site: z.string(), role: z.enum(roles) }))

const PersonRow = z.object({
  name: z.string(),
  grants: z.string().transform((text) => Grants.parse(JSON.parse(text))),
  password: z.string().nullable(),
  added_at: z.number(),
})

const hourMs = 3_600_000
const inviteLifeMs = 72 * hourMs

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
  const findById = database.prepare(`SELECT ${columns} FROM credential WHERE id = ? AND ${inForce}`)
  const remove = database.prepare('DELETE FROM credential WHERE id = ?')
  const list = database.prepare(`SELECT ${columns} FROM credential WHERE via = ? AND ${inForce} ORDER BY name, id`)
  const sweepKeys = database.prepare('DELETE FROM sign_in_key WHERE expires_at <= ?')
  const sweep = database.prepare('DELETE FROM credential WHERE expires_at <= ?')
  const person = database.prepare('SELECT name, grants, password, added_at FROM person WHERE name = ?')
  const everybody = database.prepare('SELECT name, grants, password, added_at FROM person ORDER BY name')
  const putPerson = database.prepare(`
    INSERT INTO person (name, grants, added_at) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET grants = excluded.grants`)
  const removePerson = database.prepare('DELETE FROM person WHERE name = ?')
  const setPassword = database.prepare('UPDATE person SET password = ? WHERE name = ?')
  const endSessions = database.prepare(
    `DELETE FROM credential WHERE via = 'session' AND name = ? COLLATE NOCASE AND id <> ?`,
  )
  const endKeys = database.prepare('DELETE FROM sign_in_key WHERE name = ? COLLATE NOCASE')
  let closed = false

  function personOf(name: string) {
    const row = person.get(name)
    return row && PersonRow.parse(row)
  }

  /** A session may do what its person may do now; a token or a wall screen what it was made for. */
  function identified(row: unknown): Identity | undefined {
    const identity = identityOf(row)
    if (identity.via !== 'session') return identity
    const known = personOf(identity.name)
    return known && { ...identity, grants: known.grants }
  }

  function issue(via: Identity['via'], name: string, grants: readonly Grant[], lifeMs: number | undefined) {
    const secret = secretPrefix[via] + makeSecret(randomBytes)
    const now = clock.now()
    const id = Buffer.from(randomBytes(8)).toString('hex')
    const expiresAt = lifeMs === undefined ? null : now + lifeMs
    insert.run(hashSecret(secret), id, via, name, JSON.stringify(grants), now, expiresAt)
    return { secret, identity: { id, via, name, grants, expiresAt } }
  }

  function makeKey(name: string, grants: string, lifeMs: number) {
    const now = clock.now()
    sweepKeys.run(now)
    sweep.run(now)
    const key = makeSignInKey(randomBytes)
    const expiresAt = now + lifeMs
    insertKey.run(hashSecret(normaliseSignInKey(key)), name, grants, expiresAt)
    return { key, expiresAt }
  }

  return {
    makeSignInKey: () => makeKey('admin', JSON.stringify([{ site: everySite, role: 'admin' }]), keyLifeMs),
    invite(name) {
      const known = personOf(name)
      if (known === undefined) throw new Fault('not-found', `There is nobody called "${name}".`)
      return makeKey(known.name, '', inviteLifeMs)
    },
    signIn(key) {
      return transaction(database, () => {
        const row = takeKey.get(hashSecret(normaliseSignInKey(key)), clock.now())
        if (row === undefined) return undefined
        const { name, grants } = KeyRow.parse(row)
        // A key that names no rights is for somebody who is there; the others come from the machine itself and give them.
        if (grants !== '') putPerson.run(name, grants, clock.now())
        const known = personOf(name)
        return known && issue('session', known.name, known.grants, sessionLifeMs)
      })
    },
    putPerson({ name, grants }) {
      putPerson.run(name, JSON.stringify(grants), clock.now())
    },
    removePerson(name) {
      return transaction(database, () => {
        endSessions.run(name, '')
        endKeys.run(name)
        return removePerson.run(name).changes > 0
      })
    },
    people() {
      return everybody.all().map((row) => {
        const { name, grants, password, added_at } = PersonRow.parse(row)
        return { name, grants, hasPassword: password !== null, addedAt: added_at }
      })
    },
    isNobody: () => everybody.get() === undefined,
    async signInWithPassword(name, password) {
      const known = personOf(name)
      if (!(await isPassword(password, known?.password ?? undefined))) return undefined
      // They may have been removed while the hash was made.
      const still = personOf(name)
      return still && issue('session', still.name, still.grants, sessionLifeMs)
    },
    async setPassword({ name, id }, password) {
      const weakness = weaknessOf(password, name)
      if (weakness !== undefined) throw new Fault('bad-input', weakness)
      const hash = await hashPassword(password, randomBytes)
      transaction(database, () => {
        setPassword.run(hash, name)
        endSessions.run(name, id)
      })
    },
    isPasswordOf: (name, password) => isPassword(password, personOf(name)?.password ?? undefined),
    makeToken: (whom) => issue('token', whom.name, whom.grants, whom.lifeMs),
    makeWall: ({ name, site }) => issue('wall', name, [{ site, role: 'viewer' }], undefined),
    whoIs(via, secret) {
      const row = find.get(hashSecret(secret), via, clock.now())
      return row && identified(row)
    },
    current(id) {
      const row = findById.get(id, clock.now())
      return row && identified(row)
    },
    end: (id) => remove.run(id).changes > 0,
    tokens: () => list.all('token', clock.now()).map(identityOf),
    walls: () => list.all('wall', clock.now()).map(identityOf),
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
