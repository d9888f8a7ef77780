import type { Logger } from 'pino'

/** Where changes of state are told to people. */
export type Log = Pick<Logger, 'info' | 'warn' | 'error'>
