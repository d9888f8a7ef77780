import { type MessagePort, parentPort } from 'node:worker_threads'
import { openLine, type Port } from '../line.ts'
import { serveNotify } from '../notify/main.ts'
import { serveSeries } from '../series/main.ts'
import { keepCompiledCode } from '../start.ts'

/** The thread of what nobody waits for: history, and messages to people away from the board. Each has a line of its own. */

export interface AsidePorts {
  readonly series: MessagePort
  readonly notify: MessagePort
}

export interface AsideCalls {
  /** First of all. */
  serve(ports: AsidePorts): void
}

openLine(parentPort as Port, {
  serve({ series, notify }) {
    serveSeries(series)
    serveNotify(notify)
    keepCompiledCode()
  },
} satisfies AsideCalls)
