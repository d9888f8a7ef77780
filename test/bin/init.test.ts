import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readConfiguration } from '../../bin/configuration/read.ts'
import { cloudYaml } from '../../bin/init/cloud-yaml.ts'
import { type CloudAnswers, cloudQuestions } from '../../bin/init/questions.ts'
import { CloudConfig, refusePlaintext } from '../../cloud/config.ts'

const usual: CloudAnswers = {
  dataDirectory: './warepulse-data',
  reach: 'here',
  port: 8080,
  brokerPort: 1883,
  history: 'here',
  keepDays: null,
}

const read = (answers: CloudAnswers) =>
  readConfiguration(CloudConfig, 'cloud.yaml', cloudYaml(answers), { environment: {}, readFile: () => '' })

test('an empty line is the usual answer', () => {
  for (const [key, question] of Object.entries(cloudQuestions))
    expect(question.read(question.usual({}), {}), key).toEqual({ ok: true, value: usual[key as keyof CloudAnswers] })
})

test.each([
  ['reach', '3'],
  ['reach', 'network'],
  ['port', '0'],
  ['port', '65536'],
  ['port', 'http'],
  ['brokerPort', '0'],
  ['history', '0'],
  ['keepDays', '7'],
  ['keepDays', 'ever'],
] as const)('%s: "%s" is refused with what may be typed', (key, typed) => {
  expect(cloudQuestions[key].read(typed, {})).toEqual({ ok: false, why: expect.stringContaining('a number from') })
})

test('where gateways deliver: the usual port goes by who may come in, and is never that of the board', () => {
  const { brokerPort } = cloudQuestions
  expect([brokerPort.usual({ reach: 'here' }), brokerPort.usual({ reach: 'network' })]).toEqual(['1883', '8883'])
  expect(brokerPort.read('8080', { port: 8080 })).toEqual({ ok: false, why: expect.stringContaining('another one') })
})

test('whatever is answered, the file is a valid configuration that says it, with no door open in the clear', () => {
  const answers = fc.record<CloudAnswers>({
    dataDirectory: fc.string({ minLength: 1, unit: 'grapheme' }),
    reach: fc.constantFrom('here', 'network'),
    port: fc.integer({ min: 1, max: 65_535 }),
    brokerPort: fc.integer({ min: 1, max: 65_535 }),
    history: fc.constantFrom('here', 'influx1', 'influx2'),
    keepDays: fc.option(fc.integer({ min: 8, max: 36_500 })),
  })
  fc.assert(
    fc.property(answers, (given) => {
      const result = read(given)
      if (!result.ok) throw new Error(result.complaints.join('\n'))
      const { dataDirectory, http, broker, series, journal } = result.value
      expect({ dataDirectory, port: http.port, keepDays: journal.keepDays ?? null }).toEqual({
        dataDirectory: given.dataDirectory,
        port: given.port,
        keepDays: given.keepDays,
      })
      expect(broker.port).toBe(given.brokerPort)
      expect(http.tls).toBe(given.reach === 'network' ? 'auto' : undefined)
      expect(series.influx?.version).toBe({ here: undefined, influx1: 1, influx2: 2 }[given.history])
      refusePlaintext(result.value)
    }),
  )
})
