// Light or dark, before the first paint. The key is the one of src/ui/theme.ts.
(() => {
  let wish = null;
  try {
    wish = localStorage.getItem("roster.scheme");
  } catch {
    // Storage is closed: the system's wish holds.
  }
  const dark = wish === "dark" || (wish !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
