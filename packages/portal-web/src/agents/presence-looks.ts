import type { PresenceReason, PresenceState } from "@careline/portal-contract/agents/schemas.ts";
import {
  IconBellRinging,
  IconCircleCheck,
  IconCoffee,
  IconPencil,
  IconPhone,
  IconPlugOff,
} from "@tabler/icons-react";
import type { TextKey } from "../i18n/index.ts";

interface Look {
  readonly icon: typeof IconPhone;
  readonly label: TextKey;
  /** Class of presence.module.css. */
  readonly tone: "good" | "warn" | "bad" | "calm" | "quiet";
  /** Place in a list sorted by state: what needs a supervisor first. */
  readonly rank: number;
}

/** How each live state looks: never colour alone, always with icon and text. */
export const presenceLooks: Readonly<Record<PresenceState, Look>> = {
  offered: { icon: IconBellRinging, label: "desk.presence.offered", tone: "bad", rank: 0 },
  wrapping: { icon: IconPencil, label: "desk.presence.wrapping", tone: "warn", rank: 1 },
  on_call: { icon: IconPhone, label: "desk.presence.on_call", tone: "calm", rank: 2 },
  available: { icon: IconCircleCheck, label: "desk.presence.available", tone: "good", rank: 3 },
  on_break: { icon: IconCoffee, label: "desk.presence.on_break", tone: "quiet", rank: 4 },
  offline: { icon: IconPlugOff, label: "desk.presence.offline", tone: "quiet", rank: 5 },
};

export const reasonLabels: Readonly<Record<PresenceReason, TextKey>> = {
  meal: "desk.reason.meal",
  short_break: "desk.reason.short_break",
  training: "desk.reason.training",
  meeting: "desk.reason.meeting",
  coaching: "desk.reason.coaching",
  technical: "desk.reason.technical",
  end_of_shift: "desk.reason.end_of_shift",
  missed_offer: "desk.reason.missed_offer",
  connection_lost: "desk.reason.connection_lost",
};

export const breakReasons = [
  "meal",
  "short_break",
  "training",
  "meeting",
  "coaching",
  "technical",
] as const;
