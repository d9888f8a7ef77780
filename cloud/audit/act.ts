/** One thing that somebody did, or was refused. */
export interface Act {
  /** Unix ms, by the clock of the cloud. */
  readonly at: number
  /** Name of the person, token or gateway; of a refused stranger what they claimed to be, or nothing. */
  readonly who: string
  /** How that name was proved; `nobody`: it was not. */
  readonly via: 'session' | 'token' | 'wall' | 'command' | 'nobody'
  /** Address it came from; `here` for a command on the machine of the cloud. */
  readonly from: string
  /** What: a route of the API (`PUT /api/v1/sites/:site/map`), a command (`gateway revoke`), or an MQTT refusal. */
  readonly act: string
  /** The site it concerns; `null`: none, or the whole installation. */
  readonly site: string | null
  /** What it was done to, as the asker named it. */
  readonly subject: string
  /** `done`, `refused` (not allowed) or `failed` (it could not be). */
  readonly outcome: 'done' | 'refused' | 'failed'
  readonly detail: string | null
}

/** An act in its place in the log. */
export interface Entry extends Act {
  /** 1, 2, 3 … without holes. */
  readonly number: number
  /** Over this entry and the hash of the one before it: lower-case hex SHA-256. */
  readonly hash: string
}
