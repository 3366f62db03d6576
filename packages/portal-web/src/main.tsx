import { setNonce } from "get-nonce";
import { createRoot } from "react-dom/client";
import "@mantine/core/styles.layer.css";
import "./app/base.css";
import { App, styleNonce } from "./app/index.ts";
import { preferredLanguage, startTranslations } from "./i18n/index.ts";
import { preferences } from "./preferences/index.ts";
import { registerServiceWorker } from "./service-worker/index.ts";

const container = document.getElementById("root");
if (container === null) throw new Error("the page has no root element");
// react-remove-scroll (behind dialogs) makes its style element with this nonce.
setNonce(styleNonce());
startTranslations(preferences().language ?? preferredLanguage(navigator.languages))
  .catch(() => undefined)
  .finally(() => createRoot(container).render(<App />));
registerServiceWorker();
