/** Names by antenna port, as the configuration gives them; ports that are not named get the usual name. */
export type ReadPointNames = Readonly<Record<string, string>>

/** Where a read was sensed: the configured name of the antenna, else `<device>.<antenna>`. */
export function readPointOf(device: string, antenna: number, names: ReadPointNames | undefined): string {
  return names?.[antenna] ?? `${device}.${antenna}`
}
