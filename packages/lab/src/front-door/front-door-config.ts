/** What HAProxy's configuration is made from. */
export interface FrontDoorParts {
  readonly port: number;
  readonly plainPort: number;
  readonly metricsPort: number;
  /** Certificate and key in one file. */
  readonly bundleFile: string;
  readonly authorityFile: string;
  readonly adminSocket: string;
  /** Holds `frontDoorScript`. */
  readonly scriptFile: string;
  /** In order of preference. */
  readonly regions: readonly { readonly name: string; readonly port: number }[];
  /** Files of what the front door says itself: `<status>.json` and `<status>.html`. */
  readonly answerFile: (status: number, kind: "json" | "html") => string;
}

/** Requests of one client (its session, or its address without one) within ten seconds. */
const requestsPer10sMax = 1000;
/** Sign-ins and other requests without a session come from everyone behind one address. */
const anonymousPer10sMax = 20_000;
/**
 * Requests that one region works on at once; the others wait at the door for their turn. When a region has taken over, everybody comes at once, and
 * without this bound everybody's first request opened a connection: 95 TLS handshakes in a row kept the portal from its work for 0.5 to 1.1 s
 * (50 clients, 2 cores). Twice the portal's database connections, so that none of them waits for the door.
 */
const turnsMax = 32;
/** HAProxy's buffer, and what of it a body may take; longer bodies are passed on while they arrive and have no part in the turns. */
const bufferBytes = 65_536;
const wholeBodyBytes = 57_344;

/**
 * HAProxy's configuration. Four backends: {permit, alive} × {api, page}. The page ones follow the
 * state of the api ones' servers, so each region is checked once per pool; they differ in what is
 * said when nothing can be served. A fifth, permit_apart, is for what keeps a connection to itself:
 * event streams and long bodies.
 */
export function frontDoorConfig(parts: FrontDoorParts): string {
  return [
    globals(parts),
    defaults(),
    frontends(parts),
    ...(["permit", "alive"] as const).flatMap((pool) => [
      apiBackend(parts, pool),
      pageBackend(parts, pool),
    ]),
    followingBackend(
      parts,
      "permit_apart",
      "permit_api",
      answerErrors(parts, "json", [502, 503, 504], 1),
    ),
  ].join("\n");
}

function globals(parts: FrontDoorParts): string {
  return `global
  log stdout format raw local0 notice
  maxconn 8000
  nbthread 2
  stats socket ${parts.adminSocket} mode 600 level admin
  ssl-default-bind-options ssl-min-ver TLSv1.3
  ssl-default-server-options ssl-min-ver TLSv1.3
  tune.h2.max-concurrent-streams 200
  # A whole body of an ordinary request fits (below: wait-for-body).
  tune.bufsize ${bufferBytes}
  # Checks of both regions need not fall together.
  spread-checks 5
  lua-load-per-thread ${parts.scriptFile}
`;
}

function defaults(): string {
  return `defaults
  mode http
  log global
  option dontlognull
  option dontlog-normal
  option httplog
  # TCP and TLS to a region. Two round trips take 120 ms, but a region that a crowd has just reached was seen to need two seconds;
  # giving up earlier only makes everybody shake hands once more. Who waits at a region that hangs is let go by the guard (door-guard/).
  timeout connect 3s
  timeout client 75s
  timeout server 40s
  timeout http-request 10s
  timeout http-keep-alive 60s
  timeout queue 2s
  timeout check 3s
  # A request is given to another server only while nothing of it was sent: connection failures.
  retries 2
  retry-on conn-failure
  option redispatch 1
`;
}

function frontends(parts: FrontDoorParts): string {
  return `frontend plain
  bind 127.0.0.1:${parts.plainPort}
  http-request redirect code 308 location https://localhost:${parts.port}%[capture.req.uri]

frontend metrics
  bind 127.0.0.1:${parts.metricsPort} ssl crt ${parts.bundleFile}
  http-request use-service prometheus-exporter if { path /metrics }
  http-request return status 404

backend sessions
  stick-table type string len 64 size 20k expire 30s store http_req_rate(10s)

backend addresses
  stick-table type ip size 20k expire 30s store http_req_rate(10s)

frontend door
  # A client that vanished (a shut laptop, a dead office) is noticed 30 s after something was sent to it.
  bind 127.0.0.1:${parts.port} ssl crt ${parts.bundleFile} alpn h2,http/1.1 tcp-ut 30s
  acl is_api path_beg /api/ /webhooks/ /health
  acl is_api path /terms /openapi.json
  acl wants_page req.hdr(accept) -m sub text/html
  acl has_session req.cook(__Host-careline) -m found
  http-request set-var(txn.is_api) bool(true) if is_api !wants_page
${answerErrors(parts, "html", [502, 503, 504], 2)}
  # Not for the outside: metrics, and methods that nothing here answers.
  acl is_refused path_beg /metrics
  acl is_refused method TRACE CONNECT
  http-request track-sc0 req.cook(__Host-careline) table sessions if has_session
  http-request track-sc1 src table addresses if !has_session
  acl is_too_fast sc0_http_req_rate(sessions) gt ${requestsPer10sMax}
  acl is_too_fast sc1_http_req_rate(addresses) gt ${anonymousPer10sMax}
${refuse(parts, 403, "is_refused")}
${refuse(parts, 429, "is_too_fast")}
  # A request takes one of the few turns (permit_api) when it is here as a whole, not when its sender begins.
  http-request wait-for-body time 10s if { req.body_size gt 0 } or { req.hdr(transfer-encoding) -m found }
  http-request set-header X-Forwarded-For %[src]
  http-request set-header X-Forwarded-Proto https
  http-request set-header X-Forwarded-Host localhost:${parts.port}
  http-request del-header Forwarded
  acl for_api var(txn.is_api) -m bool
  acl has_permit nbsrv(permit_api) gt 0
  # Without a permit no region can acknowledge a write. It waits here for a while (front-door-script.ts); what has waited in vain is
  # told so here, so that the region that is being promoted need not say it a few hundred times a second.
  acl is_read method GET HEAD OPTIONS
${pauseWrites(parts)}
  acl is_apart path /api/events
  acl is_apart req.body_size gt ${wholeBodyBytes}
  use_backend permit_apart if has_permit for_api is_apart
  use_backend permit_api if has_permit for_api
  use_backend permit_page if has_permit
  use_backend alive_api if for_api
  default_backend alive_page
`;
}

