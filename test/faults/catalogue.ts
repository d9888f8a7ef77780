import { brokerCases } from './cases/brokers.ts'
import { certificateCases } from './cases/certificates.ts'
import { clockCases } from './cases/clock.ts'
import { cloneCases } from './cases/clones.ts'
import { cloudKillCases } from './cases/cloud-kill.ts'
import { cloudStorageCases } from './cases/cloud-storage.ts'
import { deliveryCases } from './cases/delivery.ts'
import { deviceCases } from './cases/devices.ts'
import { diskCases } from './cases/disks.ts'
import { fleetCases } from './cases/fleets.ts'
import { frozenClientCases } from './cases/frozen-clients.ts'
import { influxdbCases } from './cases/influxdb.ts'
import { linkCases } from './cases/links.ts'
import { powerCases } from './cases/power.ts'
import { spoolDamageCases } from './cases/spool-damage.ts'
import { spoolSyscallCases } from './cases/spool-syscalls.ts'
import type { FaultCase, NotInjected } from './fault-case.ts'

const number = ({ fault }: { readonly fault: string }) => Number(fault.slice(1))

/** Every fault that the harness injects. */
export const faultCases: readonly FaultCase[] = [
  ...spoolSyscallCases,
  ...cloudKillCases,
  ...brokerCases,
  ...cloudStorageCases,
  ...influxdbCases,
  ...deviceCases,
  ...diskCases,
  ...powerCases,
  ...spoolDamageCases,
  ...linkCases,
  ...clockCases,
  ...cloneCases,
  ...deliveryCases,
  ...fleetCases,
  ...frozenClientCases,
  ...certificateCases,
].toSorted((a, b) => number(a) - number(b))

/** The rest of the 47, each with its reason. */
export const notInjected: readonly NotInjected[] = []
