import { clockCases } from './cases/clock.ts'
import { cloneCases } from './cases/clones.ts'
import { cloudKillCases } from './cases/cloud-kill.ts'
import { deliveryCases } from './cases/delivery.ts'
import { diskCases } from './cases/disks.ts'
import { influxdbCases } from './cases/influxdb.ts'
import { linkCases } from './cases/links.ts'
import { spoolDamageCases } from './cases/spool-damage.ts'
import { spoolSyscallCases } from './cases/spool-syscalls.ts'
import type { FaultCase, NotInjected } from './fault-case.ts'

const number = ({ fault }: { readonly fault: string }) => Number(fault.slice(1))

/** Every fault that the harness injects. */
export const faultCases: readonly FaultCase[] = [
  ...spoolSyscallCases,
  ...cloudKillCases,
  ...influxdbCases,
  ...diskCases,
  ...spoolDamageCases,
  ...linkCases,
  ...clockCases,
  ...cloneCases,
  ...deliveryCases,
].toSorted((a, b) => number(a) - number(b))

const notYet = 'no case is written for it yet'

/** The rest of the 47, each with its reason. */
export const notInjected: readonly NotInjected[] = [
  {
    fault: 'F3',
    title: 'power loss: what was not synced is gone',
    why: 'needs a file system that forgets; the spool is checked against a model that does (test/properties/spool.test.ts)',
  },
  { fault: 'F8', title: 'the broker restarts', why: 'proved by test/contracts/broker.test.ts for both brokers' },
  { fault: 'F14', title: 'InfluxDB answers 401', why: 'proved by test/contracts/series-store.test.ts' },
  { fault: 'F15', title: 'InfluxDB cuts its answer', why: 'proved by test/contracts/series-store.test.ts' },
  { fault: 'F16', title: 'SQL locked, slow or down', why: 'there is no SQL server; SQLite has one writer per file' },
  { fault: 'F17', title: 'disk of the cloud full', why: 'proved by test/contracts/journal-crash.test.ts' },
  { fault: 'F27', title: 'clock jumps by years', why: 'proved by test/journeys/clock.test.ts' },
  { fault: 'F34', title: 'other network, no DNS, captive portal', why: notYet },
  { fault: 'F38', title: 'reader unplugged and plugged again', why: 'proved by test/journeys/serial-source.test.ts' },
  {
    fault: 'F39',
    title: 'garbage on the wire',
    why: 'proved by test/journeys/simulators.test.ts and test/edge/framing',
  },
  { fault: 'F40', title: 'a reader floods', why: notYet },
  { fault: 'F42', title: '10,000 gateways come back at once', why: notYet },
  { fault: 'F43', title: '10,000 gateways with a day of backlog', why: notYet },
  { fault: 'F44', title: 'frozen board clients', why: 'proved by test/journeys/live-push.test.ts' },
  { fault: 'F45', title: 'frozen MQTT subscriber', why: 'proved by test/contracts/broker-security.test.ts' },
  { fault: 'F46', title: 'wrong configuration', why: 'proved by test/bin/configuration.test.ts' },
  { fault: 'F47', title: 'certificates expire', why: notYet },
]
