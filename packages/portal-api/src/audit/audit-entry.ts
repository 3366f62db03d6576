/** What a handler says about one record that it read, changed or refused. */
export interface AuditEntry {
  /** Default: the route's `audit` action. Snake case, at most 100 characters. */
  readonly action?: string;
  /** Kind of record, e.g. `call`, `patient`. At most 50 characters. */
  readonly resourceType: string;
  readonly resourceId: string | null;
  readonly patientId?: string | null;
  /** Ids, codes and numbers that explain the entry; never names, numbers or texts of people. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}
