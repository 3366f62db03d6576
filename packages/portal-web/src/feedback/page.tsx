import { Stack, Text, Title } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import classes from "./page.module.css";

interface PageProps {
  readonly title: string;
  readonly intro?: string;
  readonly children: ReactNode;
}

/** A page of one column: title and contents begin at the same place on every page, so that the eye finds them unsought. */
export function Page({ title, intro, children }: PageProps): ReactElement {
  return (
    <Stack gap="md" className={classes.page}>
      <div>
        <Title order={1} size="h3">
          {title}
        </Title>
        {intro !== undefined && <Text c="dimmed">{intro}</Text>}
      </div>
      {children}
    </Stack>
  );
}
