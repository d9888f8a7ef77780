import { type Logger, pino } from 'pino'

/** JSON lines, or the same made readable where a person looks on. Secrets never get in. */
export function openLog(level: string, name: string): Logger {
  const options = {
    name,
    level,
    redact: {
      paths: ['secret', '*.secret', 'password', '*.password', 'token', '*.token', 'key', '*.key'],
      censor: '(hidden)',
    },
  }
  if (process.stdout.isTTY !== true) return pino(options)
  return pino({
    ...options,
    transport: {
      target: 'pino-pretty',
      options: {
        ignore: 'pid,hostname,name',
        translateTime: 'HH:MM:ss',
        colorize: (process.env['NO_COLOR'] ?? '') === '',
      },
    },
  })
}
