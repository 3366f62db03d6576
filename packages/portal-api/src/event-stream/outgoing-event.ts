import type { EventKind, Role } from "@careline/portal-contract";

/** Who may see an event. Someone receives it if any part names them; `{}` reaches nobody. */
export interface Audience {
  readonly agents?: readonly string[];
  /** These sessions only. */
  readonly sessions?: readonly string[];
  /** Everyone of these teams whose role is in `roles` (default: supervisors and above). */
  readonly teams?: readonly string[];
  readonly roles?: readonly Role[];
  /** Everyone of `roles`, whatever their team. */
  readonly everyTeam?: boolean;
  /** Every signed-in person: for figures and states without any person's data. */
  readonly everyone?: boolean;
}

export interface OutgoingEvent {
  readonly kind: EventKind;
  /** Parsed by the event's schema before it leaves. */
  readonly data: unknown;
  readonly audience: Audience;
}
