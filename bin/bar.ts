/** `████████░░░░ 1,234 of 2,000` for a terminal line. */
export function bar(done: number, total: number, width = 24): string {
  const share = total === 0 ? 1 : Math.min(1, done / total)
  const filled = Math.round(share * width)
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${done.toLocaleString('en')} of ${total.toLocaleString('en')}`
}
