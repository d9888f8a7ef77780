/** What `warepulse init` asks, in this order. Pure: the terminal asks, these judge. */

export interface CloudAnswers {
  readonly dataDirectory: string
  readonly reach: 'here' | 'network'
  /** Of the board. */
  readonly port: number
  /** Of the broker, where gateways deliver. */
  readonly brokerPort: number
  readonly history: 'here' | 'influx1' | 'influx2'
  /** `null`: the journal is kept whole. */
  readonly keepDays: number | null
}

export interface Question<T> {
  readonly asks: string
  /** What can be chosen, by number from 1; none: anything may be typed that `read` takes. */
  readonly choices?: readonly string[]
  /** A port of this machine: whether it is free is looked up before and after it is asked for. */
  readonly isPort?: boolean
  /** What an empty line means, as it would be typed. */
  usual(given: Given): string
  /** The answer, or what is wrong with what was typed. */
  read(
    typed: string,
    given: Given,
  ): { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string }
}

/** What was answered so far. */
export type Given = Partial<CloudAnswers>

const taken = <T>(value: T) => ({ ok: true as const, value })
const refused = (why: string) => ({ ok: false as const, why })

function oneOf<T>(asks: string, choices: readonly (readonly [T, string])[]): Question<T> {
  return {
    asks,
    choices: choices.map(([, text]) => text),
    usual: () => '1',
    read(typed) {
      const chosen = choices[Number(typed) - 1]
      return chosen === undefined ? refused(`a number from 1 to ${choices.length}`) : taken(chosen[0])
    },
  }
}

function readPort(typed: string) {
  const port = Number(typed)
  return Number.isInteger(port) && port > 0 && port < 65_536 ? taken(port) : refused('a number from 1 to 65535')
}

/** The journal's bases are made daily; the configuration knows the same bounds. */
const fewestDays = 8
const mostDays = 36_500

export const cloudQuestions: { readonly [K in keyof CloudAnswers]: Question<CloudAnswers[K]> } = {
  dataDirectory: {
    asks: 'In which folder shall the data be kept?',
    usual: () => './warepulse-data',
    read: (typed) => taken(typed),
  },
  reach: oneOf('Who shall reach board and broker?', [
    ['here', 'this machine only, to try it'],
    ['network', 'the network, with TLS by a certificate made here'],
  ]),
  port: { asks: 'On which port shall the board be?', isPort: true, usual: () => '8080', read: readPort },
  brokerPort: {
    asks: 'On which port shall gateways deliver?',
    isPort: true,
    usual: ({ reach }) => (reach === 'network' ? '8883' : '1883'),
    read(typed, given) {
      const read = readPort(typed)
      return read.ok && read.value === given.port ? refused(`another one than the board has (${typed})`) : read
    },
  },
  history: oneOf('Where shall the history of sensors and reads be kept?', [
    ['here', 'here, in that folder'],
    ['influx1', 'InfluxDB 1.x'],
    ['influx2', 'InfluxDB 2.x or 3.x'],
  ]),
  keepDays: {
    asks: 'For how many days shall the journal be kept?',
    usual: () => 'all',
    read(typed) {
      if (typed === 'all') return taken(null)
      const days = Number(typed)
      return Number.isInteger(days) && days >= fewestDays && days <= mostDays
        ? taken(days)
        : refused(`"all", or a number from ${fewestDays} to ${mostDays}`)
    },
  },
}
