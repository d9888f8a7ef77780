import { existsSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { CloudConfig } from '../../cloud/config.ts'
import { Fault } from '../../shared/fault.ts'
import { asTypedHere } from '../as-typed.ts'
import { portFrom, portTrouble } from '../free-port.ts'
import { cloudYaml } from '../init/cloud-yaml.ts'
import { type CloudAnswers, cloudQuestions, type Given, type Question } from '../init/questions.ts'
import { loadConfiguration } from '../surroundings.ts'
import type { Terminal } from '../terminal.ts'

const file = 'cloud.yaml'

/**
 * `warepulse init`: asks a few questions and writes `cloud.yaml` into the working directory. Where nobody answers any
 * more (no terminal, end of input), what is usual is taken. Ports that are taken are told before they are in the file. A file that is there is never overwritten.
 */
export async function init(terminal: Terminal): Promise<void> {
  if (existsSync(file))
    throw new Fault(
      'conflict',
      `${file} is there already. Move it away, or change it and run: ${asTypedHere()} config check ${file}`,
    )
  const input = createInterface({ input: process.stdin })
  const lines = input[Symbol.asyncIterator]()
  const questions = Object.entries(cloudQuestions) as [keyof CloudAnswers, Question<unknown>][]
  terminal.line()
  terminal.line(
    `  ${terminal.strong('warepulse init')} · ${questions.length} questions · Enter takes what stands in brackets`,
  )
  const answers: Partial<Record<keyof CloudAnswers, unknown>> = {}
  try {
    for (const [index, [key, question]] of questions.entries()) {
      terminal.line()
      const given = answers as Given
      const usual = question.usual(given)
      const offered = question.isPort === true ? await freeInstead(usual, given, terminal) : usual
      terminal.line(`  ${index + 1} ${question.asks} ${terminal.dim(`[${offered}]`)}`)
      for (const [place, choice] of (question.choices ?? []).entries()) terminal.line(`      ${place + 1}  ${choice}`)
      answers[key] = await answerTo(question, { given, offered }, lines, terminal)
    }
  } finally {
    input.close()
  }
  writeFileSync(file, cloudYaml(answers as CloudAnswers), { flag: 'wx' })
  loadConfiguration(CloudConfig, file)
  const isOpen = answers.reach === 'network'
  terminal.line()
  terminal.line(`  ${terminal.good('✔')} ${file}`)
  if (answers.history === 'influx2')
    terminal.line(`  Write the token of InfluxDB into ./influx-token, and mend org and bucket in ${file}.`)
  terminal.line()
  terminal.line(`  Next:  ${terminal.strong(`${asTypedHere()} cloud`)}`)
  terminal.line('         prints a link that signs you in once; the board then sets the warehouse up with you')
  if (isOpen) terminal.line('         and the certificate that tablets and gateways have to trust')
  terminal.line()
}

/** The usual port, or the next one that is free and that the board does not have. */
async function freeInstead(usual: string, given: Given, terminal: Terminal): Promise<string> {
  const busy = (port: number) => terminal.line(`    port ${port} is taken by another program on this machine`)
  const free = await portFrom(Number(usual), hostFor(given), busy)
  return String(free === given.port ? await portFrom(free + 1, hostFor(given), busy) : free)
}

const hostFor = ({ reach }: Given) => (reach === 'network' ? '0.0.0.0' : '127.0.0.1')

async function answerTo<T>(
  question: Question<T>,
  { given, offered }: { readonly given: Given; readonly offered: string },
  lines: AsyncIterator<string>,
  terminal: Terminal,
): Promise<T> {
  let warnedOf: string | undefined
  for (;;) {
    const { value = '', done } = await lines.next()
    const typed = (done === true ? '' : String(value).trim()) || offered
    const read = question.read(typed, given)
    if (!read.ok) {
      terminal.line(`    not ${JSON.stringify(typed)}, but ${read.why}`)
      continue
    }
    const trouble = question.isPort === true ? await portTrouble(Number(typed), hostFor(given)) : undefined
    // Twice the same is meant: the program that has the port may be the one that makes room for this.
    if (trouble === undefined || typed === warnedOf || done === true) return read.value
    warnedOf = typed
    const why = trouble === 'taken' ? 'is taken by another program on this machine' : 'is for root (below 1024)'
    terminal.line(`    port ${typed} ${why}: type another, or the same again to take it all the same`)
  }
}
