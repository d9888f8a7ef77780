/** What the uplink has done and how it stands; the caller reads it for `/metrics`. */
export interface UplinkCounters {
  uplink_connections_opened_total: number
  uplink_connections_failed_total: number
  uplink_batches_sent_total: number
  uplink_bytes_sent_total: number
  uplink_records_sent_total: number
  /** Records that were sent before: their ack did not come in time, or the connection was lost. */
  uplink_records_repeated_total: number
  uplink_acks_received_total: number
  uplink_acks_missed_total: number
  uplink_messages_unreadable_total: number
  uplink_batches_refused_total: number
  uplink_records_refused_total: number
  /** Records in the spool that are not acknowledged. */
  uplink_backlog_records: number
  uplink_round_trip_ms: number
}

export function noUplinkCounters(): UplinkCounters {
  return {
    uplink_connections_opened_total: 0,
    uplink_connections_failed_total: 0,
    uplink_batches_sent_total: 0,
    uplink_bytes_sent_total: 0,
    uplink_records_sent_total: 0,
    uplink_records_repeated_total: 0,
    uplink_acks_received_total: 0,
    uplink_acks_missed_total: 0,
    uplink_messages_unreadable_total: 0,
    uplink_batches_refused_total: 0,
    uplink_records_refused_total: 0,
    uplink_backlog_records: 0,
    uplink_round_trip_ms: 0,
  }
}
