/** Event kinds of the domains, part of the one table in events.ts. */
export const domainEvents = {} as const;
