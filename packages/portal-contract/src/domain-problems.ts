/** Problem codes of the domains; spread into the one table in problems.ts. */
export const domainProblems = {} as const;
