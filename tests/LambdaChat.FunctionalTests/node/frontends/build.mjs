// Builds pages with Vite. Argument: a folder with one folder for each page, which has index.html and main.jsx. The result is in its folder
// dist.
import { readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";

const root = realpathSync(process.argv[2]);
const pages = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
await build({
  root,
  base: "./",
  logLevel: "error",
  esbuild: { jsx: "automatic" },
  build: { minify: false, rollupOptions: { input: pages.map((name) => join(root, name, "index.html")) } },
});
