import type { ReactElement, ReactNode } from "react";
import classes from "./notice.module.css";
import type { Tone } from "./notice.tsx";

interface TagProps {
  readonly tone: Tone;
  readonly children: ReactNode;
}

/** A short label in a pill. */
export function Tag({ tone, children }: TagProps): ReactElement {
  return <span className={`${classes.tag} ${classes[tone]}`}>{children}</span>;
}
