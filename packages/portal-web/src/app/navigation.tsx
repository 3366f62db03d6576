import { NavLink } from "@mantine/core";
import {
  IconCalendarTime,
  IconHeadset,
  IconHeartbeat,
  IconLayoutDashboard,
  IconNotes,
  IconPhoneCalling,
  IconSettings,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useT } from "../i18n/index.ts";
import type { SignedIn } from "../identity/index.ts";
import { mayVisit, type Page, pages } from "./pages.ts";

const icons: Record<Page, typeof IconHeadset> = {
  desk: IconHeadset,
  intake: IconNotes,
  callbacks: IconCalendarTime,
  board: IconLayoutDashboard,
  simulator: IconPhoneCalling,
  settings: IconSettings,
  continuity: IconHeartbeat,
};

interface NavigationProps {
  readonly person: SignedIn;
  readonly onChosen: () => void;
}

/** Links to the pages that the person's role includes. */
export function Navigation({ person, onChosen }: NavigationProps): ReactElement {
  const t = useT();
  return (
    <nav aria-label={t("shell.mainNavigation")}>
      {pages
        .filter((page) => mayVisit(page.name, person))
        .map((page) => {
          const Icon = icons[page.name];
          return (
            <NavLink
              key={page.name}
              component={Link}
              to={page.path}
              label={t(`shell.${page.name}`)}
              leftSection={<Icon size={20} stroke={1.6} aria-hidden="true" />}
              onClick={onChosen}
              activeProps={{ "data-active": true }}
            />
          );
        })}
    </nav>
  );
}
