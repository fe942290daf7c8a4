import { defineConfig } from "vite";

/* Built files go where Django finds them; the manifest tells the tag `asset` their hashed names. */
export default defineConfig({
  base: "",
  publicDir: false,
  css: {
    preprocessorOptions: {
      scss: { quietDeps: true, silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"] },
    },
  },
  build: {
    outDir: "../src/commongrid/static/built",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2018",
    cssTarget: "chrome80",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: ["src/console.ts", "src/public.ts", "src/print.ts", "src/map.ts"],
      onwarn: (warning, warn) => {
        if (warning.code !== "EVAL") warn(warning); // htmx mentions eval; `allowEval` and the CSP forbid it
      },
    },
  },
});
