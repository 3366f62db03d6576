import { Title } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import classes from "./panel.module.css";

interface PanelProps {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** One titled part of the desk. */
export function Panel({ title, aside, children }: PanelProps): ReactElement {
  return (
    <section className={classes.panel} aria-label={title}>
      <div className={classes.panelHead}>
        <Title order={2} size="h5">
          {title}
        </Title>
        {aside}
      </div>
      {children}
    </section>
  );
}
