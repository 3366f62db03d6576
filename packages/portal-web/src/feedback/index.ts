export { DeniedPage } from "./denied-page.tsx";
export { Dialog } from "./dialog.tsx";
export { ErrorPage } from "./error-page.tsx";
export { Fact, Facts } from "./facts.tsx";
export { Failure } from "./failure.tsx";
export { NotFoundPage } from "./not-found-page.tsx";
export { Notice } from "./notice.tsx";
export { Panel } from "./panel.tsx";
export { Tag } from "./tag.tsx";
