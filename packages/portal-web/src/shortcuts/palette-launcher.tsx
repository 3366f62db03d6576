import { lazy, type ReactElement, Suspense, useState } from "react";
import { useCommand } from "./use-command.ts";

const CommandPalette = lazy(async () => {
  const { CommandPalette: component } = await import("./command-palette.tsx");
  return { default: component };
});

/** Loads the palette the first time it is asked for: it is no part of the first load. */
export function PaletteLauncher(): ReactElement | null {
  const [openings, setOpenings] = useState(0);
  useCommand("palette.open", () => setOpenings((count) => count + 1));
  if (openings === 0) return null;
  return (
    <Suspense fallback={null}>
      <CommandPalette openings={openings} />
    </Suspense>
  );
}
