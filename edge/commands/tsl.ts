import { type Dialect, refuseBeyond } from './dialect.ts'

const text = new TextDecoder()
const utf8 = new TextEncoder()

/** TSL ASCII 2.0: `.iv` is one round; its answer ends with `OK:` or `ER:`. Power goes with each round (`-o`). */
export const tslDialect: Dialect = {
  refuse: (settings) => refuseBeyond(settings, { powerDbm: [10, 30] }),
  setUp: () => [],
  inventory: ({ powerDbm }) => [utf8.encode(`.iv -r on${powerDbm === undefined ? '' : ` -o ${powerDbm}`}\r\n`)],
  isPolled: true,
  judge(frame) {
    const line = text.decode(frame)
    // Error 005: no tag was found.
    if (line.startsWith('OK:') || /^ER:\s*005\b/.test(line)) return 'done'
    return line.startsWith('ER:') ? 'failed' : 'other'
  },
}
