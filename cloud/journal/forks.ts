import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { z } from 'zod'
import { Fault } from '../../shared/fault.ts'
import type { GatewayAddress } from '../../shared/wire.ts'

/** A gateway that is frozen because two senders use its identity. */
export interface Fork extends GatewayAddress {
  readonly epoch: string
  /** Since; Unix ms. */
  readonly at: number
  readonly reason: string
}

const Row = z.object({ site: z.string(), gateway: z.string(), epoch: z.string(), at: z.int(), reason: z.string() })

/** The table of frozen gateways, read once. Written inside the transactions of the journal; `put` and `remove` after. */
export class Forks {
  readonly #all = new Map<string, Fork>()
  readonly #insert: StatementSync
  readonly #delete: StatementSync

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      'INSERT OR IGNORE INTO forked (site, gateway, epoch, at, reason) VALUES (?, ?, ?, ?, ?)',
    )
    this.#delete = database.prepare('DELETE FROM forked WHERE site = ? AND gateway = ?')
    for (const fork of readForks(database)) this.put(fork)
  }

  find({ site, gateway }: GatewayAddress): Fork | undefined {
    return this.#all.get(`${site}/${gateway}`)
  }

  /** False: it is frozen already. */
  write({ site, gateway, epoch, at, reason }: Fork): boolean {
    return this.#insert.run(site, gateway, epoch, at, reason).changes === 1
  }

  /** False: it is not frozen any more. */
  erase({ site, gateway }: GatewayAddress): boolean {
    return this.#delete.run(site, gateway).changes === 1
  }

  put(fork: Fork): void {
    this.#all.set(`${fork.site}/${fork.gateway}`, fork)
  }

  remove({ site, gateway }: GatewayAddress): void {
    this.#all.delete(`${site}/${gateway}`)
  }
}

function readForks(database: DatabaseSync): readonly Fork[] {
  return database
    .prepare('SELECT site, gateway, epoch, at, reason FROM forked ORDER BY site, gateway')
    .all()
    .map((row) => Row.parse(row))
}

/** Looks into a journal beside the cloud that writes it. */
export function forksIn(path: string): readonly Fork[] {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: 5000 })
    return readForks(database)
  } catch (cause) {
    throw new Fault('not-found', `There is no journal of this version at ${path}: start the cloud once.`, { cause })
  } finally {
    database?.close()
  }
}
