/** What people may do, least first; each role may do what the ones before it may. */
export const roles = ['viewer', 'floor', 'supervisor', 'integrator', 'admin'] as const
export type Role = (typeof roles)[number]

/** A role on one site, or on all of them (`*`), present and future. */
export interface Grant {
  readonly site: string
  readonly role: Role
}

export const everySite = '*'

/** Who is asking, as a session or token proved it. */
export interface Identity {
  /** Of the session or token; not a secret. */
  readonly id: string
  /** Written into the journal as who did it. */
  readonly name: string
  readonly via: 'session' | 'token' | 'wall'
  readonly grants: readonly Grant[]
  /** Unix ms; null: until it is revoked. */
  readonly expiresAt: number | null
}

/** The highest role on a site; undefined: this site is none of theirs. */
export function roleAt(identity: Pick<Identity, 'grants'>, site: string): Role | undefined {
  return highest(identity.grants.filter((grant) => grant.site === site || grant.site === everySite))
}

/** The highest role anywhere, for routes that name no site. */
export function roleAnywhere(identity: Identity): Role | undefined {
  return highest(identity.grants)
}

export function isAtLeast(role: Role, least: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(least)
}

function highest(grants: readonly Grant[]): Role | undefined {
  return roles.findLast((role) => grants.some((grant) => grant.role === role))
}
