import { SimulateConfig } from '../../simulators/config.ts'
import { simulate as runSimulation } from '../../simulators/main.ts'
import { loadConfiguration, systemClock, untilStopped } from '../surroundings.ts'
import type { Terminal } from '../terminal.ts'

/** `warepulse simulate --config <file>`: runs until it is told to stop. */
export async function simulate(options: { readonly config: string }, terminal: Terminal): Promise<void> {
  const config = loadConfiguration(SimulateConfig, options.config)
  await runSimulation(config, { clock: systemClock, log: (sentence) => terminal.line(sentence) }, untilStopped())
}
