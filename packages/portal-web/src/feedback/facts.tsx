import type { ReactElement, ReactNode } from "react";
import classes from "./facts.module.css";

interface FactsProps {
  readonly children: ReactNode;
}

/** A grid of named values. */
export function Facts({ children }: FactsProps): ReactElement {
  return <dl className={classes.facts}>{children}</dl>;
}

interface FactProps {
  readonly name: string;
  readonly children: ReactNode;
}

/** One named value; the text decides its own direction. */
export function Fact({ name, children }: FactProps): ReactElement {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd dir="auto">{children}</dd>
    </div>
  );
}
