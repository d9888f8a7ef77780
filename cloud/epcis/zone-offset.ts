/** How far the clocks of a zone are ahead of UTC at an instant, `+02:00`. */
export function zoneOffset(at: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).formatToParts(at)
  const said = parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
  return /[+-]\d{2}:\d{2}/.exec(said)?.[0] ?? '+00:00'
}
