export { type Colleague, colleaguesQuery } from "./colleagues.ts";
export { type OwnProfile, ownProfileQuery, receivePresence } from "./own-profile.ts";
export { PresenceBadge } from "./presence-badge.tsx";
export { presenceLooks, reasonLabels } from "./presence-looks.ts";
export { PresenceMenu } from "./presence-menu.tsx";
export { useSetPresence } from "./use-set-presence.ts";
