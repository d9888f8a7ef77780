import { parentPort } from 'node:worker_threads'
import { makeBase } from '../../retention/base.ts'
import { openLine, type Port } from '../line.ts'

/** A thread that lives as long as its work: copying gigabytes and reading them back would hold up any other. */

export interface BaseCalls {
  makeBase(dataDirectory: string, files: readonly string[]): number
}

openLine(parentPort as Port, { makeBase } satisfies BaseCalls)
