/** Routes of the domains, each slice's table spread here; part of the one table in routes.ts. */
export const domainRoutes = {} as const;
