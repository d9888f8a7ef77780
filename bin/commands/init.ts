import { existsSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { CloudConfig } from '../../cloud/config.ts'
import { Fault } from '../../shared/fault.ts'
import { cloudYaml } from '../init/cloud-yaml.ts'
import { type CloudAnswers, cloudQuestions, type Question } from '../init/questions.ts'
import { loadConfiguration } from '../surroundings.ts'
import type { Terminal } from '../terminal.ts'

const file = 'cloud.yaml'

/**
 * `warepulse init`: asks a few questions and writes `cloud.yaml` into the working directory. Where nobody answers any
 * more (no terminal, end of input), what is usual is taken. A file that is there is never overwritten.
 */
export async function init(terminal: Terminal): Promise<void> {
  if (existsSync(file))
    throw new Fault(
      'conflict',
      `${file} is there already. Move it away, or change it and run: warepulse config check ${file}`,
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
      terminal.line(`  ${index + 1} ${question.asks} ${terminal.dim(`[${question.usual}]`)}`)
      for (const [place, choice] of (question.choices ?? []).entries()) terminal.line(`      ${place + 1}  ${choice}`)
      answers[key] = await answerTo(question, lines, terminal)
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
  terminal.line(`  Next:  ${terminal.strong(`warepulse cloud --config ${file}`)}`)
  terminal.line('         prints a link that signs you in once; the board then sets the warehouse up with you')
  if (isOpen) terminal.line('         and the certificate that tablets and gateways have to trust')
  terminal.line()
}

async function answerTo<T>(question: Question<T>, lines: AsyncIterator<string>, terminal: Terminal): Promise<T> {
  for (;;) {
    const { value = '', done } = await lines.next()
    const typed = done === true ? '' : String(value).trim()
    const read = question.read(typed === '' ? question.usual : typed)
    if (read.ok) return read.value
    terminal.line(`    not ${JSON.stringify(typed)}, but ${read.why}`)
  }
}
