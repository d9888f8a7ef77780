import type { CloudAnswers } from './questions.ts'

/** A commented configuration of the cloud that says no more than was answered; the rest has defaults. */
export function cloudYaml({ dataDirectory, reach, port, brokerPort, history, keepDays }: CloudAnswers): string {
  const isOpen = reach === 'network'
  const lines = [
    '# The cloud side. Every key with its default and meaning: docs/configuration.md',
    '# After a change: warepulse config check cloud.yaml',
    'version: 1',
    '',
    '# Journal, stock, accounts. Back up with `warepulse backup create`.',
    `dataDirectory: ${JSON.stringify(dataDirectory)}`,
    '',
    '# Board, API and live link',
    'http:',
    ...(isOpen
      ? [
          '  host: 0.0.0.0',
          `  port: ${port}`,
          '  tls: auto # by a local authority; its certificate is at /authority.pem',
        ]
      : ['  host: 127.0.0.1 # 0.0.0.0 lets the network in: with tls: auto', `  port: ${port}`]),
    '',
    '# Where gateways deliver',
    'broker:',
    ...(isOpen
      ? ['  host: 0.0.0.0', `  port: ${brokerPort}`, '  tls: auto # gateways trust it by uplink.caFile']
      : ['  host: 127.0.0.1', `  port: ${brokerPort}`]),
    ...(isOpen ? ['', '# By which further names is this machine reached?', '# tls: { names: [board.example] }'] : []),
    ...influxLines[history],
    ...(keepDays === null
      ? []
      : ['', '# Older entries are cut off, once every read model has a base.', 'journal:', `  keepDays: ${keepDays}`]),
    '',
  ]
  return lines.join('\n')
}

const influxLines: Readonly<Record<CloudAnswers['history'], readonly string[]>> = {
  here: [],
  influx1: [
    '',
    '# History of sensors and reads. Mend the address if InfluxDB is elsewhere; the database is made if there is none.',
    'series:',
    '  influx: { version: 1, url: "http://127.0.0.1:8086", database: warepulse }',
  ],
  influx2: [
    '',
    '# History of sensors and reads. The bucket must exist; the file holds a token that may read and write it.',
    'series:',
    '  influx: { version: 2, url: "http://127.0.0.1:8086", org: warehouse, bucket: warepulse, tokenFile: ./influx-token }',
  ],
}