function pauseWrites(parts: FrontDoorParts): string {
  const { answerFile } = parts;
  return `  http-request lua.await_permit if for_api !has_permit !is_read
  http-request return status 503 content-type application/problem+json file ${answerFile(503, "json")} hdr Cache-Control no-store hdr Retry-After "1" if for_api !has_permit !is_read`;
}

function refuse(parts: FrontDoorParts, status: number, when: string): string {
  const wait = status === 429 ? ' hdr Retry-After "5"' : "";
  const answer = (kind: "json" | "html", condition: string): string =>
    `  http-request return status ${status} content-type ${mediaType(kind)} file ${parts.answerFile(status, kind)} hdr Cache-Control no-store${wait} if ${when} ${condition}`;
  return [
    answer("json", "{ var(txn.is_api) -m bool }"),
    answer("html", "!{ var(txn.is_api) -m bool }"),
  ].join("\n");
}

function mediaType(kind: "json" | "html"): string {
  return kind === "json" ? "application/problem+json" : "text/html";
}

function answerErrors(
  parts: FrontDoorParts,
  kind: "json" | "html",
  statuses: readonly number[],
  retryAfterSeconds: number,
): string {
  return statuses
    .map(
      (status) =>
        `  http-error status ${status} content-type ${mediaType(kind)} file ${parts.answerFile(status, kind)} hdr Cache-Control no-store hdr Retry-After "${retryAfterSeconds}"`,
    )
    .join("\n");
}

/**
 * `inter` is also the limit for a check's TCP and TLS handshake (HAProxy, "timeout check"). At 600 ms and three in a row a door marked
 * the one serving region down 22 times in three minutes: the handshakes of a hundred clients kept its portal busy, each time its sessions were
 * ended, and the crowd came back with as many handshakes. So silence must last for six checks of 1 s, while connections that are
 * refused and answers that say no count at once, each 100 ms. What has to be quicker, the guard tells (door-guard/): which region got
 * the permit, and who lost it. These checks decide what it does not know, and alone while it does not run.
 */
const checks = {
  permit: { path: "/health", timing: "inter 1s fastinter 100ms downinter 200ms rise 1 fall 6" },
  alive: {
    path: "/health/alive",
    timing: "inter 1s fastinter 100ms downinter 300ms rise 1 fall 6",
  },
} as const;

/** `http-reuse always`: a client's first request may use a connection that others left open; a write that breaks on it is repeated with its key. */
const turns = {
  permit: { of: "  http-reuse always\n", each: `maxconn ${turnsMax} pool-purge-delay 60s ` },
  alive: { of: "", each: "" },
} as const;

function apiBackend(parts: FrontDoorParts, pool: "permit" | "alive"): string {
  const { path, timing } = checks[pool];
  const servers = parts.regions.map(
    ({ name, port }) =>
      `  server ${name} 127.0.0.1:${port} check ${timing} ${turns[pool].each}on-marked-down shutdown-sessions ${serverTls(parts)}`,
  );
  return `backend ${pool}_api
  balance first
${turns[pool].of}  option httpchk
  http-check send meth GET uri ${path} ver HTTP/1.1 hdr Host localhost
  http-check expect status 200
${answerErrors(parts, "json", [502, 503, 504], 1)}
${servers.join("\n")}
`;
}

function pageBackend(parts: FrontDoorParts, pool: "permit" | "alive"): string {
  const rules = `  # Only what holds no secret: compressed answers tell their content by their length.
  compression algo gzip
  compression type text/css text/javascript application/javascript image/svg+xml application/manifest+json
${answerErrors(parts, "html", [502, 503, 504], 2)}`;
  return followingBackend(parts, `${pool}_page`, `${pool}_api`, rules);
}

/** A backend whose servers are up when those of `leader` are. */
function followingBackend(
  parts: FrontDoorParts,
  name: string,
  leader: string,
  rules: string,
): string {
  const servers = parts.regions.map(
    (region) =>
      `  server ${region.name} 127.0.0.1:${region.port} track ${leader}/${region.name} on-marked-down shutdown-sessions ${serverTls(parts)}`,
  );
  return `backend ${name}
  balance first
${rules}
${servers.join("\n")}
`;
}

function serverTls(parts: FrontDoorParts): string {
  return `ssl verify required ca-file ${parts.authorityFile} verifyhost localhost sni str(localhost)`;
}
