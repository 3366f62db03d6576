import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from "@tabler/icons-react";
import type { ReactElement, ReactNode, Ref } from "react";
import classes from "./notice.module.css";

export type Tone = "calm" | "good" | "warn" | "bad";

interface NoticeProps {
  readonly tone: Tone;
  readonly title?: string;
  /** For a title that takes the keyboard: read out, and pressing a key there does nothing. */
  readonly titleRef?: Ref<HTMLParagraphElement>;
  /** `alert` interrupts a screen reader; `status` waits; left out, it is only read in passing. */
  readonly role?: "alert" | "status";
  readonly children: ReactNode;
}

const icons = {
  calm: IconInfoCircle,
  good: IconCircleCheck,
  warn: IconAlertTriangle,
  bad: IconAlertTriangle,
} as const;

/** A message in a box: colour, icon and text, readable in both schemes. */
export function Notice({ tone, title, titleRef, role, children }: NoticeProps): ReactElement {
  const Icon = icons[tone];
  return (
    <div className={`${classes.notice} ${classes[tone]}`} {...(role === undefined ? {} : { role })}>
      <Icon className={classes.icon} size={18} aria-hidden="true" />
      <div className={classes.content}>
        {title !== undefined && (
          <p className={classes.title} {...(titleRef ? { ref: titleRef, tabIndex: -1 } : {})}>
            {title}
          </p>
        )}
        {children}
      </div>
    </div>
  );
}
