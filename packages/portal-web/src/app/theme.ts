import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const care: MantineColorsTuple = [
  "#e6f7f9",
  "#d3eaee",
  "#a9d4dc",
  "#7bbdc9",
  "#55a9b8",
  "#3c9cae",
  "#2b95a8",
  "#0f7285",
  "#05616f",
  "#004c58",
];

const sans =
  'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif';

export const theme = createTheme({
  primaryColor: "care",
  primaryShade: { light: 7, dark: 7 },
  colors: { care },
  autoContrast: true,
  luminanceThreshold: 0.36,
  fontFamily: sans,
  headings: { fontFamily: sans, fontWeight: "600" },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  focusRing: "auto",
});

/**
 * Mantine's own grey texts stay below 4.5:1 on its own backgrounds (gray.6 on white is 3.3:1), so the
 * quiet colours are set here once, for both schemes, at 4.5:1 or more (WCAG 2.2, 1.4.3).
 */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#ffffff",
    "--mantine-color-dimmed": "#52606d",
    "--mantine-color-placeholder": "#66727e",
    "--mantine-color-error": "#b42318",
    "--mantine-color-red-text": "#b42318",
    "--mantine-color-anchor": "#05616f",
    "--desk-surface": "#f4f6f8",
    "--desk-line": "#d9e0e6",
    "--desk-good": "#1d6b35",
    "--desk-warn": "#8a4b00",
    "--desk-bad": "#b42318",
    "--desk-calm": "#05616f",
    "--desk-good-soft": "#e6f4ea",
    "--desk-warn-soft": "#fdf0dc",
    "--desk-bad-soft": "#fdeceb",
    "--desk-calm-soft": "#e3f3f6",
    "--desk-quiet-soft": "#eceff2",
  },
  dark: {
    "--mantine-color-body": "#171b20",
    "--mantine-color-text": "#e6eaee",
    "--mantine-color-dimmed": "#a9b4bf",
    "--mantine-color-placeholder": "#97a3ae",
    "--mantine-color-error": "#ff9d94",
    "--mantine-color-red-text": "#ff9d94",
    "--mantine-color-anchor": "#6fcbdb",
    "--desk-surface": "#0f1216",
    "--desk-line": "#353d46",
    "--desk-good": "#7fd69a",
    "--desk-warn": "#f5bf6b",
    "--desk-bad": "#ff9d94",
    "--desk-calm": "#6fcbdb",
    "--desk-good-soft": "#16301f",
    "--desk-warn-soft": "#37280f",
    "--desk-bad-soft": "#3d1c1a",
    "--desk-calm-soft": "#10323a",
    "--desk-quiet-soft": "#262c33",
  },
});
