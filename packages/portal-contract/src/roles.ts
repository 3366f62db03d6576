import { z } from "zod";

/** HCC-DB-02: Agent, Supervisor, Manager, Admin. */
export const roles = ["agent", "supervisor", "manager", "admin"] as const;
export const roleSchema = z.enum(roles);
export type Role = (typeof roles)[number];

/** Permissions granted singly, beside the role (portal.md, "Roles and authority"). */
export const permissions = [
  "medical_reviewer",
  "signer",
  "auditor",
  "continuity_operator",
  "continuity_approver",
] as const;
export const permissionSchema = z.enum(permissions);
export type Permission = (typeof permissions)[number];

export const sites = ["east", "west"] as const;
export const siteSchema = z.enum(sites);
export type Site = (typeof sites)[number];

/** Everyone who may sign in. */
export const everyRole: readonly Role[] = roles;
/** Those who answer for a team. */
export const supervisingRoles: readonly Role[] = ["supervisor", "manager", "admin"];
