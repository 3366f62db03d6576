import { Button } from "@mantine/core";
import type { ReactElement } from "react";
import { errorCode, isDenied } from "../api/index.ts";
import { useT } from "../i18n/index.ts";
import classes from "./notice.module.css";
import { Notice } from "./notice.tsx";

interface FailureProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** A part of a screen that could not be loaded, or that the person may not see; with its code and a way on. */
export function Failure({ error, onRetry }: FailureProps): ReactElement {
  const t = useT();
  const code = errorCode(error);
  if (isDenied(error)) {
    return (
      <Notice tone="calm" role="alert">
        {t("errors.denied", { code })}
      </Notice>
    );
  }
  return (
    <Notice tone="bad" role="alert">
      <div className={classes.row}>
        <span>{t("errors.loadFailed", { code })}</span>
        {onRetry !== undefined && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {t("shell.retry")}
          </Button>
        )}
      </div>
    </Notice>
  );
}
