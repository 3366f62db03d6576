/** Text of `src/api/route-table.ts` as it has to be for the contract at hand. */
export declare function routeTableSource(): string;
