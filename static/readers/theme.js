// In the head, so that nothing is painted in the wrong colours or moves once scripts run.
{
  const root = document.documentElement;
  root.dataset.script = "";
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch { /* a browser that remembers nothing */ }
}
