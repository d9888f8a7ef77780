/** Lower ends of the bins of a distribution of signal strength, dBm, 5 dB each; what is weaker is in the first. */
export const rssiBins = [-90, -85, -80, -75, -70, -65, -60, -55, -50, -45, -40, -35, -30] as const
