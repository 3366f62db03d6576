import { ActionIcon, Avatar, Burger, Button, Menu, Text } from "@mantine/core";
import { IconCommand, IconLock, IconLogout, IconSettings, IconUser } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { PresenceMenu } from "../agents/index.ts";
import { CallBar } from "../calls/index.ts";
import { useT } from "../i18n/index.ts";
import type { SignedIn } from "../identity/index.ts";
import { Keys, runCommand } from "../shortcuts/index.ts";
import { ServicePill } from "../status/index.ts";
import classes from "./shell.module.css";

interface HeaderProps {
  readonly person: SignedIn;
  readonly isMenuOpen: boolean;
  readonly onMenu: () => void;
  readonly onLock: () => void;
  readonly onSignOut: () => void;
}

/** Status, call in hand, region and account: what has to be in sight on every page. */
export function Header({
  person,
  isMenuOpen,
  onMenu,
  onLock,
  onSignOut,
}: HeaderProps): ReactElement {
  const t = useT();
  return (
    <div className={classes.headerRow}>
      <Burger
        hiddenFrom="md"
        size="sm"
        opened={isMenuOpen}
        onClick={onMenu}
        aria-label={t("shell.openNavigation")}
      />
      <Link to="/" className={classes.brand} aria-label={t("shell.home")}>
        <img src="/icons/careline.svg" width={28} height={28} alt="" />
        <Text fw={600} visibleFrom="md" component="span">
          Careline
        </Text>
      </Link>
      <PresenceMenu />
      <CallBar />
      <span className={classes.spacer} />
      <span className={classes.wideOnly}>
        <ServicePill />
      </span>
      <Button
        visibleFrom="lg"
        variant="default"
        size="xs"
        leftSection={<IconCommand size={14} aria-hidden="true" />}
        rightSection={<Keys command="palette.open" />}
        onClick={() => runCommand("palette.open")}
      >
        {t("shell.search")}
      </Button>
      <AccountMenu person={person} onLock={onLock} onSignOut={onSignOut} />
    </div>
  );
}

interface AccountMenuProps {
  readonly person: SignedIn;
  readonly onLock: () => void;
  readonly onSignOut: () => void;
}

const roleTexts = {
  agent: "shell.roleAgent",
  supervisor: "shell.roleSupervisor",
  manager: "shell.roleManager",
  admin: "shell.roleAdmin",
} as const;

function AccountMenu({ person, onLock, onSignOut }: AccountMenuProps): ReactElement {
  const t = useT();
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon
          variant="transparent"
          size={40}
          aria-label={t("shell.account", { name: person.displayName })}
        >
          <Avatar size={34} color="care" variant="filled">
            <IconUser size={20} aria-hidden="true" />
          </Avatar>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {person.displayName} · {t(roleTexts[person.role])}
        </Menu.Label>
        <Menu.Item
          component={Link}
          to="/settings"
          leftSection={<IconSettings size={16} aria-hidden="true" />}
        >
          {t("shell.settings")}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconLock size={16} aria-hidden="true" />}
          rightSection={<Keys command="screen.lock" />}
          onClick={onLock}
        >
          {t("shell.lockNow")}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden="true" />} onClick={onSignOut}>
          {t("shell.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
