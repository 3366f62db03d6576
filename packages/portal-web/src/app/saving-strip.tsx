import { type ReactElement, useState } from "react";
import { lastConfirmedAt, useOutbox, WaitingDialog } from "../outbox/index.ts";
import { ServiceBanner } from "../status/index.ts";

/** The banner and what it opens. A component of its own, so that a change of the outbox draws nothing else. */
export function SavingStrip(): ReactElement {
  const outbox = useOutbox();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <ServiceBanner
        outbox={outbox}
        confirmedAt={lastConfirmedAt()}
        onOpenWaiting={() => setOpen(true)}
      />
      {isOpen && <WaitingDialog onClose={() => setOpen(false)} />}
    </>
  );
}
