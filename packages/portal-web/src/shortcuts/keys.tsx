import { Kbd } from "@mantine/core";
import type { ReactElement } from "react";
import { usePreferences } from "../preferences/index.ts";
import { type CommandId, keysOf } from "./commands.ts";
import { keysShown } from "./key-combination.ts";
import classes from "./keys.module.css";

interface KeysProps {
  readonly command: CommandId;
}

/** The keys of a command as they are set now; nothing while shortcuts are off. */
export function Keys({ command }: KeysProps): ReactElement | null {
  const { shortcutsOn, remapped } = usePreferences();
  if (!shortcutsOn) return null;
  return (
    <span className={classes.keys} aria-hidden="true">
      {keysShown(keysOf(command, remapped)).map((key) => (
        <Kbd key={key} size="xs">
          {key}
        </Kbd>
      ))}
    </span>
  );
}
