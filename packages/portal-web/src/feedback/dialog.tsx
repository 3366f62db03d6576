import { Modal } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import { useT } from "../i18n/index.ts";
import classes from "./dialog.module.css";

interface DialogProps {
  readonly title: string;
  readonly size?: "md" | "lg" | "xl";
  /** Left out: the dialog can only be left by what it offers. */
  readonly onClose?: () => void;
  readonly children: ReactNode;
}

/** A dialog with a title and a way out. Its head is no `header` element: the page has one already. */
export function Dialog({ title, size = "md", onClose, children }: DialogProps): ReactElement {
  const t = useT();
  return (
    <Modal.Root opened onClose={onClose ?? (() => undefined)} size={size} centered>
      <Modal.Overlay />
      <Modal.Content>
        <div className={classes.head}>
          <Modal.Title fw={600}>{title}</Modal.Title>
          {onClose !== undefined && <Modal.CloseButton aria-label={t("shell.close")} />}
        </div>
        <Modal.Body tabIndex={0} className={classes.body}>
          {children}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
