import { AppShell } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Outlet, useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { OfferAlert, useOpenCall } from "../calls/index.ts";
import { useT } from "../i18n/index.ts";
import {
  InactivityWatch,
  lockScreen,
  PersonProvider,
  SessionGate,
  type SignedIn,
  SignOutDialog,
} from "../identity/index.ts";
import { LiveUpdates } from "../live/index.ts";
import { CheatSheet, PaletteLauncher, useCommand } from "../shortcuts/index.ts";
import { Header } from "./header.tsx";
import { Navigation } from "./navigation.tsx";
import { mayVisit } from "./pages.ts";
import { SavingStrip } from "./saving-strip.tsx";
import classes from "./shell.module.css";
import { useSignOut } from "./use-sign-out.ts";

/** Everything around the pages of a signed-in person. */
export function SignedInLayout(): ReactElement {
  return <SessionGate>{(person) => <Shell person={person} />}</SessionGate>;
}

interface ShellProps {
  readonly person: SignedIn;
}

function Shell({ person }: ShellProps): ReactElement {
  const t = useT();
  const [isMenuOpen, menu] = useDisclosure(false);
  const isInCall = useOpenCall() !== null;
  const signOut = useSignOut(isInCall);
  const lock = (): void =>
    void lockScreen(person.agentId, new AbortController().signal).catch(() => {});
  usePageCommands(person);
  useCommand("screen.lock", lock);
  return (
    <PersonProvider value={person}>
      <a className="skip-link" href="#content">
        {t("shell.skipToContent")}
      </a>
      <AppShell
        header={{ height: 56 }}
        navbar={{ width: 208, breakpoint: "md", collapsed: { mobile: !isMenuOpen } }}
        classNames={{
          header: classes.header ?? "",
          navbar: classes.navbar ?? "",
          main: classes.main ?? "",
        }}
      >
        <AppShell.Header>
          <Header
            person={person}
            isMenuOpen={isMenuOpen}
            onMenu={menu.toggle}
            onLock={lock}
            onSignOut={signOut.ask}
          />
        </AppShell.Header>
        <AppShell.Navbar>
          <Navigation person={person} onChosen={menu.close} />
        </AppShell.Navbar>
        <AppShell.Main id="content" tabIndex={-1}>
          <SavingStrip />
          <OfferAlert />
          <Outlet />
        </AppShell.Main>
      </AppShell>
      <LiveUpdates person={person} />
      <InactivityWatch person={person} />
      <CheatSheet />
      <PaletteLauncher />
      {signOut.isAsking && <SignOutDialog isInCall={isInCall} onClose={signOut.cancel} />}
    </PersonProvider>
  );
}

function usePageCommands(person: SignedIn): void {
  const navigate = useNavigate();
  useCommand("go.desk", () => void navigate({ to: "/desk" }));
  useCommand("go.callbacks", () => void navigate({ to: "/callbacks" }));
  useCommand("go.status", () => void navigate({ to: "/status" }));
  useCommand("go.board", () => void navigate({ to: "/board" }), mayVisit("board", person));
  useCommand(
    "go.simulator",
    () => void navigate({ to: "/simulator" }),
    mayVisit("simulator", person),
  );
}
