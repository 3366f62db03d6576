import { createHash } from "node:crypto";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** The minifier may write the text with any kind of quote. */
const precachePlaceholder = /["'`]__CARELINE_PRECACHE__["'`]/;
const versionPlaceholder = "__CARELINE_SHELL_VERSION__";

/** Writes the list of built files into the service worker, which keeps them for a start without a network. */
function precacheList(): Plugin {
  return {
    name: "careline-precache-list",
    apply: "build",
    generateBundle(_options, bundle) {
      const paths = Object.keys(bundle)
        .filter((path) => path.startsWith("assets/"))
        .sort();
      const worker = bundle["sw.js"];
      if (worker?.type !== "chunk") return;
      const version = createHash("sha256")
        .update(paths.join("\n"))
        .update(worker.code)
        .digest("hex");
      const list = JSON.stringify(paths.map((path) => `/${path}`));
      worker.code = worker.code
        .replace(precachePlaceholder, list)
        .replace(versionPlaceholder, version.slice(0, 16));
    },
  };
}

/** Fetches the fonts with the page: `font-display: optional` uses only what is there at the first paint. */
function preloadFonts(): Plugin {
  return {
    name: "careline-preload-fonts",
    apply: "build",
    transformIndexHtml(_html, { bundle }) {
      return Object.keys(bundle ?? {})
        .filter((path) => path.endsWith(".woff2"))
        .map((path) => ({
          tag: "link",
          attrs: {
            rel: "preload",
            as: "font",
            type: "font/woff2",
            crossorigin: true,
            href: `/${path}`,
          },
        }));
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), precacheList(), preloadFonts()],
  build: {
    target: "es2024",
    outDir: "dist",
    emptyOutDir: true,
    sourcemap: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      input: {
        index: `${import.meta.dirname}/index.html`,
        "service-worker": `${import.meta.dirname}/src/service-worker/service-worker.ts`,
      },
      output: {
        entryFileNames: (chunk) =>
          chunk.name === "service-worker" ? "sw.js" : "assets/[name]-[hash].js",
      },
    },
  },
});
