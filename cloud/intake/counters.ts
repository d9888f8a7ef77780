/** What the intake has seen since it was opened; each becomes a metric of the same name. */
export interface IntakeCounters {
  intake_records_accepted_total: number
  /** Closed, with their reason in the journal, without entering history. */
  intake_records_quarantined_total: number
  intake_batches_appended_total: number
  /** Could not be read at all; answered with `refused`, or not at all while the sender's epoch is not known. */
  intake_batches_refused_total: number
  intake_batches_under_retired_lease_total: number
  /** Batches and hellos of gateways that are frozen because two senders use their identity. */
  intake_messages_of_forked_total: number
  /** A sender that knows less of its own numbers than the journal; not answered the first time. */
  intake_hellos_behind_total: number
  /** Would have torn more holes than an ack can tell of. */
  intake_batches_beyond_holes_total: number
  intake_hellos_taken_total: number
  intake_hellos_refused_total: number
  intake_acks_sent_total: number
  /** Attempts that met a journal which could not write; the messages wait and nothing is acknowledged. */
  intake_appends_failed_total: number
}

export function noneYet(): IntakeCounters {
  return {
    intake_records_accepted_total: 0,
    intake_records_quarantined_total: 0,
    intake_batches_appended_total: 0,
    intake_batches_refused_total: 0,
    intake_batches_under_retired_lease_total: 0,
    intake_messages_of_forked_total: 0,
    intake_hellos_behind_total: 0,
    intake_batches_beyond_holes_total: 0,
    intake_hellos_taken_total: 0,
    intake_hellos_refused_total: 0,
    intake_acks_sent_total: 0,
    intake_appends_failed_total: 0,
  }
}
