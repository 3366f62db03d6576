import type { ReactNode } from "react";
import { DeniedPage } from "../feedback/index.ts";
import { usePerson } from "../identity/index.ts";
import { mayVisit, type Page } from "./pages.ts";

interface PageGuardProps {
  readonly page: Page;
  readonly children: ReactNode;
}

/** Says "denied" instead of a page that would only show refusals. */
export function PageGuard({ page, children }: PageGuardProps): ReactNode {
  return mayVisit(page, usePerson()) ? children : <DeniedPage code="PERMISSION_DENIED" />;
}
