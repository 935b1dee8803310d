import { createTheme, localStorageColorSchemeManager, type MantineColorsTuple } from "@mantine/core";

/** Where the choice of light, dark or the system's is kept. public/scheme.js reads it before the first paint. */
export const schemeManager = localStorageColorSchemeManager({ key: "roster.scheme" });

// Each shade was checked: 6 carries white text at 4.7 : 1 and 8 at 7.3 : 1 (WCAG 1.4.3 asks for 4.5 : 1).
const ink: MantineColorsTuple = [
  "#eef2ff",
  "#dfe6fe",
  "#c0cdfc",
  "#9db0f8",
  "#7d95f3",
  "#6480ee",
  "#4c69e6",
  "#3c58da",
  "#2c49c4",
  "#23399c",
];

// Greys with a breath of blue, so that the accent does not look pasted on.
const gray: MantineColorsTuple = [
  "#fbfbfc",
  "#f4f5f7",
  "#ebecf0",
  "#dfe1e6",
  "#cdd0d8",
  "#a9aeb9",
  "#7b818e",
  "#5b6270",
  "#3a3f4a",
  "#1c1f26",
];

const dark: MantineColorsTuple = [
  "#dfe2e8",
  "#b8bdc8",
  "#9aa1ad",
  "#6f7683",
  "#3b404a",
  "#2b2f37",
  "#1d2026",
  "#14161b",
  "#0f1115",
  "#0a0b0e",
];

/** The look of every Mantine part. Colours of our own parts are the tokens of tokens.css. */
export const theme = createTheme({
  primaryColor: "ink",
  colors: { ink, gray, dark },
  primaryShade: { light: 8, dark: 6 },
  autoContrast: true,
  luminanceThreshold: 0.35,
  black: "#1c1f26",
  fontFamily: '"Inter Variable", system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace',
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.25rem" },
  lineHeights: { xs: "1.35", sm: "1.4", md: "1.45", lg: "1.5", xl: "1.4" },
  spacing: { xs: "0.5rem", sm: "0.75rem", md: "1rem", lg: "1.5rem", xl: "2rem" },
  radius: { xs: "4px", sm: "6px", md: "8px", lg: "12px", xl: "16px" },
  defaultRadius: "sm",
  cursorType: "pointer",
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "1.25rem", lineHeight: "1.35" },
      h2: { fontSize: "1rem", lineHeight: "1.4" },
      h3: { fontSize: "0.875rem", lineHeight: "1.45" },
    },
  },
  shadows: {
    xs: "0 1px 2px rgb(16 20 30 / 0.06)",
    sm: "0 1px 3px rgb(16 20 30 / 0.08), 0 1px 2px rgb(16 20 30 / 0.04)",
    md: "0 4px 16px rgb(16 20 30 / 0.10), 0 1px 3px rgb(16 20 30 / 0.06)",
    lg: "0 12px 32px rgb(16 20 30 / 0.16), 0 2px 6px rgb(16 20 30 / 0.08)",
    xl: "0 24px 64px rgb(16 20 30 / 0.22), 0 4px 12px rgb(16 20 30 / 0.10)",
  },
  components: {
    Button: { defaultProps: { size: "sm" } },
    Modal: {
      defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.4 }, transitionProps: { duration: 120 } },
    },
    Menu: {
      defaultProps: {
        shadow: "lg",
        radius: "md",
        transitionProps: { duration: 90 },
        // The first item has the focus at once, not an element that no menu may hold.
        withInitialFocusPlaceholder: false,
      },
    },
    Popover: { defaultProps: { shadow: "lg", radius: "md", transitionProps: { duration: 90 } } },
    Tooltip: { defaultProps: { openDelay: 350, transitionProps: { duration: 90 } } },
    Combobox: { defaultProps: { shadow: "lg" } },
  },
});

/** Whether the computer at hand has a Command key; decides how shortcuts are written. */
export const onMac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);
