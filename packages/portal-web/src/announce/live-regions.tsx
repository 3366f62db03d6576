import { VisuallyHidden } from "@mantine/core";
import { type ReactElement, useSyncExternalStore } from "react";
import { latestAnnouncement, subscribeToAnnouncements } from "./announcer.ts";

/** The page's two live regions. They exist from the first paint on: a region added with its text is not read. */
export function LiveRegions(): ReactElement {
  const polite = useSyncExternalStore(subscribeToAnnouncements, () => latestAnnouncement("polite"));
  const assertive = useSyncExternalStore(subscribeToAnnouncements, () =>
    latestAnnouncement("assertive"),
  );
  return (
    <>
      <VisuallyHidden role="status" aria-live="polite">
        <span key={polite.id}>{polite.text}</span>
      </VisuallyHidden>
      <VisuallyHidden role="alert" aria-live="assertive">
        <span key={assertive.id}>{assertive.text}</span>
      </VisuallyHidden>
    </>
  );
}
